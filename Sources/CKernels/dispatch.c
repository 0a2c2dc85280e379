#define _GNU_SOURCE // for sched_getaffinity
#include "dispatch.h"

#include <malloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"scalar", "avx2", "avx512"};

#if defined(__x86_64__)
int sl_isa_available(enum sl_isa isa) {
  __builtin_cpu_init();
  switch (isa) {
  case SL_ISA_SCALAR:
    return 1;
  case SL_ISA_AVX2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("f16c");
  case SL_ISA_AVX512:
    return sl_isa_available(SL_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
  }
  return 0;
}

int sl_has_vnni(void) {
  return sl_isa_available(SL_ISA_AVX512) && __builtin_cpu_supports("avx512vnni");
}
#else
int sl_isa_available(enum sl_isa isa) { return isa == SL_ISA_SCALAR; }

int sl_has_vnni(void) { return 0; }
#endif

static int index_of(const char *name) {
  for (int i = 0; i < 3; i++)
    if (strcmp(names[i], name) == 0)
      return i;
  return -1;
}

int sl_isa_supported(const char *name) {
  int index = index_of(name);
  return index >= 0 && sl_isa_available((enum sl_isa)index);
}

static enum sl_isa choose(void) {
  const char *forced = getenv("SWIFTLLM_ISA");
  if (forced != NULL && sl_isa_supported(forced))
    return (enum sl_isa)index_of(forced);
  if (sl_isa_available(SL_ISA_AVX512))
    return SL_ISA_AVX512;
  return sl_isa_available(SL_ISA_AVX2) ? SL_ISA_AVX2 : SL_ISA_SCALAR;
}

enum sl_isa sl_isa_current(void) {
  static atomic_int chosen = -1;
  int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (isa < 0) {
    isa = choose();
    atomic_store_explicit(&chosen, isa, memory_order_relaxed);
  }
  return (enum sl_isa)isa;
}

const char *sl_isa_name(void) { return names[sl_isa_current()]; }

int sl_allowed_processors(uint64_t *words, size_t count) {
  memset(words, 0, count * sizeof *words);
  return sched_getaffinity(0, count * sizeof *words, (cpu_set_t *)words) == 0;
}

void sl_keep_freed_memory(void) {
  // The matrices of a step are smaller than the first, what a step frees than the second.
  mallopt(M_MMAP_THRESHOLD, 1 << 28);
  mallopt(M_TRIM_THRESHOLD, 1 << 28);
}

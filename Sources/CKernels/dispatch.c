#define _GNU_SOURCE // for sched_getaffinity
#include "dispatch.h"
#include "products.h"

#include <malloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

static const char *const names[] = {"scalar", "avx2", "avx512", "amx"};
enum { NAME_COUNT = sizeof names / sizeof *names };

#if defined(__x86_64__)
/// Whether the processor has AMX-TILE and AMX-BF16.
/// Source: Intel's Software Developer's Manual, CPUID leaf 7.
static int has_tiles(void) {
  // Asked once: a virtual machine answers CPUID slowly.
  static atomic_int answer = -1;
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  if (known < 0) {
    unsigned a, b, c, d;
    known = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d >> 24 & 1) && (d >> 22 & 1);
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  return known;
}

/// Asks the system for leave to use tiles, which it gives or refuses to all threads for good.
/// Source: Linux, Documentation/arch/x86/xstate.rst.
static int may_use_tiles(void) {
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
  static atomic_int answer = -1;
  int known = atomic_load_explicit(&answer, memory_order_relaxed);
  if (known < 0) {
    known = syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
    atomic_store_explicit(&answer, known, memory_order_relaxed);
  }
  return known;
}

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
  case SL_ISA_AMX:
    return sl_isa_available(SL_ISA_AVX512) && has_tiles() && may_use_tiles();
  }
  return 0;
}

int sl_has_vnni(void) {
  return sl_isa_available(SL_ISA_AVX512) && __builtin_cpu_supports("avx512vnni");
}

int sl_has_avx512_bf16(void) {
  return sl_isa_available(SL_ISA_AVX512) && __builtin_cpu_supports("avx512bf16");
}

int sl_bfloat16_terms(enum sl_isa isa, int rounds) {
  if (isa == SL_ISA_AMX)
    return rounds ? 1 : 2;
  // Processors with tiles multiply pairs in vectors slower than they multiply floats.
  return rounds && isa == SL_ISA_AVX512 && sl_has_avx512_bf16() && !has_tiles();
}
#else
int sl_isa_available(enum sl_isa isa) { return isa == SL_ISA_SCALAR; }

int sl_has_vnni(void) { return 0; }

int sl_has_avx512_bf16(void) { return 0; }

int sl_bfloat16_terms(enum sl_isa isa, int rounds) {
  (void)isa;
  (void)rounds;
  return 0;
}
#endif

static int index_of(const char *name) {
  for (int i = 0; i < NAME_COUNT; i++)
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
  if (sl_isa_available(SL_ISA_AMX))
    return SL_ISA_AMX;
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

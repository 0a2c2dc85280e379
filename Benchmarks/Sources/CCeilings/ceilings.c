#define _GNU_SOURCE // for syscall and madvise
#include "ceilings.h"

#include <string.h>
#include <sys/mman.h>

void *ceiling_memory(size_t count) {
  void *memory = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return NULL;
  madvise(memory, count, MADV_HUGEPAGE);
  memset(memory, 1, count);
  return memory;
}

void ceiling_free(void *memory, size_t count) { munmap(memory, count); }

static uint64_t read_words(const uint64_t *words, size_t count) {
  uint64_t sums[8] = {0};
  for (size_t i = 0; i + 8 <= count; i += 8)
    for (size_t j = 0; j < 8; j++)
      sums[j] ^= words[i + j];
  uint64_t sum = 0;
  for (size_t j = 0; j < 8; j++)
    sum ^= sums[j];
  return sum;
}

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

// Twelve independent sums hide the latency of any of these instructions.
#define REGISTER_LOOP(name, features, vector, zero, instruction)                                   \
  __attribute__((target(features))) static void name(uint64_t rounds) {                            \
    vector sums[12], x = zero();                                                                   \
    for (int i = 0; i < 12; i++)                                                                   \
      sums[i] = zero();                                                                            \
    for (uint64_t round = 0; round < rounds; round++)                                              \
      __asm__ volatile(instruction " %12, %12, %0\n" instruction " %12, %12, %1\n" instruction     \
                                   " %12, %12, %2\n" instruction " %12, %12, %3\n" instruction     \
                                   " %12, %12, %4\n" instruction " %12, %12, %5\n" instruction     \
                                   " %12, %12, %6\n" instruction " %12, %12, %7\n" instruction     \
                                   " %12, %12, %8\n" instruction " %12, %12, %9\n" instruction     \
                                   " %12, %12, %10\n" instruction " %12, %12, %11"                 \
                       : "+x"(sums[0]), "+x"(sums[1]), "+x"(sums[2]), "+x"(sums[3]),               \
                         "+x"(sums[4]), "+x"(sums[5]), "+x"(sums[6]), "+x"(sums[7]),               \
                         "+x"(sums[8]), "+x"(sums[9]), "+x"(sums[10]), "+x"(sums[11])              \
                       : "x"(x));                                                                  \
  }

REGISTER_LOOP(fma_avx2, "avx2,fma", __m256, _mm256_setzero_ps, "vfmadd231ps")
REGISTER_LOOP(fma_avx512, "avx512f", __m512, _mm512_setzero_ps, "vfmadd231ps")
REGISTER_LOOP(bf16_dot, "avx512f,avx512bf16", __m512, _mm512_setzero_ps, "vdpbf16ps")
REGISTER_LOOP(int8_dot, "avx512f,avx512vnni", __m512i, _mm512_setzero_si512, "vpdpbusd")

__attribute__((target("avx512f"))) static uint64_t read_avx512(const uint8_t *bytes, size_t count) {
  __m512i sums[8];
  for (int j = 0; j < 8; j++)
    sums[j] = _mm512_setzero_si512();
  for (size_t i = 0; i < count; i += 512)
    for (int j = 0; j < 8; j++)
      sums[j] = _mm512_xor_si512(sums[j], _mm512_loadu_si512(bytes + i + 64 * j));
  for (int j = 1; j < 8; j++)
    sums[0] = _mm512_xor_si512(sums[0], sums[j]);
  return (uint64_t)_mm512_reduce_add_epi64(sums[0]);
}

__attribute__((target("avx2"))) static uint64_t read_avx2(const uint8_t *bytes, size_t count) {
  __m256i sums[8];
  for (int j = 0; j < 8; j++)
    sums[j] = _mm256_setzero_si256();
  for (size_t i = 0; i < count; i += 256)
    for (int j = 0; j < 8; j++)
      sums[j] = _mm256_xor_si256(sums[j],
                                 _mm256_loadu_si256((const __m256i *)(bytes + i + 32 * j)));
  for (int j = 1; j < 8; j++)
    sums[0] = _mm256_xor_si256(sums[0], sums[j]);
  uint64_t words[4];
  _mm256_storeu_si256((__m256i *)words, sums[0]);
  return words[0] ^ words[1] ^ words[2] ^ words[3];
}

/// The layout of eight full tiles, 16 rows of 64 bytes.
/// Source: Intel SDM, "LDTILECFG".
struct tile_configuration {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};

/// Linux lets a process use tiles only after it has asked.
/// Source: Documentation/arch/x86/xstate.rst, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA.
static int may_use_tiles(void) { return syscall(SYS_arch_prctl, 0x1023, 18) == 0; }

__attribute__((target("amx-tile"))) static void begin_tiles(void) {
  struct tile_configuration configuration;
  memset(&configuration, 0, sizeof configuration);
  configuration.palette = 1;
  for (int tile = 0; tile < 8; tile++) {
    configuration.row_bytes[tile] = 64;
    configuration.rows[tile] = 16;
  }
  _tile_loadconfig(&configuration);
}

// Six sums, as many as two tiles of operands leave room for.
#define TILE_LOOP(name, features, product)                                                         \
  __attribute__((target(features))) static void name(uint64_t rounds) {                            \
    begin_tiles();                                                                                 \
    _tile_zero(0), _tile_zero(1), _tile_zero(2), _tile_zero(3);                                    \
    _tile_zero(4), _tile_zero(5), _tile_zero(6), _tile_zero(7);                                    \
    for (uint64_t round = 0; round < rounds; round++) {                                            \
      product(0, 6, 7), product(1, 6, 7), product(2, 6, 7);                                        \
      product(3, 6, 7), product(4, 6, 7), product(5, 6, 7);                                        \
    }                                                                                              \
    _tile_release();                                                                               \
  }

TILE_LOOP(bf16_tile, "amx-tile,amx-bf16", _tile_dpbf16ps)
TILE_LOOP(int8_tile, "amx-tile,amx-int8", _tile_dpbssd)

uint64_t ceiling_multiply(enum ceiling kind, uint64_t rounds) {
  __builtin_cpu_init();
  switch (kind) {
  case CEILING_FMA:
    if (__builtin_cpu_supports("avx512f")) {
      fma_avx512(rounds);
      return rounds * 12 * 16;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      fma_avx2(rounds);
      return rounds * 12 * 8;
    }
    return 0;
  case CEILING_BF16_DOT:
    if (!__builtin_cpu_supports("avx512bf16"))
      return 0;
    bf16_dot(rounds);
    return rounds * 12 * 32;
  case CEILING_INT8_DOT:
    if (!__builtin_cpu_supports("avx512vnni"))
      return 0;
    int8_dot(rounds);
    return rounds * 12 * 64;
  case CEILING_BF16_TILE:
    if (!__builtin_cpu_supports("amx-bf16") || !may_use_tiles())
      return 0;
    bf16_tile(rounds);
    return rounds * 6 * 16 * 16 * 32;
  case CEILING_INT8_TILE:
    if (!__builtin_cpu_supports("amx-int8") || !may_use_tiles())
      return 0;
    int8_tile(rounds);
    return rounds * 6 * 16 * 16 * 64;
  }
  return 0;
}

uint64_t ceiling_read(const void *bytes, size_t count) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f"))
    return read_avx512(bytes, count);
  if (__builtin_cpu_supports("avx2"))
    return read_avx2(bytes, count);
  return read_words(bytes, count / 8);
}
#else
uint64_t ceiling_multiply(enum ceiling kind, uint64_t rounds) { return 0; }

uint64_t ceiling_read(const void *bytes, size_t count) { return read_words(bytes, count / 8); }
#endif

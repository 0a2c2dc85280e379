#include "products_vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_avx512
#define word_tile_rows 16
#define few_group 8
#define integer_tile_rows 8
#define HAS_QUADS

#pragma clang fp contract(off)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))),                   \
    apply_to = function)
#include "products_panels.inc"
#include "products.inc"
#include "products_float.inc"
#pragma clang attribute pop

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))),        \
    apply_to = function)

/// Adds products of 4 * words columns with the bytes of x at `bytes`, of a row each.
SL_INLINE void add_products(__m512i *sums, const int count, const u32x16 *weights,
                            const size_t words, const int8_t *bytes) {
  for (size_t j = 0; j < words; j++)
    for (int i = 0; i < count; i++) {
      int32_t word;
      memcpy(&word, bytes + (size_t)i * sizeof(struct sl_packed_block) + 4 * j, 4);
      sums[i] = _mm512_dpbusd_epi32(sums[i], (__m512i)weights[j], _mm512_set1_epi32(word));
    }
}

/// Sums over columns 4 * word..<4 * (word + words) of a block for `count` rows of x.
SL_INLINE void sum_products(i32x16 *totals, const int count, const u32x16 *weights,
                            const size_t words, const struct sl_packed_block *x, size_t word,
                            const int terms) {
  __m512i high[integer_tile_rows], low[integer_tile_rows];
  for (int i = 0; i < count; i++)
    high[i] = low[i] = _mm512_setzero_si512();
  add_products(high, count, weights, words, x->high + 4 * word);
  if (terms == 1) {
    for (int i = 0; i < count; i++)
      totals[i] = (i32x16)high[i];
    return;
  }
  for (int i = 0; i < count; i++)
    high[i] = _mm512_slli_epi32(high[i], 8);
  // Many rows take one sum each for both bytes; few would wait for one product after the other.
  add_products(count < 4 ? low : high, count, weights, words, x->low + 4 * word);
  for (int i = 0; i < count; i++)
    totals[i] = (i32x16)_mm512_add_epi32(high[i], low[i]);
}

/// Splits each number, at most 32512, into 256 * high + low, -128 <= low < 128; of one byte it is high.
SL_INLINE void store_integers(struct sl_packed_block *block, const i32x16 q[2], int terms) {
  for (int h = 0; h < 2; h++) {
    i32x16 high = terms == 1 ? q[h] : (q[h] + 128) >> 8;
    __m128i high_bytes = _mm512_cvtepi32_epi8((__m512i)high);
    __m128i low_bytes = _mm512_cvtepi32_epi8((__m512i)(q[h] - (high << 8)));
    memcpy(block->high + 16 * h, &high_bytes, 16);
    memcpy(block->low + 16 * h, &low_bytes, 16);
  }
}

SL_INLINE void look_up(u32x16 *bytes) {
  const __m512i steps = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)sl_nonlinear_steps));
  *bytes = (u32x16)_mm512_shuffle_epi8(steps, (__m512i)*bytes);
}

#include "products_integer.inc"
#include "products_pack.inc"
#pragma clang attribute pop
#endif

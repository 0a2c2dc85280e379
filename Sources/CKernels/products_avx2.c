#include "products_vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_avx2
#define word_tile_rows 6
#define few_group 2
#define integer_tile_rows 4

#pragma clang fp contract(off)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "products_panels.inc"
#include "products.inc"
#include "products_float.inc"

/// Sums over columns 4 * word..<4 * (word + words) of a block for `count` rows of x: bytes 0 and 2
/// of each word of weights meet one pair of x, bytes 1 and 3 the other.
SL_INLINE void sum_products(i32x16 *totals, const int count, const u32x16 *weights,
                            const size_t words, const struct sl_packed_block *x, size_t word,
                            const int terms) {
  (void)terms; // one byte would be no faster, as pairs of products must fit 16 bits
  __m256i sums[integer_tile_rows][2]; // of rows 0..<8 and 8..<16 of W
  for (int i = 0; i < count; i++)
    sums[i][0] = sums[i][1] = _mm256_setzero_si256();
  for (size_t j = 0; j < words; j++) {
    __m256i even[2], odd[2];
    for (int h = 0; h < 2; h++) {
      __m256i w = ((const __m256i *)&weights[j])[h];
      even[h] = _mm256_and_si256(w, _mm256_set1_epi32(0x00FF00FF));
      odd[h] = _mm256_srli_epi16(w, 8);
    }
    for (int i = 0; i < count; i++) {
      int32_t pairs[2];
      memcpy(pairs, x[i].whole + 4 * (word + j), 8);
      __m256i x02 = _mm256_set1_epi32(pairs[0]), x13 = _mm256_set1_epi32(pairs[1]);
      for (int h = 0; h < 2; h++) {
        __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(even[h], x02),
                                       _mm256_madd_epi16(odd[h], x13));
        sums[i][h] = _mm256_add_epi32(sums[i][h], sum);
      }
    }
  }
  memcpy(totals, sums, (size_t)count * sizeof *totals);
}

/// Stores each four numbers in the order 0, 2, 1, 3.
SL_INLINE void store_integers(struct sl_packed_block *block, const i32x16 q[2], int terms) {
  (void)terms;
  for (int i = 0; i < 32; i += 4) {
    block->whole[i] = (int16_t)q[i / 16][i % 16];
    block->whole[i + 1] = (int16_t)q[i / 16][i % 16 + 2];
    block->whole[i + 2] = (int16_t)q[i / 16][i % 16 + 1];
    block->whole[i + 3] = (int16_t)q[i / 16][i % 16 + 3];
  }
}

SL_INLINE void look_up(u32x16 *bytes) {
  const __m256i steps = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sl_nonlinear_steps));
  __m256i halves[2];
  memcpy(halves, bytes, sizeof halves);
  for (int h = 0; h < 2; h++)
    halves[h] = _mm256_shuffle_epi8(steps, halves[h]);
  memcpy(bytes, halves, sizeof halves);
}

#include "products_integer.inc"
#include "products_pack.inc"
#pragma clang attribute pop
#endif

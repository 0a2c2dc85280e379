#include "products_bfloat16.h"
#include "products_vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_avx512_bf16

#pragma clang fp contract(off)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))),        \
    apply_to = function)

#include "products_panels.inc"
#include "products.inc"

/// Adds the products of two columns, lane by lane.
SL_INLINE void add_product(f32x16 *sum, const u32x16 *weights, const u32x16 *x) {
  *sum = (f32x16)_mm512_dpbf16_ps((__m512)*sum, (__m512bh)*weights, (__m512bh)*x);
}

#include "products_bfloat16.inc"

SL_INLINE u32x16 round_words(u32x16 bits) {
  u32x16 rounded = bits + 0x7FFF + (bits >> 16 & 1);
  u32x16 is_nan = (u32x16)((bits & 0x7FFFFFFF) > SL_INFINITY_BITS);
  return (is_nan & (bits | 0x400000)) | (~is_nan & rounded);
}

/// The first term of each number, which is taken away from it.
SL_INLINE u32x16 take_term(f32x16 *x) {
  u32x16 rounded = round_words((u32x16)*x) & 0xFFFF0000;
  u32x16 is_finite = (u32x16)((rounded & 0x7F800000) != 0x7F800000);
  *x = (f32x16)((u32x16)(*x - (f32x16)rounded) & is_finite);
  return rounded;
}

void sl_pack_bfloat16_tile_avx512(uint32_t *tile, const float *x, size_t columns, int terms,
                                  enum sl_layout layout) {
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
  for (size_t k = 0; k < columns; k += 32) {
    u32x16 pairs[2][16];
    for (size_t i = 0; i < SL_TILE_WIDTH; i++) {
      f32x16 v[2];
      memcpy(v, x + i * columns + k, sizeof v);
      f32x16 even = __builtin_shufflevector(v[0], v[1], EVEN);
      f32x16 odd = __builtin_shufflevector(v[0], v[1], ODD);
      for (int term = 0; term < terms; term++)
        pairs[term][i] = take_term(&even) >> 16 | take_term(&odd);
    }
    for (int term = 0; term < terms; term++) {
      struct strip rows;
      set_strip(&rows, (const uint8_t *)pairs[term], sizeof pairs[0][0]);
      for (size_t pair = 0; pair < 16; pair += 4) {
        u32x16 turned[4];
        load_words(turned, &rows, 4 * pair);
        for (size_t j = 0; j < 4; j++) {
          size_t place = k / 2 * (size_t)terms + 16 * (size_t)term + pair + j;
          if (layout == SL_LAYOUT_PARTS)
            place = sl_part_place(k / 2 + pair + j, columns / 2);
          memcpy(tile + place * SL_TILE_WIDTH, &turned[j], sizeof turned[j]);
        }
      }
    }
  }
#undef EVEN
#undef ODD
}

void sl_bfloat16_product_avx512(const struct sl_product *p, size_t first_row, size_t end_row,
                                void *scratch) {
  sl_pair_product_avx512_bf16(p, first_row, end_row, scratch);
}
#pragma clang attribute pop
#endif

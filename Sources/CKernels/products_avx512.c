#include "products_vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_avx512
#define float_tile_rows 12
#define integer_tile_rows 8

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

/// Sums of u8 * s8 products, kept apart for the two bytes of a number of x.
struct dots {
  __m512i high, low;
};

SL_INLINE void clear_dots(struct dots *dots) { dots->high = dots->low = _mm512_setzero_si512(); }

/// Adds columns 4 * word..<4 * word + 4 of a block for `count` rows of x.
SL_INLINE void add_dots(struct dots *dots, const int count, const u32x16 *weights,
                        const struct sl_packed_block *x, size_t stride, size_t word) {
  __m512i w = (__m512i)*weights;
  for (int i = 0; i < count; i++) {
    int32_t high, low;
    memcpy(&high, x[(size_t)i * stride].high + 4 * word, 4);
    memcpy(&low, x[(size_t)i * stride].low + 4 * word, 4);
    dots[i].high = _mm512_dpbusd_epi32(dots[i].high, w, _mm512_set1_epi32(high));
    dots[i].low = _mm512_dpbusd_epi32(dots[i].low, w, _mm512_set1_epi32(low));
  }
}

SL_INLINE void total_dots(i32x16 *total, const struct dots *dots) {
  *total = ((i32x16)dots->high << 8) + (i32x16)dots->low;
}

/// Splits each number, at most 32512, into 256 * high + low, -128 <= low < 128.
SL_INLINE void store_integers(struct sl_packed_block *block, const i32x16 q[2]) {
  for (int h = 0; h < 2; h++) {
    i32x16 high = (q[h] + 128) >> 8;
    __m128i high_bytes = _mm512_cvtepi32_epi8((__m512i)high);
    __m128i low_bytes = _mm512_cvtepi32_epi8((__m512i)(q[h] - (high << 8)));
    memcpy(block->high + 16 * h, &high_bytes, 16);
    memcpy(block->low + 16 * h, &low_bytes, 16);
  }
}

#include "products_integer.inc"
#include "products_pack.inc"
#pragma clang attribute pop
#endif

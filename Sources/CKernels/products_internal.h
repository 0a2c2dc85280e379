#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "products.h"

/// Columns that are expanded at once, and after which a new float sum is begun: one Q6_K block.
enum { SL_CHUNK = 256 };

/// 32 numbers of x as integers of 16 bits, with what the floating-point part needs of them.
struct sl_packed_block {
  union {
    struct {
      int8_t high[32]; ///< number = scale * (256 * high + low)
      int8_t low[32];
    };
    int16_t whole[32]; ///< scalar: in order; AVX2: each four in the order 0, 2, 1, 3
  };
  float scale;
  float sum;     ///< of the 32 rounded numbers
  float half[2]; ///< of the first 16 and the last 16
};

/// Rows of x whose blocks lie together: those of the first 32 columns, then of the next 32.
/// What is left of n makes a smaller tile.
enum { SL_PACKED_ROWS = 8 };

/// Rows of the tile that `row` of n is in.
static inline size_t sl_packed_tile_rows(size_t n, size_t row) {
  size_t left = n - row / SL_PACKED_ROWS * SL_PACKED_ROWS;
  return left < SL_PACKED_ROWS ? left : SL_PACKED_ROWS;
}

/// The first block of `row`; the next is as many blocks further as its tile has rows.
static inline const struct sl_packed_block *sl_packed_row(const void *packed, size_t columns,
                                                          size_t row) {
  size_t place = row % SL_PACKED_ROWS;
  return (const struct sl_packed_block *)packed + (row - place) * (columns / 32) + place;
}

/// The largest integer of a packed block: 127 * 256.
#define SL_PACKED_LIMIT 32512.0f

/// Blocks whose largest magnitude is below this count as zero, so that 1/scale stays finite.
#define SL_PACKED_MINIMUM 1e-30f

/// The exponent bits of a float: those of its magnitude are at least this for infinity and NaN.
#define SL_INFINITY_BITS 0x7F800000u

static inline int sl_is_quantized(enum sl_type type) { return type >= SL_Q8_0; }

static inline size_t sl_block_columns(enum sl_type type) {
  return type == SL_Q6_K ? 256 : sl_is_quantized(type) ? 32 : 1;
}

static inline size_t sl_block_bytes(enum sl_type type) {
  static const uint8_t bytes[] = {4, 2, 2, 34, 18, 20, 22, 24, 210};
  return bytes[type];
}

/// How many numbers of a row share a scale.
static inline size_t sl_scale_columns(enum sl_type type) { return type == SL_Q6_K ? 16 : 32; }

static inline uint16_t sl_load16(const uint8_t *p) {
  uint16_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline uint32_t sl_load32(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline float sl_float_of_bits(uint32_t bits) {
  float v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

static inline float sl_float_of_bfloat16(uint16_t h) { return sl_float_of_bits((uint32_t)h << 16); }

/// Exact, also for subnormals, infinities and NaN.
static inline float sl_float_of_half(uint16_t h) {
  uint32_t sign = (uint32_t)(h & 0x8000) << 16;
  uint32_t magnitude = h & 0x7FFF;
  if (magnitude >= 0x7C00)
    return sl_float_of_bits(sign | SL_INFINITY_BITS | (magnitude & 0x3FF) << 13);
  if (magnitude >= 0x400)
    return sl_float_of_bits(sign | ((magnitude << 13) + (112u << 23)));
  float subnormal = (float)magnitude * 0x1p-24f;
  return sign ? -subnormal : subnormal;
}

#define SL_DECLARE_BODY(isa)                                                                       \
  void sl_pack_##isa(struct sl_packed_block *row, size_t step, const float *x, size_t columns);    \
  void sl_float_product_##isa(const struct sl_product *p, size_t first_row, size_t end_row,        \
                              void *scratch);                                                      \
  void sl_integer_product_##isa(const struct sl_product *p, size_t first_row, size_t end_row,      \
                                void *scratch);

SL_DECLARE_BODY(scalar)
SL_DECLARE_BODY(avx2)
SL_DECLARE_BODY(avx512)

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "products.h"

/// Columns that are expanded at once, and after which a new sum over quantized blocks is begun: one
/// Q6_K block.
enum { SL_CHUNK = 256 };

/// Words of x (numbers, or pairs of bfloat16s) after which new sums of their products are begun, and
/// the parts of such a sum: each of every eighth word, in order. Part i and part i + 4 are added
/// first, then those 2 and 1 apart.
enum { SL_WORD_CHUNK = 1024, SL_PARTS = 8 };

/// 32 numbers of x as integers of one or two bytes, with what the floating-point part needs of them.
struct sl_packed_block {
  union {
    struct {
      int8_t high[32]; ///< number = scale * (256 * high + low); of one byte: scale * high
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

// Rows of x as words for products with float weights. Sixteen rows make a tile, what is left of n a
// smaller one, unless rows are apart. A tile is [word][row of x]; enum sl_layout says in which order
// the words of a row are.

enum { SL_TILE_WIDTH = 16 };
_Static_assert(SL_STRIP_ROWS % SL_TILE_WIDTH == 0, "slabs end where tiles end");

/// Rows of x in the tile that begins at `row`.
static inline size_t sl_tile_width(size_t n, size_t row) {
  return n - row < SL_TILE_WIDTH ? n - row : SL_TILE_WIDTH;
}

/// The parts of a sum in the order in which they can be added up one by one, and where in it a part
/// is: bits of its number reversed.
static const uint8_t sl_part_order[SL_PARTS] = {0, 4, 2, 6, 1, 5, 3, 7};

/// The place of a word of a row of `words` in a tile of SL_LAYOUT_PARTS: where a chunk's parts
/// follow each other.
static inline size_t sl_part_place(size_t word, size_t words) {
  size_t chunk = word / SL_WORD_CHUNK * SL_WORD_CHUNK, left = words - chunk, k = word - chunk;
  size_t part_words = ((left < SL_WORD_CHUNK ? left : SL_WORD_CHUNK) + SL_PARTS - 1) / SL_PARTS;
  return chunk + sl_part_order[k % SL_PARTS] * part_words + k / SL_PARTS;
}

/// Words of a row of `words` in such a tile, as all parts of its last chunk are as long.
static inline size_t sl_part_words(size_t words) {
  return (words + SL_PARTS - 1) / SL_PARTS * SL_PARTS;
}

/// The largest integer of a packed block: 127 * 256, or of one byte.
static inline float sl_packed_limit(int terms) { return terms == 1 ? 127.0f : 32512.0f; }

/// Blocks whose largest magnitude is below this count as zero, so that 1/scale stays finite.
#define SL_PACKED_MINIMUM 1e-30f

/// The exponent bits of a float: those of its magnitude are at least this for infinity and NaN.
#define SL_INFINITY_BITS 0x7F800000u

static inline int sl_is_quantized(enum sl_type type) { return type >= SL_Q8_0; }

/// How a type packs the numbers of a row.
struct sl_format {
  uint16_t columns;       ///< of a block
  uint8_t bytes;          ///< of a block
  uint8_t scale_columns;  ///< that share a scale; 0 where there is none
  uint8_t offset;         ///< what stands for 0; 0 for types that store a minimum of each scale
};

static const struct sl_format sl_formats[] = {
    [SL_F32] = {1, 4, 0, 0},         [SL_F16] = {1, 2, 0, 0},
    [SL_BF16] = {1, 2, 0, 0},        [SL_Q8_0] = {32, 34, 32, 128},
    [SL_Q4_0] = {32, 18, 32, 8},     [SL_Q4_1] = {32, 20, 32, 0},
    [SL_Q5_0] = {32, 22, 32, 16},    [SL_Q5_1] = {32, 24, 32, 0},
    [SL_Q6_K] = {256, 210, 16, 32},  [SL_Q2_K] = {256, 84, 16, 0},
    [SL_Q3_K] = {256, 110, 16, 4},   [SL_Q4_K] = {256, 144, 32, 0},
    [SL_Q5_K] = {256, 176, 32, 0},   [SL_IQ4_NL] = {32, 18, 32, 128},
    [SL_IQ4_XS] = {256, 136, 32, 128},
};

static inline size_t sl_block_columns(enum sl_type type) { return sl_formats[type].columns; }

static inline size_t sl_block_bytes(enum sl_type type) { return sl_formats[type].bytes; }

static inline size_t sl_scale_columns(enum sl_type type) { return sl_formats[type].scale_columns; }

/// The numbers that IQ4_NL's and IQ4_XS's four bits stand for, plus 128.
/// Source: ggml/src/ggml-common.h, kvalues_iq4nl.
static const uint8_t sl_nonlinear_steps[16] = {1,   24,  45,  63,  79,  93,  106, 118,
                                               129, 141, 153, 166, 181, 197, 217, 241};

/// 32 weights as bytes: weight = scale[i / 16] * q[i] + minimum[i / 16].
struct sl_weight_block {
  uint8_t q[32];
  float scale[2], minimum[2];
};

/// The weights k..<k+32 of a row of a quantized type.
void sl_load_weight_block(struct sl_weight_block *w, enum sl_type type, const uint8_t *row,
                          size_t k);

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

/// Rounded to nearest, ties to even; what is too large becomes infinity.
static inline uint16_t sl_half_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
  if (magnitude > SL_INFINITY_BITS)
    return (uint16_t)(sign | 0x7E00);
  if (magnitude >= 0x47800000)
    return (uint16_t)(sign | 0x7C00);
  if (magnitude < 0x38800000) {
    // Adding 0.5 leaves the subnormal half's bits, rounded, at the end.
    float sum = sl_float_of_bits(magnitude) + 0.5f;
    memcpy(&bits, &sum, sizeof bits);
    return (uint16_t)(sign | (bits - 0x3F000000));
  }
  uint32_t rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
  return (uint16_t)(sign | (rounded - 0x38000000) >> 13);
}

#define SL_DECLARE_TILE_PACK(isa)                                                                  \
  void sl_pack_float_tile_##isa(float *tile, const float *x, size_t columns);

/// Packs a tile of SL_TILE_WIDTH rows of x, as sl_pack_floats.
SL_DECLARE_TILE_PACK(avx2)
SL_DECLARE_TILE_PACK(avx512)

#define SL_DECLARE_BODY(isa)                                                                       \
  void sl_pack_##isa(struct sl_packed_block *row, size_t step, const float *x, size_t columns,     \
                     int terms);                                                                   \
  void sl_float_product_##isa(const struct sl_product *p, size_t first_row, size_t end_row,        \
                              void *scratch);                                                      \
  void sl_integer_product_##isa(const struct sl_product *p, size_t first_row, size_t end_row,      \
                                void *scratch);

SL_DECLARE_BODY(scalar)
SL_DECLARE_BODY(avx2)
SL_DECLARE_BODY(avx512)

#include "products_bfloat16.h"

// Rounding of x to bfloat16s, and the oracle of the products with them.
#pragma clang fp contract(off)

size_t sl_bfloat16_bytes(size_t n, size_t columns, int terms) {
  return n * columns * (size_t)terms * sizeof(uint16_t);
}

/// The nearest bfloat16, to even where two are as near; a NaN stays one.
static uint32_t round_to_bfloat16(uint32_t bits) {
  if ((bits & 0x7FFFFFFF) > SL_INFINITY_BITS)
    return bits >> 16 | 0x40;
  return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

/// What `term` says of the number: what is left of it when the terms before are taken away.
static uint32_t find_term(float x, int term) {
  uint32_t rounded = round_to_bfloat16(sl_load32((const uint8_t *)&x));
  if (term == 0)
    return rounded;
  if ((rounded & 0x7F80) == 0x7F80)
    return 0; // infinity and NaN have no remainder
  float rest = x - sl_float_of_bits(rounded << 16);
  return round_to_bfloat16(sl_load32((const uint8_t *)&rest));
}

void sl_pack_bfloat16(enum sl_isa isa, void *packed, const float *x, size_t n, size_t columns,
                      int terms, enum sl_layout layout, size_t first_row, size_t end_row) {
  const size_t pairs = columns / 2, step = layout == SL_LAYOUT_ROWS ? 1 : SL_TILE_WIDTH;
  for (size_t tile = first_row; tile < end_row; tile += step) {
    size_t width = layout == SL_LAYOUT_ROWS ? 1 : sl_tile_width(n, tile);
    uint32_t *words = (uint32_t *)packed + tile * pairs * (size_t)terms;
#if defined(__x86_64__)
    if (isa >= SL_ISA_AVX512 && width == SL_TILE_WIDTH) {
      sl_pack_bfloat16_tile_avx512(words, x + tile * columns, columns, terms, layout);
      continue;
    }
#else
    (void)isa;
#endif
    for (size_t pair = 0; pair < pairs; pair++)
      for (int term = 0; term < terms; term++) {
        size_t place = (pair / 16 * (size_t)terms + (size_t)term) * 16 + pair % 16;
        if (layout == SL_LAYOUT_PARTS)
          place = sl_part_place(pair, pairs);
        for (size_t i = 0; i < width; i++) {
          const float *v = x + (tile + i) * columns + 2 * pair;
          words[place * width + i] = find_term(v[0], term) | find_term(v[1], term) << 16;
        }
      }
  }
}

void sl_bfloat16_product_scalar(const struct sl_product *p, size_t first_row, size_t end_row,
                                void *scratch) {
  (void)scratch;
  for (size_t i = 0; i < p->n; i++) {
    size_t tile = i / SL_TILE_WIDTH * SL_TILE_WIDTH, width = sl_tile_width(p->n, tile);
    for (size_t r = first_row; r < end_row; r++) {
      const uint8_t *row = p->weights + r * p->row_bytes;
      const uint32_t *words = sl_tile_words(p, tile, 0) + i - tile;
      float sum = 0;
      for (size_t k = 0; k < p->columns; k += 32)
        for (int term = 0; term < p->terms; term++)
          for (size_t pair = 0; pair < 16; pair++, words += width) {
            const uint8_t *w = row + 2 * (k + 2 * pair);
            sum += sl_float_of_bfloat16(sl_load16(w)) * sl_float_of_bits(*words << 16);
            sum += sl_float_of_bfloat16(sl_load16(w + 2)) * sl_float_of_bits(*words & 0xFFFF0000);
          }
      p->y[i * p->y_stride + r] = sum;
    }
  }
}

#pragma once

#include "products_internal.h"

// Rows of x rounded to bfloat16s, for products with BF16 weights.

/// The words of column `k`, a multiple of 32, in the tile of SL_LAYOUT_TILES that begins at `row`.
static inline const uint32_t *sl_tile_words(const struct sl_product *p, size_t row, size_t k) {
  size_t terms = (size_t)p->terms;
  return (const uint32_t *)p->x + (row * p->columns + sl_tile_width(p->n, row) * k) / 2 * terms;
}

#define SL_DECLARE_BFLOAT16_BODY(body)                                                             \
  void sl_bfloat16_product_##body(const struct sl_product *p, size_t first_row, size_t end_row,    \
                                  void *scratch);

SL_DECLARE_BFLOAT16_BODY(scalar)
SL_DECLARE_BFLOAT16_BODY(avx512)
SL_DECLARE_BFLOAT16_BODY(amx)

/// Packs a tile of SL_TILE_WIDTH rows of x with at most two terms, one for SL_LAYOUT_PARTS.
void sl_pack_bfloat16_tile_avx512(uint32_t *tile, const float *x, size_t columns, int terms,
                                  enum sl_layout layout);

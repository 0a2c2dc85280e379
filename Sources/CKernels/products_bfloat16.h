#pragma once

#include "products_internal.h"

// Rows of x rounded to bfloat16s, for products with BF16 weights.
//
// Sixteen rows make a tile, what is left of n a smaller one. A tile holds, for each 32 columns and
// each term, [pair of columns][row of x] as words of two numbers: what one instruction multiplies
// with the same pair of columns of 16 rows of W.

enum { SL_TILE_WIDTH = 16 };

/// Rows of x in the tile that begins at `row`.
static inline size_t sl_tile_width(size_t n, size_t row) {
  return n - row < SL_TILE_WIDTH ? n - row : SL_TILE_WIDTH;
}

/// The words of column `k`, a multiple of 32, in the tile that begins at `row`.
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

/// Packs a tile of SL_TILE_WIDTH rows of x with at most two terms.
void sl_pack_bfloat16_tile_avx512(uint32_t *words, const float *x, size_t columns, int terms);

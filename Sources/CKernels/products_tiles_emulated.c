#include "products_bfloat16.h"
#include "products_vectors.h"

// The walk over tiles with tiles in memory, so that it can be tested on processors that have none.
#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_emulated

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), \
                             apply_to = function)

#include "products_panels.inc"

struct tiles {
  size_t rows[8], row_bytes[8];
  uint32_t words[8][16][16];
};

static void set_tile(struct tiles *t, size_t tile, size_t rows, size_t row_bytes) {
  t->rows[tile] = rows;
  t->row_bytes[tile] = row_bytes;
}

static void zero_tile(struct tiles *t, int tile) { memset(t->words[tile], 0, sizeof t->words[0]); }

static void load_tile(struct tiles *t, int tile, const void *from, size_t stride) {
  zero_tile(t, tile);
  for (size_t row = 0; row < t->rows[tile]; row++)
    memcpy(t->words[tile][row], (const uint8_t *)from + row * stride, t->row_bytes[tile]);
}

static void store_tile(struct tiles *t, int tile, float to[16][16]) {
  for (size_t row = 0; row < t->rows[tile]; row++)
    memcpy(to[row], t->words[tile][row], t->row_bytes[tile]);
}

static void multiply_tiles(struct tiles *t, int sums, int weights, int x) {
  for (size_t row = 0; row < t->rows[sums]; row++)
    for (size_t column = 0; column < t->row_bytes[sums] / 4; column++) {
      float even = 0, odd = 0;
      for (size_t k = 0; k < 16; k++) {
        uint32_t a = t->words[weights][row][k], b = t->words[x][k][column];
        even += sl_float_of_bits(a << 16) * sl_float_of_bits(b << 16);
        odd += sl_float_of_bits(a & 0xFFFF0000) * sl_float_of_bits(b & 0xFFFF0000);
      }
      float sum = sl_float_of_bits(t->words[sums][row][column]) + (even + odd);
      memcpy(&t->words[sums][row][column], &sum, sizeof sum);
    }
}

#define release_tiles(t) (void)(t)
#define configure_tiles(t, shape) set_tiles(t, (shape)->weight_rows, (shape)->widths)

static void set_tiles(struct tiles *t, const uint8_t weight_rows[2], const uint8_t widths[2]) {
  for (size_t i = 0; i < 2; i++) {
    for (size_t j = 0; j < 2; j++)
      set_tile(t, 2 * i + j, weight_rows[i], 4 * (size_t)widths[j]);
    set_tile(t, 4 + i, weight_rows[i], 64);
    set_tile(t, 6 + i, 16, 4 * (size_t)widths[i]);
  }
}

#include "products_tiles.inc"

void sl_product_rows_emulated(const struct sl_product *p, size_t first_row, size_t end_row) {
  sl_bfloat16_product_emulated(p, first_row, end_row, NULL);
}
#pragma clang attribute pop
#endif

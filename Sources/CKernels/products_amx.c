#include "products_bfloat16.h"
#include "products_vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NAME(x) x##_amx

#pragma clang attribute push(                                                                      \
    __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), \
    apply_to = function)

#include "products_panels.inc"

/// The processor holds them.
struct tiles {
  char unused;
};

// The numbers of tiles are parts of instructions.
#define zero_tile(t, tile) _tile_zero(tile)
#define load_tile(t, tile, from, stride) _tile_loadd(tile, from, stride)
#define multiply_tiles(t, sums, weights, x) _tile_dpbf16ps(sums, weights, x)
#define store_tile(t, tile, to) _tile_stored(tile, to, sizeof(to)[0])
#define release_tiles(t) _tile_release()
#define configure_tiles(t, shape) load_configuration((shape)->weight_rows, (shape)->widths)

/// Source: Intel's Software Developer's Manual, LDTILECFG.
static void load_configuration(const uint8_t weight_rows[2], const uint8_t widths[2]) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } c __attribute__((aligned(64))) = {.palette = 1};
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 2; j++) {
      c.rows[2 * i + j] = widths[j] ? weight_rows[i] : 0;
      c.row_bytes[2 * i + j] = weight_rows[i] ? 4 * widths[j] : 0;
    }
    c.rows[4 + i] = weight_rows[i];
    c.row_bytes[4 + i] = weight_rows[i] ? 64 : 0;
    c.rows[6 + i] = widths[i] ? 16 : 0;
    c.row_bytes[6 + i] = 4 * widths[i];
  }
  _tile_loadconfig(&c);
}

#include "products_tiles.inc"
#pragma clang attribute pop
#endif

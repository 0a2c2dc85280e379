#include "products_bfloat16.h"

size_t sl_packed_row_bytes(size_t columns) { return columns / 32 * sizeof(struct sl_packed_block); }

/// Products with quantized weights have no body of their own for AVX-512 without VNNI.
static enum sl_isa integer_isa(enum sl_isa isa) {
  if (isa < SL_ISA_AVX512)
    return isa;
  return sl_has_vnni() ? SL_ISA_AVX512 : SL_ISA_AVX2;
}

static void pack_row(enum sl_isa isa, struct sl_packed_block *row, size_t step, const float *x,
                     size_t columns, int terms) {
  switch (integer_isa(isa)) {
#if defined(__x86_64__)
  case SL_ISA_AVX2:
    sl_pack_avx2(row, step, x, columns, terms);
    break;
  case SL_ISA_AVX512:
    sl_pack_avx512(row, step, x, columns, terms);
    break;
#endif
  default:
    sl_pack_scalar(row, step, x, columns, terms);
  }
}

int sl_integer_terms(enum sl_isa isa, int rounds) {
  return rounds && integer_isa(isa) == SL_ISA_AVX512 ? 1 : 2;
}

void sl_pack(enum sl_isa isa, void *packed, const float *x, size_t n, size_t columns, int terms,
             size_t first_row, size_t end_row) {
  for (size_t row = first_row; row < end_row; row++) {
    struct sl_packed_block *blocks = (struct sl_packed_block *)sl_packed_row(packed, columns, row);
    pack_row(isa, blocks, sl_packed_tile_rows(n, row), x + row * columns, columns, terms);
  }
}

static void integer_product(enum sl_isa isa, const struct sl_product *p, size_t first_row,
                            size_t end_row, void *scratch) {
  switch (integer_isa(isa)) {
#if defined(__x86_64__)
  case SL_ISA_AVX2:
    sl_integer_product_avx2(p, first_row, end_row, scratch);
    break;
  case SL_ISA_AVX512:
    sl_integer_product_avx512(p, first_row, end_row, scratch);
    break;
#endif
  default:
    sl_integer_product_scalar(p, first_row, end_row, scratch);
  }
}

static void float_product(enum sl_isa isa, const struct sl_product *p, size_t first_row,
                          size_t end_row, void *scratch) {
  switch (isa) {
#if defined(__x86_64__)
  case SL_ISA_AVX2:
    sl_float_product_avx2(p, first_row, end_row, scratch);
    break;
  case SL_ISA_AVX512:
  case SL_ISA_AMX:
    sl_float_product_avx512(p, first_row, end_row, scratch);
    break;
#endif
  default:
    sl_float_product_scalar(p, first_row, end_row, scratch);
  }
}

/// Whether products with x rounded to bfloat16s multiply pairs of them.
static int multiplies_pairs(enum sl_isa isa, int terms) {
  return isa == SL_ISA_AVX512 && terms == 1 && sl_has_avx512_bf16();
}

static void bfloat16_product(enum sl_isa isa, const struct sl_product *p, size_t first_row,
                             size_t end_row, void *scratch) {
#if defined(__x86_64__)
  if (isa == SL_ISA_AMX) {
    sl_bfloat16_product_amx(p, first_row, end_row, scratch);
    return;
  }
  if (multiplies_pairs(isa, p->terms)) {
    sl_bfloat16_product_avx512(p, first_row, end_row, scratch);
    return;
  }
#endif
  sl_bfloat16_product_scalar(p, first_row, end_row, scratch);
}

/// Up to here reading rows of W again for each few rows of x is faster than to write and read panels.
enum { FEW_ROWS = 16 };

enum sl_layout sl_choose_layout(enum sl_isa isa, int terms, size_t n) {
  if (terms > 0 && !multiplies_pairs(isa, terms))
    return SL_LAYOUT_TILES;
  return isa == SL_ISA_SCALAR || n <= FEW_ROWS ? SL_LAYOUT_ROWS : SL_LAYOUT_PARTS;
}

size_t sl_float_bytes(size_t n, size_t columns) {
  return n * sl_part_words(columns) * sizeof(float);
}

void sl_pack_floats(enum sl_isa isa, float *packed, const float *x, size_t n, size_t columns,
                    size_t first_row, size_t end_row) {
  for (size_t row = first_row; row < end_row; row += SL_TILE_WIDTH) {
    size_t width = sl_tile_width(n, row);
    float *tile = packed + row * sl_part_words(columns);
    const float *from = x + row * columns;
#if defined(__x86_64__)
    if (width == SL_TILE_WIDTH && isa >= SL_ISA_AVX2) {
      if (isa == SL_ISA_AVX2)
        sl_pack_float_tile_avx2(tile, from, columns);
      else
        sl_pack_float_tile_avx512(tile, from, columns);
      continue;
    }
#else
    (void)isa;
#endif
    for (size_t k = 0; k < columns; k++)
      for (size_t i = 0; i < width; i++)
        tile[sl_part_place(k, columns) * width + i] = from[i * columns + k];
  }
}

void sl_product_rows(enum sl_isa isa, const struct sl_product *p, size_t first_row, size_t end_row,
                     void *scratch) {
  if (sl_is_quantized(p->type))
    integer_product(isa, p, first_row, end_row, scratch);
  else if (p->terms > 0)
    bfloat16_product(isa, p, first_row, end_row, scratch);
  else
    float_product(isa, p, first_row, end_row, scratch);
}

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "dispatch.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How the numbers of a weight matrix are stored; rows are contiguous.
/// Source: ggml/src/ggml-common.h.
enum sl_type {
  SL_F32,
  SL_F16,
  SL_BF16,
  SL_Q8_0,
  SL_Q4_0,
  SL_Q4_1,
  SL_Q5_0,
  SL_Q5_1,
  SL_Q6_K,
  SL_Q2_K,
  SL_Q3_K,
  SL_Q4_K,
  SL_Q5_K,
  SL_IQ4_NL,
  SL_IQ4_XS,
};

/// How x lies for products with float weights.
enum sl_layout {
  SL_LAYOUT_ROWS,  ///< row after row
  SL_LAYOUT_TILES, ///< 16 rows together: for each 32 columns and each term, [pair of columns][row]
  SL_LAYOUT_PARTS, ///< 16 rows together, [word][row]: words in the order in which they are added
};

/// y = x · Wᵀ for x [n, columns], W [rows, columns], y [n, rows].
///
/// The sums of one element of y are made in one fixed order that does not depend on `n`, on how
/// rows are shared among calls, or on the instruction set: results are equal bit for bit.
struct sl_product {
  enum sl_type type;
  const uint8_t *weights; ///< no alignment needed
  size_t row_bytes;
  size_t columns; ///< a multiple of the type's block
  const void *x;  ///< n rows: for F32, F16 and BF16 weights floats, or of `terms` bfloat16s each, in
                  ///< `layout`; for quantized types packed by sl_pack
  enum sl_layout layout; ///< what sl_choose_layout says for all of x, of which these may be a part;
                         ///< of no meaning for quantized types
  int terms;      ///< BF16: 0, or x is packed by sl_pack_bfloat16 with as many terms; quantized
                  ///< types: bytes of a number that sl_pack was told to keep; else 0
  size_t n;
  float *y;
  size_t y_stride; ///< floats from one row of y to the next
  const uint8_t *next; ///< weights that this thread will read after these; null: those that follow.
                       ///< Of no use where rows of W are read one by one: with few rows of x and
                       ///< float weights, or one and short rows of most quantized types
};

/// Rows of W that kernels work on at once; calls should begin at multiples of it.
enum { SL_STRIP_ROWS = 16 };

/// Bytes of scratch, aligned to 64, that `sl_product_rows` needs.
enum { SL_PRODUCT_SCRATCH_BYTES = 4 * SL_STRIP_ROWS * 1024 };

/// Bytes of one packed row of `columns` numbers.
size_t sl_packed_row_bytes(size_t columns);

/// How many bytes of a number of x products with quantized weights should keep: two, or one where the
/// caller allows so large an error (`rounds`) and the processor is faster so.
int sl_integer_terms(enum sl_isa isa, int rounds);

/// Rounds rows `first_row..<end_row` of x [n, columns] to integers of 8 * `terms` bits with one scale
/// per 32 columns, of which there are a multiple of 32, as products with quantized weights of the same
/// `isa` read all n.
///
/// The error is at most 2^-16 of the largest number of the 32 for two terms, 2^-8 for one. A block
/// with an infinity or a NaN makes each sum that it enters NaN.
void sl_pack(enum sl_isa isa, void *packed, const float *x, size_t n, size_t columns, int terms,
             size_t first_row, size_t end_row);

/// How products of n rows of x with float weights want x: floats for 0 `terms`, else bfloat16s.
enum sl_layout sl_choose_layout(enum sl_isa isa, int terms, size_t n);

/// Bytes of n rows of `columns` numbers packed by sl_pack_floats.
size_t sl_float_bytes(size_t n, size_t columns);

/// Puts rows `first_row..<end_row` of x [n, columns] in SL_LAYOUT_PARTS. `first_row` is a multiple of
/// 16, and so is `end_row` unless it is n.
void sl_pack_floats(enum sl_isa isa, float *packed, const float *x, size_t n, size_t columns,
                    size_t first_row, size_t end_row);

/// Into how many bfloat16s a number of x should be split for products with BF16 weights: 0 where
/// float32 is as fast. Two terms keep 16 bits of it (the error is at most 2^-17), one keeps 8.
///
/// One is only answered if `rounds`, that is where the caller allows so large an error.
int sl_bfloat16_terms(enum sl_isa isa, int rounds);

/// Bytes of n rows of `columns` numbers packed by sl_pack_bfloat16.
size_t sl_bfloat16_bytes(size_t n, size_t columns, int terms);

/// Rounds rows `first_row..<end_row` of x [n, columns] to bfloat16s: `terms` of them are added up to a
/// number, one for SL_LAYOUT_PARTS. `columns` is a multiple of 32, `first_row` one of 16 unless rows
/// are apart, and so is `end_row` unless it is n.
void sl_pack_bfloat16(enum sl_isa isa, void *packed, const float *x, size_t n, size_t columns,
                      int terms, enum sl_layout layout, size_t first_row, size_t end_row);

/// Computes columns `first_row..<end_row` of y, which are those rows of W.
///
/// Float weights are widened exactly and multiplied in float32, bfloat16s of x likewise: products are
/// exact, but how sums round depends on the instruction set, and subnormals may count as zero. Quantized weights are multiplied
/// with packed x in exact integer arithmetic within a block, and in float32 across blocks.
void sl_product_rows(enum sl_isa isa, const struct sl_product *product, size_t first_row,
                     size_t end_row, void *scratch);

/// The same for BF16 weights and packed x with the tiles of AMX, which are emulated in memory: tests of
/// the walk over tiles need this where the processor has none. Needs AVX-512.
void sl_product_rows_emulated(const struct sl_product *product, size_t first_row, size_t end_row);

/// Writes the `columns` numbers that a stored row stands for, equal bit for bit to gguf-py's.
void sl_dequantize_row(enum sl_type type, float *y, const uint8_t *row, size_t columns);

#ifdef __cplusplus
}
#endif

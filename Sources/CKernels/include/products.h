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
  const void *x;  ///< n rows of float for F32, F16, BF16; else n rows packed by sl_pack
  size_t n;
  float *y;
  size_t y_stride; ///< floats from one row of y to the next
};

/// Rows of W that kernels work on at once; calls should begin at multiples of it.
enum { SL_STRIP_ROWS = 16, SL_GROUP_ROWS = 64 };

/// Bytes of scratch, aligned to 64, that `sl_product_rows` needs.
enum { SL_PRODUCT_SCRATCH_BYTES = 4 * 16 * 256 * 4 };

/// Bytes of one packed row of `columns` numbers.
size_t sl_packed_row_bytes(size_t columns);

/// Rounds rows `first_row..<end_row` of x [n, columns] to 16-bit integers with one scale per 32
/// columns, of which there are a multiple of 32, as products with quantized weights of the same
/// `isa` read all n.
///
/// The error is at most 2^-16 of the largest number of the 32. A block with an infinity or a NaN
/// makes each sum that it enters NaN.
void sl_pack(enum sl_isa isa, void *packed, const float *x, size_t n, size_t columns,
             size_t first_row, size_t end_row);

/// Computes columns `first_row..<end_row` of y, which are those rows of W.
///
/// Float weights are widened exactly and multiplied in float32. Quantized weights are multiplied
/// with packed x in exact integer arithmetic within a block, and in float32 across blocks.
void sl_product_rows(enum sl_isa isa, const struct sl_product *product, size_t first_row,
                     size_t end_row, void *scratch);

/// Writes the `columns` numbers that a stored row stands for, equal bit for bit to gguf-py's.
void sl_dequantize_row(enum sl_type type, float *y, const uint8_t *row, size_t columns);

#ifdef __cplusplus
}
#endif

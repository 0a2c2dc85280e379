#pragma once

#include <stddef.h>
#include <stdint.h>

#include "dispatch.h"
#include "products.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Whether `sl_quantize_row` writes blocks of `type`.
int sl_can_quantize(enum sl_type type);

/// Rounds x [columns], whole blocks, to a row of `type`: Q8_0, Q4_0, Q5_0, Q4_K or Q6_K.
///
/// The blocks are llama.cpp's: the same choice of scales in the same order of arithmetic, each product
/// and sum rounded on its own. A block that holds an infinity or a NaN stands for NaN throughout.
/// Source: ggml/src/ggml-quants.c, quantize_row_*_ref.
void sl_quantize_row(enum sl_isa isa, enum sl_type type, uint8_t *row, const float *x,
                     size_t columns);

#ifdef __cplusplus
}
#endif

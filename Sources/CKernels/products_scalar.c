#include <math.h>

#include "products_internal.h"

// The oracle: what each body computes, in the order in which all of them round.
#pragma clang fp contract(off)

void sl_pack_scalar(struct sl_packed_block *block, size_t step, const float *x, size_t columns,
                    int terms) {
  const float limit = sl_packed_limit(terms);
  for (size_t k = 0; k < columns; k += 32, block += step) {
    uint32_t magnitude = 0;
    for (int i = 0; i < 32; i++) {
      uint32_t bits = sl_load32((const uint8_t *)(x + k + i)) & 0x7FFFFFFF;
      magnitude = bits > magnitude ? bits : magnitude;
    }
    memset(block, 0, sizeof *block);
    if (magnitude >= SL_INFINITY_BITS) {
      block->scale = block->sum = block->half[0] = block->half[1] = NAN;
      continue;
    }
    float largest = sl_float_of_bits(magnitude);
    if (largest < SL_PACKED_MINIMUM)
      continue;
    float inverse = limit / largest;
    int32_t sums[2] = {0, 0};
    for (int i = 0; i < 32; i++) {
      int32_t v = (int32_t)rintf(x[k + i] * inverse);
      block->whole[i] = (int16_t)v;
      sums[i / 16] += v;
    }
    block->scale = largest / limit;
    block->sum = (float)(sums[0] + sums[1]) * block->scale;
    block->half[0] = (float)sums[0] * block->scale;
    block->half[1] = (float)sums[1] * block->scale;
  }
}

static float widen(enum sl_type type, const uint8_t *row, size_t k) {
  switch (type) {
  case SL_F16:
    return sl_float_of_half(sl_load16(row + 2 * k));
  case SL_BF16:
    return sl_float_of_bfloat16(sl_load16(row + 2 * k));
  default:
    return sl_float_of_bits(sl_load32(row + 4 * k));
  }
}

/// Columns of the chunk that begins at column `k` of `count`.
static size_t chunk_at(size_t count, size_t k, size_t chunk) {
  return count - k < chunk ? count - k : chunk;
}

static float sum_columns(enum sl_type type, const uint8_t *row, const float *x, size_t k,
                         size_t count) {
  float parts[SL_PARTS] = {0};
  for (size_t j = 0; j < count; j++)
    parts[j % SL_PARTS] = fmaf(widen(type, row, k + j), x[k + j], parts[j % SL_PARTS]);
  for (size_t half = SL_PARTS / 2; half > 0; half /= 2)
    for (size_t i = 0; i < half; i++)
      parts[i] += parts[i + half];
  return parts[0];
}

void sl_float_product_scalar(const struct sl_product *p, size_t first_row, size_t end_row,
                             void *scratch) {
  (void)scratch;
  for (size_t i = 0; i < p->n; i++) {
    const float *x = (const float *)p->x + i * p->columns;
    for (size_t r = first_row; r < end_row; r++) {
      const uint8_t *row = p->weights + r * p->row_bytes;
      float y = 0;
      for (size_t k = 0; k < p->columns; k += SL_WORD_CHUNK) {
        float sum = sum_columns(p->type, row, x, k, chunk_at(p->columns, k, SL_WORD_CHUNK));
        y = k == 0 ? sum : y + sum;
      }
      p->y[i * p->y_stride + r] = y;
    }
  }
}

static float add_block(float sum, const struct sl_weight_block *w, const struct sl_packed_block *x,
                       size_t scale_columns) {
  for (size_t start = 0; start < 32; start += scale_columns) {
    int32_t dot = 0;
    for (size_t i = start; i < start + scale_columns; i++)
      dot += w->q[i] * x->whole[i];
    size_t half = start / 16;
    sum = fmaf(w->scale[half], (float)dot * x->scale, sum);
    sum = fmaf(w->minimum[half], scale_columns == 32 ? x->sum : x->half[half], sum);
  }
  return sum;
}

void sl_integer_product_scalar(const struct sl_product *p, size_t first_row, size_t end_row,
                               void *scratch) {
  (void)scratch;
  for (size_t r = first_row; r < end_row; r++) {
    const uint8_t *row = p->weights + r * p->row_bytes;
    for (size_t k = 0; k < p->columns; k += SL_CHUNK) {
      struct sl_weight_block w[SL_CHUNK / 32];
      size_t blocks = chunk_at(p->columns, k, SL_CHUNK) / 32;
      for (size_t b = 0; b < blocks; b++)
        sl_load_weight_block(&w[b], p->type, row, k + 32 * b);
      for (size_t i = 0; i < p->n; i++) {
        const struct sl_packed_block *x = sl_packed_row(p->x, p->columns, i);
        size_t step = sl_packed_tile_rows(p->n, i);
        float *y = &p->y[i * p->y_stride + r], sum = 0;
        for (size_t b = 0; b < blocks; b++)
          sum = add_block(sum, &w[b], &x[(k / 32 + b) * step], sl_scale_columns(p->type));
        *y = k == 0 ? sum : *y + sum;
      }
    }
  }
}

#include "products_internal.h"

// Each product and sum is rounded on its own, as numpy does.
#pragma clang fp contract(off)

static void dequantize_q8_0(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b));
  for (int i = 0; i < 32; i++)
    y[i] = (float)(int8_t)b[2 + i] * d;
}

static void dequantize_q4_0(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b));
  for (int i = 0; i < 16; i++) {
    y[i] = d * (float)((b[2 + i] & 15) - 8);
    y[16 + i] = d * (float)((b[2 + i] >> 4) - 8);
  }
}

static void dequantize_q4_1(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b)), m = sl_float_of_half(sl_load16(b + 2));
  for (int i = 0; i < 16; i++) {
    float low = d * (float)(b[4 + i] & 15), high = d * (float)(b[4 + i] >> 4);
    y[i] = low + m;
    y[16 + i] = high + m;
  }
}

static void dequantize_q5_0(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b));
  uint32_t bits = sl_load32(b + 2);
  for (int i = 0; i < 16; i++) {
    int low = (b[6 + i] & 15) | (int)(bits >> i & 1) << 4;
    int high = b[6 + i] >> 4 | (int)(bits >> (16 + i) & 1) << 4;
    y[i] = d * (float)(low - 16);
    y[16 + i] = d * (float)(high - 16);
  }
}

static void dequantize_q5_1(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b)), m = sl_float_of_half(sl_load16(b + 2));
  uint32_t bits = sl_load32(b + 4);
  for (int i = 0; i < 16; i++) {
    float low = d * (float)((b[8 + i] & 15) | (int)(bits >> i & 1) << 4);
    float high = d * (float)(b[8 + i] >> 4 | (int)(bits >> (16 + i) & 1) << 4);
    y[i] = low + m;
    y[16 + i] = high + m;
  }
}

static void dequantize_q6_k(float *y, const uint8_t *b) {
  float d = sl_float_of_half(sl_load16(b + 208));
  for (int half = 0; half < 2; half++) {
    const uint8_t *low = b + 64 * half, *high = b + 128 + 32 * half;
    const int8_t *scales = (const int8_t *)(b + 192 + 8 * half);
    for (int part = 0; part < 4; part++) {
      for (int i = 0; i < 32; i++) {
        int nibble = low[32 * (part & 1) + i] >> 4 * (part >> 1) & 15;
        int q = (nibble | (high[i] >> 2 * part & 3) << 4) - 32;
        float scale = d * (float)scales[2 * part + i / 16];
        y[128 * half + 32 * part + i] = scale * (float)q;
      }
    }
  }
}

void sl_dequantize_row(enum sl_type type, float *y, const uint8_t *row, size_t columns) {
  size_t block = sl_block_columns(type), bytes = sl_block_bytes(type);
  for (; columns >= block; columns -= block, y += block, row += bytes) {
    switch (type) {
    case SL_F32:
      y[0] = sl_float_of_bits(sl_load32(row));
      break;
    case SL_F16:
      y[0] = sl_float_of_half(sl_load16(row));
      break;
    case SL_BF16:
      y[0] = sl_float_of_bfloat16(sl_load16(row));
      break;
    case SL_Q8_0:
      dequantize_q8_0(y, row);
      break;
    case SL_Q4_0:
      dequantize_q4_0(y, row);
      break;
    case SL_Q4_1:
      dequantize_q4_1(y, row);
      break;
    case SL_Q5_0:
      dequantize_q5_0(y, row);
      break;
    case SL_Q5_1:
      dequantize_q5_1(y, row);
      break;
    case SL_Q6_K:
      dequantize_q6_k(y, row);
      break;
    }
  }
}

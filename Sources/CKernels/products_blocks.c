#include "products_internal.h"

// What the blocks of quantized types hold. Source: ggml/src/ggml-common.h, gguf-py/gguf/quants.py.
#pragma clang fp contract(off)

static float load_half(const uint8_t *b) { return sl_float_of_half(sl_load16(b)); }

static void set_nibbles(struct sl_weight_block *w, const uint8_t *nibbles, uint32_t fifth_bits) {
  for (int i = 0; i < 16; i++) {
    w->q[i] = (uint8_t)((nibbles[i] & 15) | (fifth_bits >> i & 1) << 4);
    w->q[16 + i] = (uint8_t)(nibbles[i] >> 4 | (fifth_bits >> (16 + i) & 1) << 4);
  }
}

/// The same for steps that are looked up.
static void set_nonlinear(struct sl_weight_block *w, const uint8_t *nibbles) {
  set_nibbles(w, nibbles, 0);
  for (int i = 0; i < 32; i++)
    w->q[i] = sl_nonlinear_steps[w->q[i]];
}

static void set_scale(struct sl_weight_block *w, float scale, float minimum) {
  w->scale[0] = w->scale[1] = scale;
  w->minimum[0] = w->minimum[1] = minimum;
}

// Part `part` of 8 of a block of 256.

static void load_q2_k(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  float d = load_half(b + 80), m = load_half(b + 82);
  const uint8_t *q = b + 16 + 32 * (part / 4);
  for (int i = 0; i < 32; i++)
    w->q[i] = q[i] >> 2 * (part & 3) & 3;
  for (size_t i = 0; i < 2; i++) {
    w->scale[i] = d * (float)(b[2 * part + i] & 15);
    w->minimum[i] = -(m * (float)(b[2 * part + i] >> 4));
  }
}

static void load_q3_k(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  float d = load_half(b + 108);
  const uint8_t *q = b + 32 + 32 * (part / 4), *scales = b + 96;
  for (int i = 0; i < 32; i++)
    w->q[i] = (uint8_t)((q[i] >> 2 * (part & 3) & 3) | (b[i] >> part & 1) << 2);
  for (size_t i = 0; i < 2; i++) {
    size_t group = 2 * part + i;
    int low = scales[group % 8] >> 4 * (group / 8) & 15;
    int high = scales[8 + group % 4] >> 2 * (group / 4) & 3;
    w->scale[i] = d * (float)((low | high << 4) - 32);
    w->minimum[i] = -4 * w->scale[i];
  }
}

/// The scales and minimums of Q4_K and Q5_K: eight pairs of six bits each, in twelve bytes.
static void set_k_scale(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  const uint8_t *s = b + 4 + part % 4;
  int scale = part < 4 ? s[0] & 63 : (s[8] & 15) | (s[0] >> 6) << 4;
  int minimum = part < 4 ? s[4] & 63 : s[8] >> 4 | (s[4] >> 6) << 4;
  set_scale(w, load_half(b) * (float)scale, -(load_half(b + 2) * (float)minimum));
}

static void load_q4_k(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  const uint8_t *q = b + 16 + 32 * (part / 2);
  for (int i = 0; i < 32; i++)
    w->q[i] = q[i] >> 4 * (part & 1) & 15;
  set_k_scale(w, b, part);
}

static void load_q5_k(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  const uint8_t *q = b + 48 + 32 * (part / 2);
  for (int i = 0; i < 32; i++)
    w->q[i] = (uint8_t)((q[i] >> 4 * (part & 1) & 15) | (b[16 + i] >> part & 1) << 4);
  set_k_scale(w, b, part);
}

static void load_q6_k(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  const uint8_t *low = b + 64 * (part / 4) + 32 * (part & 1), *high = b + 128 + 32 * (part / 4);
  float d = load_half(b + 208);
  for (int i = 0; i < 32; i++)
    w->q[i] = (uint8_t)((low[i] >> 4 * (part / 2 & 1) & 15) | (high[i] >> 2 * (part & 3) & 3) << 4);
  for (size_t i = 0; i < 2; i++) {
    w->scale[i] = d * (float)(int8_t)b[192 + 2 * part + i];
    w->minimum[i] = -32 * w->scale[i];
  }
}

static void load_iq4_xs(struct sl_weight_block *w, const uint8_t *b, size_t part) {
  int low = b[4 + part / 2] >> 4 * (part & 1) & 15, high = sl_load16(b + 2) >> 2 * part & 3;
  float scale = load_half(b) * (float)((low | high << 4) - 32);
  set_nonlinear(w, b + 8 + 16 * part);
  set_scale(w, scale, -128 * scale);
}

void sl_load_weight_block(struct sl_weight_block *w, enum sl_type type, const uint8_t *row,
                          size_t k) {
  const uint8_t *b = row + k / sl_block_columns(type) * sl_block_bytes(type);
  size_t part = k / 32 % 8;
  switch (type) {
  case SL_Q8_0:
    for (int i = 0; i < 32; i++)
      w->q[i] = b[2 + i] ^ 0x80;
    set_scale(w, load_half(b), -128 * load_half(b));
    break;
  case SL_Q4_0:
    set_nibbles(w, b + 2, 0);
    set_scale(w, load_half(b), -8 * load_half(b));
    break;
  case SL_Q4_1:
    set_nibbles(w, b + 4, 0);
    set_scale(w, load_half(b), load_half(b + 2));
    break;
  case SL_Q5_0:
    set_nibbles(w, b + 6, sl_load32(b + 2));
    set_scale(w, load_half(b), -16 * load_half(b));
    break;
  case SL_Q5_1:
    set_nibbles(w, b + 8, sl_load32(b + 4));
    set_scale(w, load_half(b), load_half(b + 2));
    break;
  case SL_IQ4_NL:
    set_nonlinear(w, b + 2);
    set_scale(w, load_half(b), -128 * load_half(b));
    break;
  case SL_Q2_K:
    load_q2_k(w, b, part);
    break;
  case SL_Q3_K:
    load_q3_k(w, b, part);
    break;
  case SL_Q4_K:
    load_q4_k(w, b, part);
    break;
  case SL_Q5_K:
    load_q5_k(w, b, part);
    break;
  case SL_IQ4_XS:
    load_iq4_xs(w, b, part);
    break;
  default:
    load_q6_k(w, b, part);
  }
}

/// Each product and sum is rounded on its own, as numpy does.
static void dequantize_block(float *y, const struct sl_weight_block *w, enum sl_type type) {
  int offset = sl_formats[type].offset;
  for (int i = 0; i < 32; i++) {
    float product = w->scale[i / 16] * (float)(w->q[i] - offset);
    y[i] = offset != 0 ? product : product + w->minimum[i / 16];
  }
}

void sl_dequantize_row(enum sl_type type, float *y, const uint8_t *row, size_t columns) {
  if (sl_is_quantized(type)) {
    for (size_t k = 0; k < columns; k += 32) {
      struct sl_weight_block w;
      sl_load_weight_block(&w, type, row, k);
      dequantize_block(y + k, &w, type);
    }
    return;
  }
  for (size_t k = 0; k < columns; k++)
    switch (type) {
    case SL_F16:
      y[k] = sl_float_of_half(sl_load16(row + 2 * k));
      break;
    case SL_BF16:
      y[k] = sl_float_of_bfloat16(sl_load16(row + 2 * k));
      break;
    default:
      y[k] = sl_float_of_bits(sl_load32(row + 4 * k));
    }
}

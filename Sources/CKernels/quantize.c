#include "quantize.h"

#include <math.h>

#include "quantize_internal.h"

#pragma clang fp contract(off)

// No vector leaves this file, however it is passed.
#pragma clang diagnostic ignored "-Wpsabi"
#define NAME(x) x##_portable
#include "quantize_fits.inc"

int sl_can_quantize(enum sl_type type) {
  return type == SL_Q8_0 || type == SL_Q4_0 || type == SL_Q5_0 || type == SL_Q4_K ||
         type == SL_Q6_K;
}

static void store_half(uint8_t *b, float x) {
  uint16_t half = sl_half_of_float(x);
  memcpy(b, &half, sizeof half);
}

static float load_half(const uint8_t *b) { return sl_float_of_half(sl_load16(b)); }

/// The number of largest magnitude, the first of equals; NaN if one is not finite.
static float find_extreme(const float *x, size_t count) {
  float extreme = 0, largest = 0, unfinite = 0;
  for (size_t i = 0; i < count; i++) {
    unfinite += x[i] * 0;
    if (fabsf(x[i]) > largest) {
      largest = fabsf(x[i]);
      extreme = x[i];
    }
  }
  return unfinite == 0 ? extreme : NAN;
}

/// 1 / d, and 0 where that is no number.
static float invert(float d) {
  float inverse = 1 / d;
  return isfinite(inverse) ? inverse : 0;
}

static void quantize_q8_0(uint8_t *b, const float *x) {
  float d = fabsf(find_extreme(x, 32)) / 127, inverse = invert(d);
  store_half(b, d);
  for (int i = 0; i < 32 && !isnan(d); i++) {
    float step = x[i] * inverse, whole = truncf(step);
    // Ties go away from zero.
    whole += fabsf(step - whole) >= 0.5f ? copysignf(1, step) : 0;
    b[2 + i] = (uint8_t)(int8_t)whole;
  }
}

/// Steps 0..<2 * offset of 32 numbers around `offset`.
static float find_steps(uint8_t q[32], const float *x, int offset) {
  float d = find_extreme(x, 32) / (float)-offset, inverse = invert(d);
  for (int i = 0; i < 32; i++)
    q[i] = isnan(d) ? 0 : (uint8_t)sl_clamp((int)(x[i] * inverse + (float)offset + 0.5f), 0,
                                            2 * offset - 1);
  return d;
}

static void store_nibbles(uint8_t *b, const uint8_t *q, int half) {
  for (int i = 0; i < half; i++)
    b[i] = (uint8_t)((q[i] & 15) | (q[half + i] & 15) << 4);
}

static void quantize_q4_0(uint8_t *b, const float *x) {
  uint8_t q[32];
  store_half(b, find_steps(q, x, 8));
  store_nibbles(b + 2, q, 16);
}

static void quantize_q5_0(uint8_t *b, const float *x) {
  uint8_t q[32];
  uint32_t fifth_bits = 0;
  store_half(b, find_steps(q, x, 16));
  for (int i = 0; i < 32; i++)
    fifth_bits |= (uint32_t)(q[i] >> 4) << i;
  memcpy(b + 2, &fifth_bits, sizeof fifth_bits);
  store_nibbles(b + 6, q, 16);
}

static float largest_of(const float *x, int count) {
  float largest = 0;
  for (int i = 0; i < count; i++)
    largest = x[i] > largest ? x[i] : largest;
  return largest;
}

static uint8_t six_bits(float unit, float x) {
  float inverse = unit > 0 ? 63 / unit : 0;
  uint8_t step = (uint8_t)sl_nearest(inverse * x);
  return step < 63 ? step : 63;
}

static void quantize_q4_k(uint8_t *b, struct sl_q4_k_fit *fit, const float *x) {
  float top_scale = largest_of(fit->scale, 8), top_depth = largest_of(fit->depth, 8);
  store_half(b, top_scale / 63);
  store_half(b + 2, top_depth / 63);
  memset(b + 4, 0, 12);
  for (int j = 0; j < 8; j++) {
    uint8_t scale = six_bits(top_scale, fit->scale[j]), depth = six_bits(top_depth, fit->depth[j]);
    uint8_t *s = b + 4 + j % 4;
    s[0] |= (uint8_t)(j < 4 ? scale : scale >> 4 << 6);
    s[4] |= (uint8_t)(j < 4 ? depth : depth >> 4 << 6);
    s[8] |= (uint8_t)(j < 4 ? 0 : (scale & 15) | (depth & 15) << 4);
    float d = load_half(b) * (float)scale, m = load_half(b + 2) * (float)depth;
    for (int i = 32 * j; i < 32 * j + 32 && d != 0; i++)
      fit->q[i] = (uint8_t)sl_clamp(sl_nearest((x[i] + m) / d), 0, 15);
  }
  for (int pair = 0; pair < 4; pair++)
    store_nibbles(b + 16 + 32 * pair, fit->q + 64 * pair, 32);
}

static void quantize_q6_k(uint8_t *b, struct sl_q6_k_fit *fit, const float *x) {
  float top = find_extreme(fit->scale, 16);
  memset(b, 0, 210);
  if (fabsf(top) < SL_Q6_K_MINIMUM)
    return;
  float inverse = -128 / top;
  store_half(b + 208, 1 / inverse);
  for (int j = 0; j < 16; j++) {
    int scale = sl_clamp(sl_nearest(inverse * fit->scale[j]), -128, 127);
    b[192 + j] = (uint8_t)(int8_t)scale;
    float d = load_half(b + 208) * (float)scale;
    for (int i = 16 * j; i < 16 * j + 16 && d != 0; i++)
      fit->q[i] = (uint8_t)(sl_clamp(sl_nearest(x[i] / d), -32, 31) + 32);
  }
  for (int half = 0; half < 2; half++)
    for (int i = 0; i < 32; i++) {
      const uint8_t *q = fit->q + 128 * half + i;
      b[64 * half + i] = (uint8_t)((q[0] & 15) | (q[64] & 15) << 4);
      b[64 * half + 32 + i] = (uint8_t)((q[32] & 15) | (q[96] & 15) << 4);
      b[128 + 32 * half + i] =
          (uint8_t)(q[0] >> 4 | q[32] >> 4 << 2 | q[64] >> 4 << 4 | q[96] >> 4 << 6);
    }
}

#define DEFINE_FIT(type)                                                                           \
  static void fit_##type(enum sl_isa isa, struct sl_##type##_fit *fit, const float *x) {           \
    if (isa == SL_ISA_SCALAR)                                                                      \
      sl_fit_##type##_portable(fit, x);                                                            \
    else                                                                                           \
      sl_fit_##type##_vectors(fit, x);                                                             \
  }

#if defined(__x86_64__)
#define sl_fit_q4_k_vectors sl_fit_q4_k_avx2
#define sl_fit_q6_k_vectors sl_fit_q6_k_avx2
#else
#define sl_fit_q4_k_vectors sl_fit_q4_k_portable
#define sl_fit_q6_k_vectors sl_fit_q6_k_portable
#endif
DEFINE_FIT(q4_k)
DEFINE_FIT(q6_k)

static void quantize_block(enum sl_isa isa, enum sl_type type, uint8_t *b, const float *x) {
  if (isnan(find_extreme(x, 256))) {
    memset(b, 0, sl_block_bytes(type));
    store_half(b + (type == SL_Q6_K ? 208 : 0), NAN);
    if (type == SL_Q6_K)
      memset(b + 192, 1, 16);
    return;
  }
  if (type == SL_Q6_K) {
    struct sl_q6_k_fit fit;
    fit_q6_k(isa, &fit, x);
    quantize_q6_k(b, &fit, x);
  } else {
    struct sl_q4_k_fit fit;
    fit_q4_k(isa, &fit, x);
    quantize_q4_k(b, &fit, x);
  }
}

void sl_quantize_row(enum sl_isa isa, enum sl_type type, uint8_t *row, const float *x,
                     size_t columns) {
  size_t block = sl_block_columns(type), bytes = sl_block_bytes(type);
  for (; columns >= block; columns -= block, x += block, row += bytes)
    switch (type) {
    case SL_Q8_0:
      quantize_q8_0(row, x);
      break;
    case SL_Q4_0:
      quantize_q4_0(row, x);
      break;
    case SL_Q5_0:
      quantize_q5_0(row, x);
      break;
    default:
      quantize_block(isa, type, row, x);
    }
}

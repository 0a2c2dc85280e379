#pragma once

#include "products_internal.h"

/// The best scale for each sub-block of 32 of 256 numbers, whose steps are 0..<16 above a minimum.
struct sl_q4_k_fit {
  float scale[8];
  float depth[8];   ///< what is subtracted: minus the minimum
  uint8_t q[256];   ///< steps at that scale
};

/// The best scale for each sub-block of 16 of 256 numbers, whose steps are -32..<32.
struct sl_q6_k_fit {
  float scale[16];
  uint8_t q[256]; ///< steps at that scale, plus 32
};

#define SL_DECLARE_FITS(isa)                                                                       \
  void sl_fit_q4_k_##isa(struct sl_q4_k_fit *fit, const float x[256]);                             \
  void sl_fit_q6_k_##isa(struct sl_q6_k_fit *fit, const float x[256]);

SL_DECLARE_FITS(portable)
SL_DECLARE_FITS(avx2)

/// Below this a sub-block of Q6_K counts as zero.
#define SL_Q6_K_MINIMUM 1e-15f

/// The nearest integer, ties to even, of a number below 2^22; some integer for any other.
static inline int32_t sl_nearest(float x) {
  float shifted = x + 0x1.8p23f;
  int32_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  return (bits & 0x007FFFFF) - 0x00400000;
}

static inline int32_t sl_clamp(int32_t value, int32_t low, int32_t high) {
  return value < low ? low : value > high ? high : value;
}

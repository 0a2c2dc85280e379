#pragma once

#include "products_internal.h"

// 16 lanes, one per row of W. Where the processor's vectors are shorter the compiler splits them.
typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef uint32_t u32x8 __attribute__((vector_size(32)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef _Float16 f16x16 __attribute__((vector_size(32)));
typedef float f32x16 __attribute__((vector_size(64)));

/// Weights of 16 rows, a chunk of columns: weight = scale * q + minimum.
struct sl_integer_panel {
  u32x16 q[SL_CHUNK / 4];        ///< bytes: [column / 4][row][column % 4]
  f32x16 scale[SL_CHUNK / 16];   ///< [group][row], a group being 32 columns (Q6_K: 16)
  f32x16 minimum[SL_CHUNK / 16]; ///< [group][row]
};

/// Weights of 16 rows, a chunk of columns: [column][row].
struct sl_float_panel {
  f32x16 v[SL_CHUNK];
};

#define SL_INLINE static inline __attribute__((always_inline))

/// All lanes `s`.
#define SL_SPLAT(vector, s)                                                                        \
  (vector) { s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s }

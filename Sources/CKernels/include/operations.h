#pragma once

#include "dispatch.h"

#include <stddef.h>
#include <stdint.h>

// The operations between matrix products. All matrices are float32, row-major.

/// Positions per block of the key/value cache.
#define SL_BLOCK_SIZE 32
/// Positions whose scores get one softmax; contexts longer than that merge chunk by chunk.
#define SL_CHUNK_SIZE 256
/// Most query rows that one tile of any level takes.
#define SL_TILE_ROWS 8

/// How the numbers of the key/value cache are stored; each is rounded once, to the nearest.
///
/// The keys of one head in one block are laid out so that the scores of neighboring positions lie in
/// neighboring lanes. F32, F16: keys [headSize][32], values [32][headSize]. BF16: two numbers that one
/// sum takes share 32 bits, keys [headSize / 2][32][2] and values [16][headSize][2]. Q8_0: as F32 in
/// bytes, then a float32 scale for each 32 numbers of a position, [headSize / 32][32].
typedef enum sl_cache_type {
  SL_CACHE_F32,
  SL_CACHE_F16,  // beyond 65504 numbers become 65504
  SL_CACHE_BF16,
  SL_CACHE_Q8_0,
} sl_cache_type;

/// Numbers of a position that share a scale.
#define SL_CACHE_SCALE_SIZE 32

/// The function between the two halves of a gated feed-forward layer.
typedef enum sl_gate { SL_GATE_SILU, SL_GATE_GELU_TANH } sl_gate;

/// The function inside a plain feed-forward layer.
typedef enum sl_activation { SL_ACTIVATION_GELU, SL_ACTIVATION_GELU_TANH } sl_activation;

/// Causal attention of the `group` query heads that share one key/value head, in one generation.
///
/// Rows are counted position by position, heads inside: row = position * group + head.
typedef struct sl_attention {
  const float *queries;    // first position, first head of the group
  float *output;           // likewise
  size_t position_stride;  // numbers from one position to the next in queries and output
  size_t head_size;
  size_t group;
  float scale;             // of the scores
  size_t first_position;   // position of row 0
  size_t window;           // positions that a row sees, its own included; 0: all
  size_t length;           // positions that every row sees, later ones too; 0: causal
  sl_cache_type type;
  const uint8_t *keys;  // of this layer and key/value head in block 0
  const uint8_t *values;
  size_t block_stride;      // bytes from one block to the next
  const ptrdiff_t *blocks;  // block table of the generation
} sl_attention;

/// The operations of one instruction set. Each result depends on its own row alone.
typedef struct sl_operations {
  enum sl_isa isa;
  size_t width;                          // numbers per vector
  const struct sl_operations *narrower;  // of the next lesser instruction set; null below scalar

  /// y = x / sqrt(mean(x^2) + epsilon) * weight for each row of `width` numbers; y may be x.
  void (*rms_norm)(float *y, const float *x, const float *weight, size_t rows, size_t width,
                   float epsilon);
  /// h += delta, then y = norm of h, as rms_norm.
  void (*add_rms_norm)(float *y, float *h, const float *delta, const float *weight, size_t rows,
                       size_t width, float epsilon);
  /// y = act(gate) * up for rows of `width` numbers, their starts `stride` apart in gate and up.
  void (*gate)(sl_gate kind, float *y, const float *gate, const float *up, size_t rows,
               size_t width, size_t stride);
  /// h += delta + bias, then h = (h - mean) / sqrt(variance + epsilon) * weight + shift, for each
  /// row of `width` numbers.
  void (*add_layer_norm)(float *h, const float *delta, const float *bias, const float *weight,
                         const float *shift, size_t rows, size_t width, float epsilon);
  /// x = act(x + bias) for rows of `width` numbers.
  void (*activate)(sl_activation kind, float *x, const float *bias, size_t rows, size_t width);
  /// x += y.
  void (*add)(float *x, const float *y, size_t count);
  /// Rotates the first 2 * pairs numbers of every head by cosines, sines [rows][pairs].
  void (*rotate_halves)(float *x, const float *cosines, const float *sines, size_t rows,
                        size_t heads, size_t head_size, size_t pairs);
  /// The same with pairs of neighbors.
  void (*rotate_interleaved)(float *x, const float *cosines, const float *sines, size_t rows,
                             size_t heads, size_t head_size, size_t pairs);
  /// x = exp(x - max) / sum.
  void (*softmax)(float *x, size_t count);

  /// Attends with rows [first_row, first_row + rows) over chunks [first_chunk, end_chunk) and
  /// merges them in order into `states` [rows][head_size + 2], which it overwrites. A state is the
  /// weighted sum of values, then the greatest score, then the sum of weights; 0: nothing seen.
  ///
  /// head_size must be a multiple of `width`. `scratch` holds sl_attention_scratch numbers.
  void (*attend)(const sl_attention *a, size_t first_row, size_t rows, size_t first_chunk,
                 size_t end_chunk, float *states, float *scratch);
  /// Merges the states of a later chunk into those of earlier ones.
  void (*merge)(float *into, const float *from, size_t rows, size_t head_size);
  /// Writes the output of the rows whose states are complete.
  void (*finish)(const sl_attention *a, size_t first_row, size_t rows, const float *states);

  /// Stores `count` positions of one key/value head, their rows `row_stride` apart, in one block
  /// from its position `offset` on.
  void (*cache_store)(sl_cache_type type, uint8_t *keys, uint8_t *values, const float *key,
                      const float *value, size_t count, size_t row_stride, size_t head_size,
                      size_t offset);
} sl_operations;

/// The operations of `isa`, which this processor must have.
///
/// If `rounds`, attention to bfloat16 numbers may round queries and weights to bfloat16 too, where the
/// processor is faster so.
const sl_operations *sl_operations_select(enum sl_isa isa, int rounds);

/// The numbers that `attend` needs for scratch.
static inline size_t sl_attention_scratch(size_t head_size) {
  return SL_TILE_ROWS * (SL_CHUNK_SIZE + head_size + 2 + head_size / 2);
}

/// Bytes of the keys of one head in one block.
static inline size_t sl_cache_key_bytes(sl_cache_type type, size_t head_size) {
  switch (type) {
    case SL_CACHE_F32: return 4 * SL_BLOCK_SIZE * head_size;
    case SL_CACHE_F16: return 2 * SL_BLOCK_SIZE * head_size;
    case SL_CACHE_BF16: return 4 * SL_BLOCK_SIZE * ((head_size + 1) / 2);
    case SL_CACHE_Q8_0:
      return SL_BLOCK_SIZE * (head_size + 4 * ((head_size + SL_CACHE_SCALE_SIZE - 1) / SL_CACHE_SCALE_SIZE));
  }
  return 0;
}

/// Bytes of the values of one head in one block.
static inline size_t sl_cache_value_bytes(sl_cache_type type, size_t head_size) {
  return type == SL_CACHE_BF16 ? 2 * SL_BLOCK_SIZE * head_size : sl_cache_key_bytes(type, head_size);
}

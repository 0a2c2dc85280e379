#include "operations.h"

void sl_cache_store(sl_cached *keys, sl_cached *values, const float *key, const float *value,
                    size_t count, size_t row_stride, size_t head_size, size_t offset) {
  for (size_t i = 0; i < head_size; i++)
    for (size_t position = 0; position < count; position++)
      keys[i * SL_BLOCK_SIZE + offset + position] = key[position * row_stride + i];
  for (size_t position = 0; position < count; position++)
    for (size_t i = 0; i < head_size; i++)
      values[(offset + position) * head_size + i] = value[position * row_stride + i];
}

#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Instructions whose speed bounds that of matrix products.
enum ceiling {
  CEILING_FMA,       ///< float32: AVX-512, else AVX2
  CEILING_BF16_DOT,  ///< vdpbf16ps
  CEILING_INT8_DOT,  ///< vpdpbusd
  CEILING_BF16_TILE, ///< tdpbf16ps
  CEILING_INT8_TILE, ///< tdpbssd
};

/// Runs `rounds` rounds of one instruction on registers alone, and returns how many
/// multiplications (each with its addition) they did; 0 where the processor does not have it.
uint64_t ceiling_multiply(enum ceiling kind, uint64_t rounds);

/// Reads `count` bytes, a multiple of 512, in order; returns what depends on all of them.
uint64_t ceiling_read(const void *bytes, size_t count);

/// `count` bytes of memory in huge pages where there are any, each page written; null on failure.
void *ceiling_memory(size_t count);

/// Gives back what `ceiling_memory` gave.
void ceiling_free(void *memory, size_t count);

#ifdef __cplusplus
}
#endif

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Takes as many of `count` bytes into the zip checksum `*state` (inverted, as between bytes) as vector
/// instructions can, and returns how many; 0 where the processor has none for it.
size_t sl_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count);

/// Decodes as many of `count` base64 digits as vector instructions can, up to the first byte that is
/// none, and returns how many: a multiple of 32, each for 24 bytes of `output`, which must have
/// room for all `count` digits' bytes.
size_t sl_base64_decode(uint8_t *output, const uint8_t *text, size_t count);

/// Whether (x & mask) == value for any of `count` little-endian numbers of `width` bytes: 1, 2 or 4.
bool sl_holds(const uint8_t *bytes, size_t count, int width, uint32_t mask, uint32_t value);

#ifdef __cplusplus
}
#endif

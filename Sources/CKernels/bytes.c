#include "bytes.h"
#include "dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Carry-less products fold 64 bytes at a time into 64.
// Source: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
__attribute__((target("pclmul,sse4.1"))) static uint32_t fold(uint32_t state, const uint8_t *bytes,
                                                              size_t count) {
  const __m128i by64 = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by16 = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i *next = (const __m128i *)bytes, *end = next + count / 16;
  __m128i x[4];
  for (int i = 0; i < 4; i++)
    x[i] = _mm_loadu_si128(next++);
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)state));
  for (; end - next >= 4; next += 4)
    for (int i = 0; i < 4; i++) {
      __m128i low = _mm_clmulepi64_si128(x[i], by64, 0x00);
      __m128i high = _mm_clmulepi64_si128(x[i], by64, 0x11);
      x[i] = _mm_xor_si128(_mm_xor_si128(low, high), _mm_loadu_si128(next + i));
    }
  __m128i sum = x[0];
  for (int i = 1; i < 4 + (end - next); i++) {
    __m128i other = i < 4 ? x[i] : _mm_loadu_si128(next + i - 4);
    __m128i low = _mm_clmulepi64_si128(sum, by16, 0x00);
    __m128i high = _mm_clmulepi64_si128(sum, by16, 0x11);
    sum = _mm_xor_si128(_mm_xor_si128(low, high), other);
  }
  // 128 bits to 64, then to 32 by Barrett's method.
  const __m128i words = _mm_setr_epi32(-1, 0, -1, 0);
  const __m128i by8 = _mm_set_epi64x(0, 0x163cd6124);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, by16, 0x10));
  __m128i rest = _mm_srli_si128(sum, 4);
  sum = _mm_xor_si128(rest, _mm_clmulepi64_si128(_mm_and_si128(sum, words), by8, 0x00));
  rest = _mm_and_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, words), polynomial, 0x10), words);
  sum = _mm_xor_si128(sum, _mm_clmulepi64_si128(rest, polynomial, 0x00));
  return (uint32_t)_mm_extract_epi32(sum, 1);
}

// Source: W. Mula and D. Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", 2018.
__attribute__((target("avx2"))) static size_t decode(uint8_t *output, const uint8_t *text,
                                                     size_t count) {
  // A byte is a digit if what its two halves say has no bit in common.
  const __m256i of_low = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a));
  const __m256i of_high = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  // What to add to a digit to get its six bits.
  const __m256i shifts = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i nibble = _mm256_set1_epi8(15), slash = _mm256_set1_epi8('/');
  size_t done = 0;
  // 32 bytes are written for each 24.
  for (; count - done >= 48; done += 32, output += 24) {
    __m256i digits = _mm256_loadu_si256((const __m256i *)(text + done));
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(digits, 4), nibble);
    __m256i low = _mm256_and_si256(digits, nibble);
    if (!_mm256_testz_si256(_mm256_shuffle_epi8(of_low, low), _mm256_shuffle_epi8(of_high, high)))
      break;
    __m256i is_slash = _mm256_cmpeq_epi8(digits, slash);
    __m256i shift = _mm256_shuffle_epi8(shifts, _mm256_add_epi8(is_slash, high));
    __m256i bits = _mm256_add_epi8(digits, shift);
    bits = _mm256_maddubs_epi16(bits, _mm256_set1_epi32(0x01400140));
    bits = _mm256_madd_epi16(bits, _mm256_set1_epi32(0x00011000));
    bits = _mm256_shuffle_epi8(bits, order);
    bits = _mm256_permutevar8x32_epi32(bits, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7));
    _mm256_storeu_si256((__m256i *)output, bits);
  }
  return done;
}

size_t sl_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count) {
  count &= ~(size_t)15;
  if (count < 64 || sl_isa_current() == SL_ISA_SCALAR || !__builtin_cpu_supports("pclmul"))
    return 0;
  *state = fold(*state, bytes, count);
  return count;
}

size_t sl_base64_decode(uint8_t *output, const uint8_t *text, size_t count) {
  return count < 48 || sl_isa_current() == SL_ISA_SCALAR ? 0 : decode(output, text, count);
}
#else
size_t sl_crc32_fold(uint32_t *state, const uint8_t *bytes, size_t count) {
  (void)state, (void)bytes, (void)count;
  return 0;
}

size_t sl_base64_decode(uint8_t *output, const uint8_t *text, size_t count) {
  (void)output, (void)text, (void)count;
  return 0;
}
#endif

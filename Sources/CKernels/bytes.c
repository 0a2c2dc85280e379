#include "bytes.h"
#include "dispatch.h"

#if defined(__x86_64__)
#include <immintrin.h>

// Carry-less products fold bytes onto those that come so many later; the constants are x^(8n-32) and
// x^(8n+32) modulo the polynomial, bits reversed.
// Source: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
enum { HIGH, LOW };
static const int64_t by16[] = {0x0ccaa009e, 0x1751997d0}, by64[] = {0x1c6e41596, 0x154442bd4},
                     by256[] = {0x1322d1430, 0x11542778a};

__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold_16(__m128i sum, __m128i other) {
  const __m128i by = _mm_set_epi64x(by16[HIGH], by16[LOW]);
  __m128i low = _mm_clmulepi64_si128(sum, by, 0x00), high = _mm_clmulepi64_si128(sum, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), other);
}

// Takes in the last vectors, then makes 128 bits to 64, and these to 32 by Barrett's method.
__attribute__((target("pclmul,sse4.1"))) static inline uint32_t
reduced(__m128i sum, const __m128i *next, const __m128i *end) {
  for (; next < end; next++)
    sum = fold_16(sum, _mm_loadu_si128(next));
  const __m128i words = _mm_setr_epi32(-1, 0, -1, 0);
  const __m128i by = _mm_set_epi64x(by16[HIGH], by16[LOW]);
  const __m128i by8 = _mm_set_epi64x(0, 0x163cd6124);
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);
  sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, by, 0x10));
  __m128i rest = _mm_srli_si128(sum, 4);
  sum = _mm_xor_si128(rest, _mm_clmulepi64_si128(_mm_and_si128(sum, words), by8, 0x00));
  rest = _mm_and_si128(_mm_clmulepi64_si128(_mm_and_si128(sum, words), polynomial, 0x10), words);
  sum = _mm_xor_si128(sum, _mm_clmulepi64_si128(rest, polynomial, 0x00));
  return (uint32_t)_mm_extract_epi32(sum, 1);
}

// 64 bytes at a time, of at least as many.
__attribute__((target("pclmul,sse4.1"))) static uint32_t fold(uint32_t state, const uint8_t *bytes,
                                                              size_t count) {
  const __m128i by = _mm_set_epi64x(by64[HIGH], by64[LOW]);
  const __m128i *next = (const __m128i *)bytes, *end = next + count / 16;
  __m128i x[4];
  for (int i = 0; i < 4; i++)
    x[i] = _mm_loadu_si128(next++);
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128((int)state));
  for (; end - next >= 4; next += 4)
    for (int i = 0; i < 4; i++) {
      __m128i low = _mm_clmulepi64_si128(x[i], by, 0x00);
      __m128i high = _mm_clmulepi64_si128(x[i], by, 0x11);
      x[i] = _mm_xor_si128(_mm_xor_si128(low, high), _mm_loadu_si128(next + i));
    }
  for (int i = 1; i < 4; i++)
    x[0] = fold_16(x[0], x[i]);
  return reduced(x[0], next, end);
}

// 256 bytes at a time, of at least as many.
__attribute__((target("pclmul,vpclmulqdq,avx512f,avx512dq"))) static uint32_t
fold_wide(uint32_t state, const uint8_t *bytes, size_t count) {
  const __m512i by_far = _mm512_broadcast_i64x2(_mm_set_epi64x(by256[HIGH], by256[LOW]));
  const __m512i by_near = _mm512_broadcast_i64x2(_mm_set_epi64x(by64[HIGH], by64[LOW]));
  const uint8_t *end = bytes + count;
  __m512i x[4];
  for (int i = 0; i < 4; i++, bytes += 64)
    x[i] = _mm512_loadu_si512(bytes);
  x[0] = _mm512_xor_si512(x[0], _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)state)));
  for (; end - bytes >= 256; bytes += 256)
    for (int i = 0; i < 4; i++) {
      __m512i low = _mm512_clmulepi64_epi128(x[i], by_far, 0x00);
      __m512i high = _mm512_clmulepi64_epi128(x[i], by_far, 0x11);
      x[i] = _mm512_ternarylogic_epi64(low, high, _mm512_loadu_si512(bytes + 64 * i), 0x96);
    }
  for (int i = 1; i < 4 || end - bytes >= 64; i++) {
    __m512i other = i < 4 ? x[i] : _mm512_loadu_si512(bytes);
    if (i >= 4)
      bytes += 64;
    __m512i low = _mm512_clmulepi64_epi128(x[0], by_near, 0x00);
    __m512i high = _mm512_clmulepi64_epi128(x[0], by_near, 0x11);
    x[0] = _mm512_ternarylogic_epi64(low, high, other, 0x96);
  }
  __m128i sum = fold_16(_mm512_castsi512_si128(x[0]), _mm512_extracti64x2_epi64(x[0], 1));
  sum = fold_16(sum, _mm512_extracti64x2_epi64(x[0], 2));
  sum = fold_16(sum, _mm512_extracti64x2_epi64(x[0], 3));
  return reduced(sum, (const __m128i *)bytes, (const __m128i *)end);
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
  bool is_wide = count >= 256 && sl_isa_current() >= SL_ISA_AVX512 &&
                 __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512dq");
  *state = (is_wide ? fold_wide : fold)(*state, bytes, count);
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

// Whether (x & mask) == value for any of `count` numbers; the compiler makes vectors of it.
#define HOLDS(name, type, attributes)                                                              \
  attributes static bool name(const uint8_t *bytes, size_t count, type mask, type value) {         \
    type seen = 0;                                                                                 \
    for (size_t i = 0; i < count; i++) {                                                           \
      type x;                                                                                      \
      __builtin_memcpy(&x, bytes + i * sizeof x, sizeof x);                                        \
      seen |= (type)((x & mask) == value);                                                         \
    }                                                                                              \
    return seen != 0;                                                                              \
  }
HOLDS(holds_8, uint8_t, )
HOLDS(holds_16, uint16_t, )
HOLDS(holds_32, uint32_t, )
#if defined(__x86_64__)
HOLDS(holds_8_avx2, uint8_t, __attribute__((target("avx2"))))
HOLDS(holds_16_avx2, uint16_t, __attribute__((target("avx2"))))
HOLDS(holds_32_avx2, uint32_t, __attribute__((target("avx2"))))
#endif

bool sl_holds(const uint8_t *bytes, size_t count, int width, uint32_t mask, uint32_t value) {
#if defined(__x86_64__)
  if (sl_isa_current() != SL_ISA_SCALAR)
    return width == 1   ? holds_8_avx2(bytes, count, (uint8_t)mask, (uint8_t)value)
           : width == 2 ? holds_16_avx2(bytes, count, (uint16_t)mask, (uint16_t)value)
                        : holds_32_avx2(bytes, count, mask, value);
#endif
  return width == 1   ? holds_8(bytes, count, (uint8_t)mask, (uint8_t)value)
         : width == 2 ? holds_16(bytes, count, (uint16_t)mask, (uint16_t)value)
                      : holds_32(bytes, count, mask, value);
}

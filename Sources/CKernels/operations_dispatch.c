#include "operations.h"
#include "products.h"

extern const sl_operations sl_operations_scalar;
#if defined(__x86_64__)
extern const sl_operations sl_operations_avx2;
extern const sl_operations sl_operations_avx512;
extern const sl_operations sl_operations_avx512_bf16;
#endif

const sl_operations *sl_operations_select(enum sl_isa isa, int rounds) {
#if defined(__x86_64__)
  // Where products with BF16 weights read single bfloat16s in vectors, pairs are faster than floats.
  if (isa == SL_ISA_AVX512 && sl_bfloat16_terms(isa, rounds) == 1)
    return &sl_operations_avx512_bf16;
  if (isa >= SL_ISA_AVX512)
    return &sl_operations_avx512;
  if (isa == SL_ISA_AVX2)
    return &sl_operations_avx2;
#else
  (void)isa;
  (void)rounds;
#endif
  return &sl_operations_scalar;
}

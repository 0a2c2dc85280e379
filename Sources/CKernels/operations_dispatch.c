#include "operations.h"

extern const sl_operations sl_operations_scalar;
#if defined(__x86_64__)
extern const sl_operations sl_operations_avx2;
extern const sl_operations sl_operations_avx512;
#endif

const sl_operations *sl_operations_select(enum sl_isa isa) {
#if defined(__x86_64__)
  if (isa >= SL_ISA_AVX512)
    return &sl_operations_avx512;
  if (isa == SL_ISA_AVX2)
    return &sl_operations_avx2;
#else
  (void)isa;
#endif
  return &sl_operations_scalar;
}

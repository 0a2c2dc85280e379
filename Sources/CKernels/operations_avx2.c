#if defined(__x86_64__)
#define SL_ISA SL_ISA_AVX2
#define SL_WIDTH 8
#define SL_ROWS 6
#define SL_HAS_FMA 1
#define SL_NARROWER &sl_operations_scalar
#define SL_TABLE sl_operations_avx2
#include "operations.h"
#include "products_internal.h"
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "operations.inc"
#pragma clang attribute pop
#endif

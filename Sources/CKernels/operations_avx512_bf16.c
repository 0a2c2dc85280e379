#if defined(__x86_64__)
#define SL_ISA SL_ISA_AVX512
#define SL_WIDTH 16
#define SL_ROWS 8
#define SL_HAS_FMA 1
#define SL_PAIRS 1
#define SL_NARROWER &sl_operations_avx2
#define SL_TABLE sl_operations_avx512_bf16
#include "operations.h"
#include "products_internal.h"
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512vl,avx512dq,avx512bw,avx512bf16"))),        \
    apply_to = function)
#include "operations.inc"
#pragma clang attribute pop
#endif

#include <math.h>

#include "quantize_internal.h"

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#pragma clang fp contract(off)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "quantize_fits.inc"
#pragma clang attribute pop
#endif

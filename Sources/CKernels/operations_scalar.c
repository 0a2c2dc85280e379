// The portable body: one number per vector. The other levels are tested against it.
#define SL_ISA SL_ISA_SCALAR
#define SL_WIDTH 1
#define SL_ROWS 6
#define SL_HAS_FMA 0
#define SL_NARROWER 0
#define SL_TABLE sl_operations_scalar
#include "operations.h"
#include "products_internal.h"
#include <math.h>
#include <string.h>
#include "operations.inc"

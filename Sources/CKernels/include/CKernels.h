#pragma once

#include "bytes.h"
#include "dispatch.h"
#include "operations.h"
#include "products.h"
#include "quantize.h"

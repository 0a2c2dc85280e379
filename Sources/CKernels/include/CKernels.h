#pragma once

#include "dispatch.h"
#include "operations.h"
#include "products.h"

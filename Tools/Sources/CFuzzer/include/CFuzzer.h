#pragma once
#include <stddef.h>
#include <stdint.h>

/// Runs the fuzzer until its arguments say to stop; links with libFuzzer.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *data, size_t size));

#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets that kernels have bodies for, slowest first.
enum sl_isa {
  SL_ISA_SCALAR = 0,
  SL_ISA_AVX2 = 1,   ///< AVX2, FMA, F16C
  SL_ISA_AVX512 = 2, ///< AVX-512 F, BW, VL, DQ; VNNI and BF16 are used where they are found
  SL_ISA_AMX = 3,    ///< AMX tiles of bfloat16 where they serve, else AVX-512
};

/// The instruction set that kernels use: the best this processor has, or the one that the
/// environment variable SWIFTLLM_ISA names (scalar, avx2, avx512, amx) if this processor has it.
enum sl_isa sl_isa_current(void);

/// Whether this processor can run the bodies of `isa`.
int sl_isa_available(enum sl_isa isa);

/// The name of `sl_isa_current()`, as in SWIFTLLM_ISA.
const char *sl_isa_name(void);

/// Whether `name` is an instruction set that this processor has; 0 for an unknown name.
int sl_isa_supported(const char *name);

/// Whether this processor multiplies bytes with AVX512-VNNI.
int sl_has_vnni(void);

/// Whether this processor multiplies pairs of bfloat16 with AVX512-BF16.
int sl_has_avx512_bf16(void);

/// Fills `words` with the processors that this process may run on, one bit each; 0 on failure.
int sl_allowed_processors(uint64_t *words, size_t count);

/// Makes memory that is freed stay with this process, for the next that asks for as much: what is
/// given back to the system is filled with zeros by it before it can be used again.
void sl_keep_freed_memory(void);

/// Tells the processor that the caller spins.
static inline void sl_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif

internal import CKernels
import Glibc

/// The vector instructions that kernels are compiled for.
public enum InstructionSet: String, Sendable, CaseIterable {
  case scalar, avx2, avx512, amx

  /// Whether this processor has it.
  public var isSupported: Bool { sl_isa_available(kernelValue) != 0 }

  /// The best that this processor has, or what the environment variable `SWIFTLLM_ISA` names.
  public static var current: InstructionSet {
    switch sl_isa_current() {
    case SL_ISA_AMX: .amx
    case SL_ISA_AVX512: .avx512
    case SL_ISA_AVX2: .avx2
    default: .scalar
    }
  }

  /// What `SWIFTLLM_ISA` asks for that this processor cannot do; `nil` if there is nothing of the kind.
  ///
  /// Kernels then use the best that the processor has.
  public static var unsupportedRequest: String? {
    guard let value = getenv("SWIFTLLM_ISA"), value[0] != 0, sl_isa_supported(value) == 0
    else { return nil }
    return String(cString: value)
  }

  var kernelValue: sl_isa {
    switch self {
    case .scalar: SL_ISA_SCALAR
    case .avx2: SL_ISA_AVX2
    case .avx512: SL_ISA_AVX512
    case .amx: SL_ISA_AMX
    }
  }
}

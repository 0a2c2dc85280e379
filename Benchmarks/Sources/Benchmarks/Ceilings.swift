import CCeilings
import JSON
import Tensors

/// What the machine can do at most, measured beside the figures that are compared with it.
struct Ceilings {
  /// An instruction that products are made of.
  enum Instruction: String, CaseIterable {
    case fma, vdpbf16ps, vpdpbusd, tdpbf16ps, tdpbssd

    var kind: ceiling {
      switch self {
      case .fma: CEILING_FMA
      case .vdpbf16ps: CEILING_BF16_DOT
      case .vpdpbusd: CEILING_INT8_DOT
      case .tdpbf16ps: CEILING_BF16_TILE
      case .tdpbssd: CEILING_INT8_TILE
      }
    }

    /// The instructions that a product with weights of `dtype` may use.
    static func usable(for dtype: DType) -> [Instruction] {
      if dtype.isQuantized { return [.vpdpbusd, .tdpbssd, .fma] }
      return dtype == .bfloat16 ? [.fma, .vdpbf16ps, .tdpbf16ps] : [.fma]
    }
  }

  /// Bytes read a second from memory, 10⁹.
  let readGigabytes: Double
  /// Multiplications a second, each with its addition, 10⁹, of the instructions that the processor has.
  let multiplications: [Instruction: Double]

  /// The greatest number of multiplications for weights of `dtype`, and by which instruction.
  func multiplications(for dtype: DType) -> (instruction: Instruction, rate: Double)? {
    Instruction.usable(for: dtype).compactMap { kind in multiplications[kind].map { (kind, $0) } }
      .max { $0.1 < $1.1 }
  }

  var json: JSON {
    var members = JSONObject()
    members["read_gb_per_second"] = .rounded(readGigabytes)
    for kind in Instruction.allCases {
      guard let rate = multiplications[kind] else { continue }
      members["\(kind.rawValue)_gmac_per_second"] = .rounded(rate)
    }
    return .object(members)
  }
}

/// Measures ceilings with all threads of a pool.
final class CeilingMeter {
  /// Far more than a shared cache holds.
  private static let byteCount = 1 << 29
  private static let pieceCount = 128
  /// Passes of which the fastest counts: a ceiling is what the machine can do.
  private static let passCount = 3
  private static let passSeconds = 0.01

  private let pool: WorkerPool
  private let memory: UnsafeMutableRawPointer
  private var rounds: [Ceilings.Instruction: UInt64] = [:]

  init(pool: WorkerPool) throws {
    guard let memory = ceiling_memory(Self.byteCount) else {
      throw BenchmarkError("no \(Self.byteCount) bytes of memory to read from")
    }
    self.pool = pool
    self.memory = memory
  }

  deinit { ceiling_free(memory, Self.byteCount) }

  func measure() -> Ceilings {
    var rates: [Ceilings.Instruction: Double] = [:]
    for kind in Ceilings.Instruction.allCases { rates[kind] = rate(of: kind) }
    return Ceilings(readGigabytes: readRate(), multiplications: rates)
  }

  private func readRate() -> Double {
    let size = Self.byteCount / Self.pieceCount
    nonisolated(unsafe) let memory = memory
    let times = (0..<Self.passCount).map { _ in
      seconds {
        pool.run(taskCount: Self.pieceCount) { _ = ceiling_read(memory + $0 * size, size) }
      }
    }
    return Double(Self.byteCount) / (times.min() ?? .nan) / 1e9
  }

  /// `nil` where the processor does not have the instruction.
  private func rate(of kind: Ceilings.Instruction) -> Double? {
    let rounds = rounds[kind] ?? calibrated(kind)
    guard let rounds else { return nil }
    self.rounds[kind] = rounds
    let perThread = Double(ceiling_multiply(kind.kind, 1)) * Double(rounds)
    let times = (0..<Self.passCount).map { _ in
      seconds {
        pool.run(taskCount: pool.threadCount) { _ in _ = ceiling_multiply(kind.kind, rounds) }
      }
    }
    return perThread * Double(pool.threadCount) / (times.min() ?? .nan) / 1e9
  }

  /// As many rounds as take about `passSeconds`.
  private func calibrated(_ kind: Ceilings.Instruction) -> UInt64? {
    guard ceiling_multiply(kind.kind, 1) > 0 else { return nil }
    var rounds: UInt64 = 1 << 10
    while true {
      let time = seconds { _ = ceiling_multiply(kind.kind, rounds) }
      if time > Self.passSeconds / 2 { return rounds }
      rounds *= 2
    }
  }
}

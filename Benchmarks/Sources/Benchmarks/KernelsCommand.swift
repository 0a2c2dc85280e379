import ArgumentParsing
import JSON
import Tensors

/// What `Benchmarks kernels` is asked to measure.
struct KernelOptions: Sendable {
  var settings = ModelSettings()
  var runCount = 5
  var types: [String] = []
  var rowCounts: [Int] = []
  var shapes: [String] = []
}

let kernelsCommand = Command<KernelOptions>(
  name: "kernels",
  summary: "Measure products of each type of weights: one JSON line for each number of rows.",
  initial: KernelOptions(),
  options: [
    ModelSettings.threadsOption.nested(in: \.settings),
    Option.value("runs", "COUNT", \.runCount, "runs of each product", expecting: .atLeast(1)),
    .list("type", "TYPE", \.types, "type of weights (default: all)"),
    .list("rows", "COUNT", \.rowCounts, "rows of x (default: 1 to 512)", expecting: .atLeast(1)),
    .list("shape", "INxOUT", \.shapes, "columns and rows of W (default: 576x1536, 2048x8192)"),
  ]
) { options in
  let known = WeightMatrix.supportedTypes
  let types = try options.types.map { name in
    guard let type = known.first(where: { $0.rawValue == name }) else {
      throw UsageError(
        "unknown type '\(name)'",
        hint: "known: \(known.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return type
  }
  let shapes = try (options.shapes.isEmpty ? ["576x1536", "2048x8192"] : options.shapes).map {
    text in
    let sizes = text.split(separator: "x").compactMap { Int($0) }
    guard sizes.count == 2, sizes.allSatisfy({ $0 > 0 }) else {
      throw UsageError("'\(text)' is no shape", hint: "columns and rows of W: 576x1536")
    }
    return (sizes[0], sizes[1])
  }
  let rowCounts =
    options.rowCounts.isEmpty ? [1, 2, 4, 8, 16, 32, 64, 128, 512] : options.rowCounts
  let pool = options.settings.pool
  let meter = try CeilingMeter(pool: pool)
  for (columnCount, rowCount) in shapes {
    for type in types.isEmpty ? known : types {
      guard let product = KernelProduct(type, columnCount: columnCount, rowCount: rowCount) else {
        continue
      }
      for n in rowCounts {
        Output.result(product.line(n: n, pool, meter.measure(), runCount: options.runCount))
      }
    }
  }
}

/// Products with weights that come from memory, as those of a model do.
private struct KernelProduct {
  /// Beyond what caches hold.
  private static let byteCount = 1 << 27

  let type: DType
  let columnCount: Int
  let rowCount: Int
  let weights: [WeightMatrix]

  /// `nil` where rows of `columnCount` numbers are not made of whole blocks.
  init?(_ type: DType, columnCount: Int, rowCount: Int) {
    guard let size = Tensor.byteCount(dtype: type, shape: [rowCount, columnCount]) else {
      return nil
    }
    (self.type, self.columnCount, self.rowCount) = (type, columnCount, rowCount)
    weights = (0..<max(1, Self.byteCount / size)).compactMap { _ in
      let storage = SharedBytes(count: size) { bytes in
        var state: UInt32 = 1
        for index in bytes.indices {
          state = state &* 1_664_525 &+ 1_013_904_223
          // Whatever the type, no number of these bytes is infinite, none or subnormal.
          bytes[index] = 0x20 | UInt8(truncatingIfNeeded: state >> 24) & 0x1f
        }
      }
      let shape = [rowCount, columnCount]
      return Tensor(dtype: type, shape: shape, storage: storage, byteOffset: 0)
        .flatMap { try? WeightMatrix($0) }
    }
  }

  /// Measures x [n, columns] · Wᵀ: one W after the other, so many that a run takes some time.
  func line(n: Int, _ pool: WorkerPool, _ ceilings: Ceilings, runCount: Int) -> JSON {
    let x = Matrix(
      rowCount: n,
      columnCount: columnCount,
      storage: (0..<n * columnCount).map { Float(($0 &* 31) % 17 - 8) / 8 }
    )
    let macs = Double(n * columnCount * rowCount)
    let count = max(1, min(weights.count, Int(2e9 / macs)))
    var next = 0
    let rates = (0...runCount).map { _ in
      let time = seconds {
        for _ in 0..<count {
          _ = x.multiplied(byTransposeOf: weights[next], on: pool)
          next = (next + 1) % weights.count
        }
      }
      return Double(count) / time
    }.dropFirst()  // the first one warms up
    let bytes = Double(type.byteCount(elementCount: columnCount) ?? 0) * Double(rowCount)
    let speed = Array(rates).median
    var line = JSONObject()
    line["cell"] = "product"
    line["dtype"] = .string(type.rawValue)
    line["columns"] = .integer(columnCount)
    line["outputs"] = .integer(rowCount)
    line["rows"] = .integer(n)
    line["threads"] = .integer(pool.threadCount)
    line["gmac_per_second"] = .spread(rates.map { $0 * macs / 1e9 })
    line["gb_per_second"] = .rounded(speed * bytes / 1e9)
    line["share_of_bandwidth"] = .rounded(speed * bytes / 1e9 / ceilings.readGigabytes)
    if let (instruction, rate) = ceilings.multiplications(for: type) {
      line["share_of_\(instruction.rawValue)"] = .rounded(speed * macs / 1e9 / rate)
    }
    return .object(line)
  }
}

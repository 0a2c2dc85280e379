import ArgumentParsing
import JSON
import Tensors

/// How a model computes, as the program's own options say.
struct ModelSettings: Sendable {
  var threadCount: Int?
  var computeType = ComputeType.automatic
  /// `nil` for what suits the weights.
  var cacheType: KeyValueCache.ElementType?

  static let threadsOption = Option<ModelSettings>.value(
    "threads",
    "COUNT",
    \.threadCount,
    "threads that compute",
    expecting: .atLeast(1)
  )

  static let options = [
    threadsOption,
    .oneOf("dtype", "TYPE", \.computeType, "what products compute in"),
    .oneOf(
      "kv-cache-dtype",
      "TYPE",
      \.cacheType,
      "how keys and values are stored (default: as the weights suggest)"
    ),
  ]

  var pool: WorkerPool {
    WorkerPool(threadCount: threadCount ?? WorkerPool.defaultThreadCount)
  }

  /// These settings with what `request` says of "dtype" and "kv-cache-dtype".
  func changed(by request: JSON) throws -> ModelSettings {
    var settings = self
    if let name = request["dtype"]?.stringValue {
      guard let type = ComputeType(rawValue: name) else {
        throw BenchmarkError("unknown dtype '\(name)'")
      }
      settings.computeType = type
    }
    if let name = request["kv-cache-dtype"]?.stringValue {
      guard let type = KeyValueCache.ElementType(rawValue: name) else {
        throw BenchmarkError("unknown kv-cache-dtype '\(name)'")
      }
      settings.cacheType = type
    }
    return settings
  }
}

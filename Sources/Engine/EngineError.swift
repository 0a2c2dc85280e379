/// Why an engine does not take a request.
public enum EngineError: Error, Equatable, CustomStringConvertible {
  /// Keys and values of all its positions have no place even when nothing else runs.
  case neverFits(positionCount: Int, capacity: Int)
  /// The engine was shut down, or is about to be.
  case shutDown
  /// The system gives no thread.
  case noThread

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .neverFits(let positionCount, let capacity):
      "request may need \(positionCount) positions but the key/value cache holds \(capacity)"
    case .shutDown: "engine is shutting down"
    case .noThread: "cannot start the engine's thread"
    }
  }
}

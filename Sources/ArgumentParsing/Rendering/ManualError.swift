/// Why a manual's template does not fit the program.
public enum ManualError: Error, Equatable, CustomStringConvertible {
  /// A hole that names nothing.
  case unknownHole(String, line: Int)
  /// A part of the program that no hole asks for.
  case missingHole(String)

  /// The fault in one line.
  public var description: String {
    switch self {
    case .unknownHole(let hole, let line): "line \(line): hole '\(hole)' names nothing"
    case .missingHole(let hole): "the manual has no hole '\(hole)'"
    }
  }
}

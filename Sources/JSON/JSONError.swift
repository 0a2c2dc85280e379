/// Why text is not JSON. Offsets count bytes from the start of the text.
public enum JSONError: Error, Equatable, CustomStringConvertible {
  /// The text ends inside a value.
  case truncated(offset: Int)
  /// The byte at `offset` does not fit; `expected` says what would.
  case unexpected(offset: Int, expected: String)
  /// Objects and arrays are nested deeper than the reader allows.
  case tooDeep(offset: Int, limit: Int)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .truncated(let offset): "JSON ends too early at byte \(offset)"
    case .unexpected(let offset, let expected):
      "invalid JSON at byte \(offset): expected \(expected)"
    case .tooDeep(let offset, let limit):
      "JSON is nested deeper than \(limit) levels at byte \(offset)"
    }
  }
}

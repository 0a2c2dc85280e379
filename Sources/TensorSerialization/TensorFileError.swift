/// Why bytes are not tensors. Offsets count bytes from the start of the file, or of the record named.
public enum TensorFileError: Error, Equatable, CustomStringConvertible {
  /// The file ends at `offset`, `needed` bytes too early.
  case truncated(offset: Int, needed: Int)
  /// What stands at `offset` contradicts the format.
  case invalid(String, offset: Int)
  /// The file asks for a function or a class that tensors do not need; nothing was run.
  case forbidden(String, offset: Int)
  /// Valid, but nothing this reader can hold.
  case unsupported(String, offset: Int? = nil)
  /// A count or size above what the reader allows.
  case tooLarge(String, limit: Int, offset: Int? = nil)
  /// No tensor has this name.
  case missingTensor(String)
  /// The tensors are sound but are not the rows asked for.
  case unsuitable(String)
  /// The tensor has more rows than the caller can use.
  case tooManyRows(Int, limit: Int)
  /// The system did not give the bytes.
  case unreadable(String)
  /// One of the above, in the file at `path`.
  indirect case file(path: String, TensorFileError)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .truncated(let offset, let needed):
      "file ends at byte \(offset) where \(needed) more are needed"
    case .invalid(let fault, let offset): "\(fault) at byte \(offset)"
    case .forbidden(let what, let offset):
      "\(what) at byte \(offset) is not allowed in a tensor file"
    case .unsupported(let what, let offset): "\(what)\(at: offset) is not supported"
    case .tooLarge(let what, let limit, let offset):
      "\(what)\(at: offset) exceeds the limit of \(limit)"
    case .tooManyRows(let count, let limit):
      "tensor has \(count) rows where at most \(limit) are expected"
    case .missingTensor(let name): "no tensor is named '\(quoting: name)'"
    case .unsuitable(let fault), .unreadable(let fault): fault
    case .file(let path, let error): "cannot read '\(path)': \(error)"
    }
  }
}

extension String.StringInterpolation {
  /// Adds where a fault is, if there is such a place.
  fileprivate mutating func appendInterpolation(at offset: Int?) {
    if let offset { appendLiteral(" at byte \(offset)") }
  }

  /// Adds text that came from a file: at most 200 characters of it, control characters as escapes.
  mutating func appendInterpolation(quoting text: String) {
    let limit = 200
    let scalars = text.unicodeScalars
    let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex)
    for scalar in scalars[..<(end ?? scalars.endIndex)] {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        appendLiteral("\\u{\(String(scalar.value, radix: 16))}")
      default: appendLiteral(String(scalar))
      }
    }
    if let end, end != scalars.endIndex { appendLiteral("…") }
  }

  /// Adds sizes that came from a file: at most 200 characters of them.
  mutating func appendInterpolation(quoting sizes: [Int]) {
    appendInterpolation(quoting: "\(sizes)")
  }
}

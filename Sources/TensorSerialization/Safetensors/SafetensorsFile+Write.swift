public import Tensors

extension SafetensorsFile {
  /// The bytes of a .safetensors file, the same as the reference library's `save` gives.
  ///
  /// Tensors are ordered as there: by type, widest first, then by name. `metadata` is sorted by key
  /// (the library leaves its order to chance).
  ///
  /// - Throws: `.unsupported` for a type that the format lacks, `.invalid` for a name given twice.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)],
    metadata: [String: String] = [:]
  ) throws(TensorFileError) -> [UInt8] {
    let (head, tensors) = try head(of: tensors, metadata)
    var output = ByteWriter(reserving: tensors.reduce(head.count) { $0 + $1.byteCount })
    output.append(contentsOf: head)
    for tensor in tensors { output.append(contentsOf: tensor.span) }
    return output.bytes
  }

  /// Hands the bytes of a .safetensors file to `sink`, in order.
  ///
  /// - Throws: As the other, and what `sink` throws.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)],
    metadata: [String: String] = [:],
    to sink: (RawSpan) throws -> Void
  ) throws {
    let (head, tensors) = try head(of: tensors, metadata)
    unsafe try sink(head.span.bytes)
    for tensor in tensors { try sink(tensor.span) }
  }

  /// All that goes before the numbers, and the tensors in the order of the file.
  private static func head(
    of tensors: [(name: String, tensor: Tensor)],
    _ metadata: [String: String]
  ) throws(TensorFileError) -> (head: [UInt8], tensors: [Tensor]) {
    var items: [(order: Int, type: SafetensorsType, name: String, tensor: Tensor)] = []
    for (name, tensor) in tensors {
      guard let type = SafetensorsType(tensor.dtype) else {
        throw .unsupported("\(tensor.dtype.rawValue) in a .safetensors file")
      }
      let order = SafetensorsType.allCases.firstIndex(of: type) ?? 0
      items.append((order, type, name, tensor))
    }
    // Rust compares names by their UTF-8 bytes, Swift by characters.
    items.sort {
      $0.order != $1.order
        ? $0.order > $1.order : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    var names: Set<String> = []
    var header = "{"
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      header += "\"__metadata__\":{"
      header += pairs.map { "\(json: $0.key):\(json: $0.value)" }.joined(separator: ",")
      header += "}"
    }
    var end = 0
    for item in items {
      guard item.name != "__metadata__", names.insert(item.name).inserted else {
        throw .invalid("second tensor '\(item.name)'", offset: 0)
      }
      if header.utf8.count > 1 { header += "," }
      let shape = item.tensor.shape.map(String.init).joined(separator: ",")
      header += "\(json: item.name):{\"dtype\":\"\(item.type.rawValue)\",\"shape\":[\(shape)]"
      header += ",\"data_offsets\":[\(end),\(end + item.tensor.byteCount)]}"
      end += item.tensor.byteCount
    }
    header += "}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)

    var output = ByteWriter()
    output.append(number: UInt64(header.utf8.count))
    output.append(text: header)
    return (output.bytes, items.map(\.tensor))
  }
}

extension String.StringInterpolation {
  /// Adds `text` as a JSON string, escaped as Rust's serde_json does it.
  fileprivate mutating func appendInterpolation(json text: String) {
    appendLiteral("\"")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": appendLiteral("\\\"")
      case "\\": appendLiteral("\\\\")
      case "\u{8}": appendLiteral("\\b")
      case "\u{9}": appendLiteral("\\t")
      case "\u{A}": appendLiteral("\\n")
      case "\u{C}": appendLiteral("\\f")
      case "\u{D}": appendLiteral("\\r")
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        appendLiteral("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
      default: appendLiteral(String(scalar))
      }
    }
    appendLiteral("\"")
  }
}

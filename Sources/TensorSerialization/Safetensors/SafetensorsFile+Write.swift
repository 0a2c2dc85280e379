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

    var output = ByteWriter(reserving: 8 + header.utf8.count + end)
    output.append(number: UInt64(header.utf8.count))
    output.append(text: header)
    for item in items { output.append(contentsOf: item.tensor.span) }
    return output.bytes
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

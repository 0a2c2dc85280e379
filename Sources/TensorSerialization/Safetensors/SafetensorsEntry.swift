internal import JSON

/// What the header of a .safetensors file says of one tensor.
struct SafetensorsEntry: Sendable {
  let type: SafetensorsType
  let shape: [Int]
  /// Where the bytes are, from the start of the data.
  let range: Range<Int>

  /// Reads the value of member `name`; `offset` locates the header in errors.
  init(_ name: String, _ reader: inout JSONReader, offset: Int) throws(TensorFileError) {
    do {
      try self.init(fields: &reader, name, offset: offset)
    } catch let error as JSONError {
      throw .invalid("header entry '\(quoting: name)' (\(error))", offset: offset)
    } catch let error as TensorFileError {
      throw error
    } catch {
      throw .invalid("header entry '\(quoting: name)'", offset: offset)
    }
  }

  private init(fields reader: inout JSONReader, _ name: String, offset: Int) throws {
    func fault(_ what: String) -> TensorFileError {
      .invalid("\(quoting: what) of tensor '\(quoting: name)'", offset: offset)
    }
    var type: SafetensorsType?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "dtype" where type == nil:
        let text = try reader.readString()
        type = SafetensorsType(rawValue: text)
        if type == nil { throw fault("dtype '\(text)'") }
      case "shape" where shape == nil: shape = try Self.readSizes(&reader)
      case "data_offsets" where offsets == nil: offsets = try Self.readSizes(&reader)
      case "dtype", "shape", "data_offsets": throw fault("second '\(key)'")
      // The library passes over other fields, so files with them are about.
      default: try reader.skipValue()
      }
    }
    guard let type, let shape, let offsets else { throw fault("missing field") }
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw fault("data_offsets \(quoting: offsets)")
    }
    guard let bits = Int(productOf: shape + [type.bitCount]) else {
      throw fault("shape \(quoting: shape)")
    }
    guard bits % 8 == 0, offsets[1] - offsets[0] == bits / 8 else {
      throw fault(
        "\(offsets[1] - offsets[0]) bytes for shape \(quoting: shape) and dtype \(type.rawValue)"
      )
    }
    self.type = type
    self.shape = shape
    range = offsets[0]..<offsets[1]
  }

  private static func readSizes(_ reader: inout JSONReader) throws(JSONError) -> [Int] {
    var sizes: [Int] = []
    try reader.beginArray()
    while try reader.nextElement() { sizes.append(try reader.readInteger()) }
    return sizes
  }
}

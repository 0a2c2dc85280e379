public import Tensors

/// Arrays in numpy's .npy and .npz files. Arrays of objects are refused, as they are pickles.
///
/// Source: numpy/lib/_format_impl.py
public enum NpyFile {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// numpy's own limit for files it does not trust, characters.
  private static let maximumHeaderByteCount = 10000

  /// Reads an array: in place if it is little-endian and row-major. Bytes after it are ignored.
  ///
  /// - Parameter byteLimit: Most bytes to allocate for an array that is not in place.
  public static func read(
    _ bytes: SharedBytes,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> Tensor {
    try stored(ByteRegion(storage: bytes, range: 0..<bytes.count)).dense(byteLimit: byteLimit)
  }

  /// The arrays of a .npz file by name, in its order.
  ///
  /// - Parameter byteLimit: Most bytes that compressed arrays may become.
  public static func readArchive(
    _ bytes: SharedBytes,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> [(name: String, tensor: StoredTensor)] {
    try read(try ZipArchive(bytes, byteLimit: byteLimit))
  }

  static func read(
    _ archive: ZipArchive
  ) throws(TensorFileError) -> [(name: String, tensor: StoredTensor)] {
    var archive = archive
    var tensors: [(name: String, tensor: StoredTensor)] = []
    var names: Set<String> = []
    for entry in archive.entries where names.insert(entry.name).inserted {
      guard entry.name.hasSuffix(suffix), let region = try archive.contents(entry.name) else {
        throw .invalid("entry '\(quoting: entry.name)' of a npz file", offset: entry.headerOffset)
      }
      let name = String(entry.name.dropLast(suffix.count))
      tensors.append((name, try stored(region)))
    }
    return tensors
  }

  private static let suffix = ".npy"

  /// Whether a zip file holds arrays rather than a torch file.
  static func isArchive(_ archive: ZipArchive) -> Bool {
    archive.entries.first?.name.hasSuffix(suffix) ?? false
  }

  /// The array of one file, or of one entry of an archive.
  static func stored(_ region: ByteRegion) throws(TensorFileError) -> StoredTensor {
    var reader = ByteReader(region.storage.span.extracting(0..<region.range.upperBound))
    try reader.seek(to: region.range.lowerBound)
    guard try reader.readBytes(magic.count) == magic else {
      throw .invalid("no '\\x93NUMPY'", offset: region.range.lowerBound)
    }
    let major = try reader.read(UInt8.self)
    let minor = try reader.read(UInt8.self)
    guard (1...3).contains(major), minor == 0 else {
      throw .unsupported("npy version \(major).\(minor)", offset: reader.offset - 2)
    }
    let length = major == 1 ? Int(try reader.read(UInt16.self)) : Int(try reader.read(UInt32.self))
    guard length <= maximumHeaderByteCount else {
      throw .tooLarge(
        "npy header length \(length)",
        limit: maximumHeaderByteCount,
        offset: reader.offset
      )
    }
    let offset = reader.offset
    let header = try NpyHeader(
      try reader.readBytes(length),
      offset: offset,
      allowsLongs: major < 3
    )
    guard let byteCount = Tensor.byteCount(dtype: header.dtype, shape: header.shape) else {
      throw .invalid("npy shape \(quoting: header.shape)", offset: offset)
    }
    let data = try reader.skip(byteCount)
    let record = TorchTensorRecord(
      storage: nil,
      type: TorchElementType(header.dtype),
      offset: 0,
      shape: header.shape,
      strides: strides(header.shape, isColumnMajor: header.isColumnMajor),
      position: offset
    )
    let strided = StridedTensor(
      record: record,
      dtype: header.dtype,
      storage: ByteRegion(storage: region.storage, range: data),
      isBigEndian: header.isBigEndian
    )
    try strided.checkBounds()
    return StoredTensor(strided)
  }

  /// Strides in elements; the product of the sizes fits.
  private static func strides(_ shape: [Int], isColumnMajor: Bool) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for size in isColumnMajor ? shape : shape.reversed() {
      strides.append(stride)
      stride *= max(size, 1)
    }
    return isColumnMajor ? strides : strides.reversed()
  }

  /// The bytes that `numpy.save` writes for `tensor`.
  ///
  /// - Throws: `.unsupported` for types that numpy lacks, such as bfloat16.
  public static func write(_ tensor: Tensor) throws(TensorFileError) -> [UInt8] {
    var output = ByteWriter(reserving: 256 + tensor.byteCount)
    output.append(contentsOf: try head(of: tensor))
    output.append(contentsOf: tensor.span)
    return output.bytes
  }

  /// Hands the bytes that `numpy.save` writes for `tensor` to `sink`, in order.
  ///
  /// - Throws: As the other, and what `sink` throws.
  public static func write(_ tensor: Tensor, to sink: (RawSpan) throws -> Void) throws {
    let head = try head(of: tensor)
    unsafe try sink(head.span.bytes)
    try sink(tensor.span)
  }

  /// All that goes before the numbers.
  private static func head(of tensor: Tensor) throws(TensorFileError) -> [UInt8] {
    guard let name = tensor.dtype.npyName else {
      throw .unsupported("\(tensor.dtype.rawValue) in a npy file")
    }
    let order = tensor.dtype.blockByteCount == 1 ? "|" : "<"
    let sizes = tensor.shape.map { String($0) }
    let shape = sizes.count == 1 ? "(\(sizes[0]),)" : "(\(sizes.joined(separator: ", ")))"
    var header = "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': \(shape), }"
    // numpy leaves room for the first size to grow in place to 21 digits.
    if let first = sizes.first { header += String(repeating: " ", count: 21 - first.utf8.count) }
    let start = magic.count + 4
    let padding = 64 - (start + header.utf8.count + 1) % 64
    header += String(repeating: " ", count: padding) + "\n"
    guard let length = UInt16(exactly: header.utf8.count) else {
      throw .tooLarge("npy header length", limit: Int(UInt16.max))
    }
    var output = ByteWriter()
    output.append(contentsOf: magic)
    output.append(1)
    output.append(0)
    output.append(number: length)
    output.append(text: header)
    return output.bytes
  }
}

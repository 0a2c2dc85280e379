public import Tensors

/// A file of tensors in any of the formats here, told by its first bytes.
///
/// Text that is base64 of such a file is read as well, as `encode-embeds --format base64` writes it.
public struct TensorFile: Sendable {
  /// What kind of file it is.
  public enum Format: String, Sendable {
    case torch, safetensors, npy, npz
    case gguf = "GGUF"
  }

  /// What kind of file it is; of base64 text, what it stands for.
  public let format: Format
  /// The names of all tensors. A lone tensor without a name has the empty one; in nested
  /// containers of torch files, keys and positions are joined by dots.
  public let tensorNames: [String]
  /// The metadata of a GGUF file, and its tensors as they lie there; `nil` for other formats.
  public let gguf: GGUFFile?
  /// The tensors that can be read, and why others cannot.
  private let tensors: [String: Result<StoredTensor, TensorFileError>]
  /// Most bytes to allocate for a tensor.
  let byteLimit: Int

  /// Opens the file at `path`: maps a regular file, reads others, such as pipes, to their end.
  ///
  /// - Parameters:
  ///   - format: What kind of file it must be; `nil` for any.
  ///   - byteLimit: Most bytes to allocate for compressed entries, and for each tensor that does
  ///     not lie dense in the file; a pipe may hold as many, or base64 of as many.
  /// - Throws: `.file` around what is wrong.
  public static func open(
    path: String,
    as format: Format? = nil,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> TensorFile {
    try reading(path, streamLimit: streamLimit(byteLimit)) { bytes throws(TensorFileError) in
      try TensorFile(bytes, as: format, byteLimit: byteLimit)
    }
  }

  /// Opens what comes from `descriptor`, such as standard input, to its end; `name` is for errors.
  ///
  /// - Parameter byteLimit: As for a path.
  /// - Throws: Errors without the name, but for those of the system.
  public static func open(
    descriptor: Int32,
    name: String,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> TensorFile {
    let bytes: SharedBytes
    do {
      bytes = try SharedBytes.reading(
        descriptor: descriptor,
        path: name,
        limit: streamLimit(byteLimit)
      )
    } catch {
      throw .unreadable(error.reason)
    }
    return try TensorFile(bytes, as: nil, byteLimit: byteLimit)
  }

  /// Opens `bytes`, into which the tensors then look; no number is touched.
  ///
  /// - Parameters:
  ///   - format: What kind of file it must be; `nil` for any.
  ///   - byteLimit: Most bytes to allocate for compressed entries, and for each tensor that does not
  ///     lie dense in the file.
  public static func open(
    bytes: SharedBytes,
    as format: Format? = nil,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> TensorFile {
    try TensorFile(bytes, as: format, byteLimit: byteLimit)
  }

  /// Base64 takes a third more, and headers some.
  private static func streamLimit(_ byteLimit: Int) -> Int {
    Int(sumOf: byteLimit, byteLimit / 3, 1 << 20) ?? .max
  }

  private init(
    _ bytes: SharedBytes,
    as format: Format?,
    byteLimit: Int
  ) throws(TensorFileError) {
    if let format = format ?? Format(of: bytes) {
      try self.init(bytes, format, byteLimit: byteLimit)
    } else if let text = Self.base64Range(bytes) {
      let decoded = try Base64.bytes(of: bytes.span.extracting(text))
      guard let format = Format(of: decoded) else {
        throw .invalid("base64 of no tensor file", offset: 0)
      }
      try self.init(decoded, format, byteLimit: byteLimit)
    } else {
      throw .invalid("no known kind of tensor file", offset: 0)
    }
  }

  private init(
    _ bytes: SharedBytes,
    _ format: Format,
    byteLimit: Int
  ) throws(TensorFileError) {
    self.byteLimit = byteLimit
    var format = format
    var list = TensorList()
    var gguf: GGUFFile?
    switch format {
    case .torch, .npz:
      guard ZipArchive.isZip(bytes) else {
        try list.append(try TorchFile(bytes, byteLimit: byteLimit).root, name: "")
        break
      }
      let archive = try ZipArchive(bytes, byteLimit: byteLimit)
      if NpyFile.isArchive(archive) {
        format = .npz
        for (name, tensor) in try NpyFile.read(archive) {
          list.append(.success(tensor), name: name)
        }
      } else {
        try list.append(try TorchFile.readContainer(archive, bytes), name: "")
      }
    case .npy:
      let region = ByteRegion(storage: bytes, range: 0..<bytes.count)
      list.append(.success(try NpyFile.stored(region)), name: "")
    case .safetensors:
      let file = try SafetensorsFile(bytes)
      for name in file.tensorNames { list.append(name, file.tensor) }
    case .gguf:
      let file = try GGUFFile(bytes)
      for name in file.tensorNames { list.append(name, file.tensor) }
      gguf = file
    }
    self.format = format
    self.gguf = gguf
    tensorNames = list.names
    tensors = list.tensors
  }

  /// The tensor `name` as the file describes it; its numbers have not been touched.
  ///
  /// - Throws: `.missingTensor`, or `.unsupported` for a type that cannot be read.
  public func stored(_ name: String) throws(TensorFileError) -> StoredTensor {
    guard let result = tensors[name] else { throw .missingTensor(name) }
    return try result.get()
  }

  /// The tensor `name`, dense.
  ///
  /// - Throws: What ``stored(_:)`` and ``StoredTensor/dense(byteLimit:)`` throw.
  public func tensor(_ name: String) throws(TensorFileError) -> Tensor {
    try stored(name).dense(byteLimit: byteLimit)
  }

  /// Where the text without white space at its end is, if it may be base64.
  private static func base64Range(_ bytes: SharedBytes) -> Range<Int>? {
    func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let span = bytes.span
    var end = span.byteCount
    while end > 0, isWhiteSpace(span[end - 1]) { end -= 1 }
    guard end > 0, Base64.isDigit(span[0]) else { return nil }
    return 0..<end
  }
}

extension TensorFile.Format {
  /// The format of a file that begins like `bytes`, `.torch` for any zip file; `nil` if none does.
  init?(of bytes: SharedBytes) {
    let start = bytes.span.array(0..<Swift.min(16, bytes.count))
    if start.starts(with: "GGUF".utf8) {
      self = .gguf
    } else if start.starts(with: NpyFile.magic) {
      self = .npy
    } else if ZipArchive.isZip(bytes) {
      self = .torch
    } else if start.count >= 2, start[0] == 0x80, start[1] <= 5 {
      // A pickle; the reader of torch files says what is wrong with others.
      self = .torch
    } else if start.count > 8, start[4..<8].allSatisfy({ $0 == 0 }),
      start[8...].first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{")
    {
      self = .safetensors
    } else {
      return nil
    }
  }
}

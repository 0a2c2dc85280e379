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
  /// The tensors that can be read, and why others cannot.
  private let tensors: [String: Result<StoredTensor, TensorFileError>]
  private let byteLimit: Int

  /// Opens the file at `path`: maps a regular file, reads others, such as pipes, to their end.
  ///
  /// - Parameters:
  ///   - format: What kind of file it must be; `nil` for any.
  ///   - byteLimit: Most bytes to allocate for compressed entries, and for each tensor that does
  ///     not lie dense in the file.
  public init(
    path: String,
    as format: Format? = nil,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) {
    self = try reading(path) { bytes throws(TensorFileError) in
      if let format { return try TensorFile(bytes, format, byteLimit: byteLimit) }
      return try TensorFile(bytes, byteLimit: byteLimit)
    }
  }

  /// Opens `bytes`, into which the tensors then look; no number is touched.
  ///
  /// - Parameter byteLimit: Most bytes to allocate for compressed entries, and for each tensor that does
  ///   not lie dense in the file.
  public init(
    _ bytes: SharedBytes,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) {
    if let format = Format(of: bytes) {
      try self.init(bytes, format, byteLimit: byteLimit)
    } else if let text = Self.base64Text(bytes) {
      let decoded = SharedBytes(try Base64.decode(text))
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
    self.format = format
    self.byteLimit = byteLimit
    var list = TensorList()
    switch format {
    case .torch: try list.append(try TorchFile(bytes, byteLimit: byteLimit).root, name: "")
    case .npy:
      let region = ByteRegion(storage: bytes, range: 0..<bytes.count)
      try list.append(.success(try NpyFile.stored(region)), name: "")
    case .npz:
      for (name, tensor) in try NpyFile.readArchive(bytes, byteLimit: byteLimit) {
        try list.append(.success(tensor), name: name)
      }
    case .safetensors:
      let file = try SafetensorsFile(bytes)
      for name in file.tensorNames { try list.append(name, file.tensor) }
    case .gguf:
      let file = try GGUFFile(bytes)
      for name in file.tensorNames { try list.append(name, file.tensor) }
    }
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

  /// The text without white space at its end, if it may be base64.
  private static func base64Text(_ bytes: SharedBytes) -> [UInt8]? {
    func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let span = bytes.span
    var end = span.byteCount
    while end > 0, isWhiteSpace(span[end - 1]) { end -= 1 }
    guard end > 0, Base64.isDigit(span[0]) else { return nil }
    return span.array(0..<end)
  }
}

extension TensorFile.Format {
  /// The format of a file that begins like `bytes`; `nil` if none does.
  init?(of bytes: SharedBytes) {
    let start = bytes.span.array(0..<Swift.min(16, bytes.count))
    if start.starts(with: "GGUF".utf8) {
      self = .gguf
    } else if start.starts(with: NpyFile.magic) {
      self = .npy
    } else if ZipArchive.isZip(bytes) {
      self = NpyFile.isArchive(bytes) ? .npz : .torch
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

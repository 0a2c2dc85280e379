public import Tensors

/// A file written by `torch.save`: the zip container of torch 1.6 and later, or the older stream.
///
/// The pickle inside is read as data; nothing in it can run. Storages must have exactly the size
/// they claim, and every view must lie inside its storage. Stricter than torch's own reader where
/// that looks away: checksums are compared (unless 0: torch can be told to write none), and nesting,
/// cycles and sharing are limited.
///
/// Source: torch/serialization.py, caffe2/serialize/inline_container.cc
public struct TorchFile: Sendable {
  /// The default of vLLM's limit on decoded embeddings, bytes.
  public static let defaultByteLimit = 2 << 30

  /// What was saved.
  public let root: TorchValue

  /// Maps and reads the file at `path`.
  public init(path: String, byteLimit: Int = defaultByteLimit) throws(TensorFileError) {
    self = try reading(path) { bytes throws(TensorFileError) in
      try TorchFile(bytes, byteLimit: byteLimit)
    }
  }

  /// Reads `bytes`, into which the tensors then look; their numbers are not touched.
  ///
  /// - Parameter byteLimit: Most bytes that compressed entries may become.
  public init(_ bytes: SharedBytes, byteLimit: Int = defaultByteLimit) throws(TensorFileError) {
    guard bytes.count >= 4 else {
      throw .truncated(offset: bytes.count, needed: 4 - bytes.count)
    }
    if ZipArchive.isZip(bytes) {
      root = try Self.readContainer(ZipArchive(bytes, byteLimit: byteLimit), bytes)
    } else {
      root = try Self.readStream(bytes)
    }
  }

  /// The zip container: a folder with a pickle, and a record for each storage.
  static func readContainer(
    _ archive: ZipArchive,
    _ bytes: SharedBytes
  ) throws(TensorFileError) -> TorchValue {
    var archive = archive
    let folder = try folder(of: archive)
    try checkVersion(&archive, folder)
    guard !archive.contains("\(folder)constants.pkl") else {
      throw .unsupported("a TorchScript archive", offset: 0)
    }
    var isBigEndian = false
    if let order = try archive.contents("\(folder)byteorder") {
      switch order.text(16) {
      case "little": break
      case "big": isBigEndian = true
      case let other:
        throw .invalid("byte order '\(quoting: other)'", offset: order.range.lowerBound)
      }
    }
    guard let pickle = try archive.contents("\(folder)data.pkl") else {
      throw .invalid("no entry 'data.pkl'", offset: bytes.count)
    }
    let bytes = pickle.storage.span.extracting(0..<pickle.range.upperBound)
    var reader = PickleReader(
      ByteReader(bytes),
      in: pickle.storage,
      from: pickle.range.lowerBound
    )
    let document = try reader.load()

    var storages: [String: ByteRegion] = [:]
    for storage in try document.storages() {
      guard
        let region = try archive.contents("\(folder)data/\(storage.key)", checksLater: true)
      else {
        throw .invalid("no entry 'data/\(quoting: storage.key)'", offset: storage.position)
      }
      let (size, overflow) = storage.elementCount
        .multipliedReportingOverflow(by: storage.type.byteCount)
      guard !overflow, size == region.count else {
        throw .invalid(
          "storage of \(storage.elementCount) elements of \(storage.type.name) in \(region.count) bytes",
          offset: region.range.lowerBound
        )
      }
      storages[storage.key] = region
    }
    return try TorchTree.value(of: document, storages: storages, isBigEndian: isBigEndian)
  }

  /// The one folder that all entries lie in, with its slash.
  private static func folder(of archive: ZipArchive) throws(TensorFileError) -> String {
    guard let first = archive.entries.first?.name,
      let slash = first.utf8.firstIndex(of: UInt8(ascii: "/"))
    else { throw .invalid("entry outside of a folder", offset: 0) }
    let folder = String(first[...slash])
    for entry in archive.entries where !entry.name.utf8.starts(with: folder.utf8) {
      throw .invalid(
        "entry '\(quoting: entry.name)' in another folder",
        offset: entry.headerOffset
      )
    }
    return folder
  }

  private static func checkVersion(
    _ archive: inout ZipArchive,
    _ folder: String
  ) throws(TensorFileError) {
    var record = try archive.contents("\(folder)version")
    if record == nil { record = try archive.contents("\(folder).data/version") }
    guard let record else {
      throw .invalid("no entry 'version'", offset: archive.byteCount)
    }
    let text = record.text(16)
    let digits = text.drop { $0.isWhitespace }.prefix { $0.isASCII && $0.isNumber }
    guard let version = Int(digits) else {
      throw .invalid("version '\(quoting: text)'", offset: record.range.lowerBound)
    }
    // Source: caffe2/serialize/versions.h
    guard (1...10).contains(version) else {
      throw .unsupported("version \(version) of torch files", offset: record.range.lowerBound)
    }
  }
}

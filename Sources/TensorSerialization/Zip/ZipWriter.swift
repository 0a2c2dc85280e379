/// Writes the zip container that torch writes, byte for byte and in one pass: sizes and checksums
/// follow the data, so that the reader of a pipe gets each record while the next is made.
///
/// Source: caffe2/serialize/inline_container.cc `PyTorchStreamWriter`, third_party/miniz
struct ZipWriter {
  /// Every record begins at a multiple of this, so that storages can be mapped.
  static let alignment = 64
  /// Bytes that are handed on at once: what has been read for the checksum is in the cache when it
  /// is copied.
  private static let pieceByteCount = 1 << 18
  /// Header, padding, what follows the data and the entry of the directory, names aside.
  static let recordByteCount = 30 + 28 + 4 + alignment + 24 + 46 + 28

  private struct Entry {
    let name: String
    var checksum: UInt32 = 0
    let byteCount: Int
    let headerOffset: Int
    let flags: UInt16

    /// Numbers from here on do not fit into the 32 bits that zip had at first.
    private static let limit = Int(UInt32.max)
    var hasWideSize: Bool { byteCount >= Self.limit }
    var hasWideOffset: Bool { headerOffset >= Self.limit }
    var isWide: Bool { hasWideSize || hasWideOffset }
    /// The extra field with the numbers that do not fit, its header included.
    var wideFieldByteCount: Int {
      isWide ? 4 + (hasWideSize ? 16 : 0) + (hasWideOffset ? 8 : 0) : 0
    }
  }

  private let folder: String
  /// What has been made since bytes were last handed on, and how many were handed on before.
  private var output = ByteWriter()
  private var handedOn = 0
  private var entries: [Entry] = []
  private var id = TorchSerializationID()

  /// A writer of records in `folder`.
  init(folder: String) { self.folder = folder }

  private var position: Int { handedOn + output.count }

  /// Adds the record `name` and hands it on.
  mutating func add<Failure>(
    _ name: String,
    _ content: RawSpan,
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var entry = Entry(
      name: "\(folder)/\(name)",
      byteCount: content.byteCount,
      headerOffset: position,
      // An empty record has its (empty) sizes in the header; others follow their data.
      flags: content.isEmpty ? 0x0800 : 0x0808
    )
    appendHeader(of: entry)
    try handOn(to: sink)
    var start = 0
    while start < content.byteCount {
      let end = min(content.byteCount, start + Self.pieceByteCount)
      let piece = content.extracting(start..<end)
      entry.checksum = CRC32.checksum(piece, after: entry.checksum)
      try sink(piece)
      start = end
    }
    handedOn += content.byteCount
    entries.append(entry)
    if !content.isEmpty {
      output.append(number: UInt32(0x0807_4B50))
      output.append(number: entry.checksum)
      for _ in 0..<2 {
        if entry.isWide {
          output.append(number: UInt64(content.byteCount))
        } else {
          output.append(number: UInt32(content.byteCount))
        }
      }
      let start = content.array(0..<min(8, content.byteCount))
      id.add(record: name, start: start, checksum: entry.checksum)
    } else {
      id.add(record: name)
    }
  }

  private mutating func appendHeader(of entry: Entry) {
    output.append(number: UInt32(0x0403_4B50))
    output.append(number: UInt16(0))
    output.append(number: entry.flags)
    for _ in 0..<9 { output.append(number: UInt16(0)) }  // method, time, date, checksum, sizes
    output.append(number: UInt16(entry.name.utf8.count))
    let wide = entry.wideFieldByteCount
    let start = entry.headerOffset + 30 + entry.name.utf8.count + wide + 4
    let padding = (Self.alignment - start % Self.alignment) % Self.alignment
    output.append(number: UInt16(wide + 4 + padding))
    output.append(text: entry.name)
    // The size in the file is not known here: it follows the data.
    appendWideField(of: entry, sizeInFile: 0)
    output.append(text: "FB")
    output.append(number: UInt16(padding))
    output.append(contentsOf: [UInt8](repeating: UInt8(ascii: "Z"), count: padding))
  }

  private mutating func appendWideField(of entry: Entry, sizeInFile: Int) {
    guard entry.isWide else { return }
    output.append(number: UInt16(1))
    output.append(number: UInt16(entry.wideFieldByteCount - 4))
    if entry.hasWideSize {
      output.append(number: UInt64(entry.byteCount))
      output.append(number: UInt64(sizeInFile))
    }
    if entry.hasWideOffset { output.append(number: UInt64(entry.headerOffset)) }
  }

  private mutating func handOn<Failure>(
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    unsafe try sink(output.bytes.span.bytes)
    handedOn += output.count
    output = ByteWriter()
  }

  /// Adds the record of the id, then the directory.
  mutating func finish<Failure>(
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let text = Array(id.text.utf8)
    unsafe try add(".data/serialization_id", text.span.bytes, to: sink)
    let directoryOffset = position
    for entry in entries { append(entry) }
    let directorySize = position - directoryOffset
    let recordOffset = position
    output.append(number: UInt32(0x0606_4B50))
    output.append(number: UInt64(44))
    output.append(number: UInt16(0x031E))
    output.append(number: UInt16(45))
    output.append(number: UInt64(0))
    output.append(number: UInt64(entries.count))
    output.append(number: UInt64(entries.count))
    output.append(number: UInt64(directorySize))
    output.append(number: UInt64(directoryOffset))
    output.append(number: UInt32(0x0706_4B50))
    output.append(number: UInt32(0))
    output.append(number: UInt64(recordOffset))
    output.append(number: UInt32(1))
    output.append(number: UInt32(0x0605_4B50))
    output.append(number: UInt32(0))
    let count = UInt16(clamping: entries.count)
    output.append(number: count)
    output.append(number: count)
    output.append(number: UInt32(clamping: directorySize))
    output.append(number: UInt32(clamping: directoryOffset))
    output.append(number: UInt16(0))
    try handOn(to: sink)
  }

  private mutating func append(_ entry: Entry) {
    output.append(number: UInt32(0x0201_4B50))
    output.append(number: UInt16(0))
    output.append(number: UInt16(0))
    output.append(number: entry.flags)
    output.append(number: UInt16(0))
    output.append(number: UInt32(0))
    output.append(number: entry.checksum)
    output.append(number: UInt32(clamping: entry.byteCount))
    output.append(number: UInt32(clamping: entry.byteCount))
    output.append(number: UInt16(entry.name.utf8.count))
    output.append(number: UInt16(entry.wideFieldByteCount))
    for _ in 0..<5 { output.append(number: UInt16(0)) }  // comment, disk, attributes
    output.append(number: UInt32(clamping: entry.headerOffset))
    output.append(text: entry.name)
    appendWideField(of: entry, sizeInFile: entry.byteCount)
  }
}

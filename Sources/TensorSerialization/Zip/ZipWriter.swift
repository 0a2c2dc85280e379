/// Writes the zip container that torch writes, byte for byte and in one pass: sizes and checksums
/// follow the data, so that the reader of a pipe gets each record while the next is made.
///
/// Source: caffe2/serialize/inline_container.cc `PyTorchStreamWriter`, third_party/miniz
struct ZipWriter {
  /// Every record begins at a multiple of this, so that storages can be mapped.
  static let alignment = 64
  /// Sizes and offsets are 32 bits wide here; torch switches to wider ones beyond.
  static let maximumByteCount = Int(UInt32.max) - 1
  /// Header, name, padding, what follows the data and the entry of the directory, names aside.
  static let recordByteCount = 30 + 4 + alignment + 16 + 46

  private struct Entry {
    let name: String
    let checksum: UInt32
    let byteCount: Int
    let headerOffset: Int
    let flags: UInt16
  }

  private let folder: String
  /// What has been made since bytes were last handed on, and how many were handed on before.
  private var output = ByteWriter()
  private var handedOn = 0
  private var entries: [Entry] = []
  private var id = TorchSerializationID()

  /// A writer of records in `folder`, which together stay below `maximumByteCount`.
  init(folder: String) { self.folder = folder }

  private var position: Int { handedOn + output.count }

  /// Adds the record `name` and hands it on.
  mutating func add<Failure>(
    _ name: String,
    _ content: RawSpan,
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let path = "\(folder)/\(name)"
    let headerOffset = position
    // An empty record has its (empty) sizes in the header; others follow their data.
    let flags: UInt16 = content.isEmpty ? 0x0800 : 0x0808
    output.append(number: UInt32(0x0403_4B50))
    output.append(number: UInt16(0))
    output.append(number: flags)
    for _ in 0..<9 { output.append(number: UInt16(0)) }  // method, time, date, checksum, sizes
    output.append(number: UInt16(path.utf8.count))
    let start = headerOffset + 30 + path.utf8.count + 4
    let padding = (Self.alignment - start % Self.alignment) % Self.alignment
    output.append(number: UInt16(padding + 4))
    output.append(text: path)
    output.append(text: "FB")
    output.append(number: UInt16(padding))
    output.append(contentsOf: [UInt8](repeating: UInt8(ascii: "Z"), count: padding))
    let checksum = CRC32.checksum(content)
    try handOn(to: sink)
    try sink(content)
    handedOn += content.byteCount
    if !content.isEmpty {
      output.append(number: UInt32(0x0807_4B50))
      output.append(number: checksum)
      output.append(number: UInt32(content.byteCount))
      output.append(number: UInt32(content.byteCount))
      let start = content.array(0..<min(8, content.byteCount))
      id.add(record: name, start: start, checksum: checksum)
    } else {
      id.add(record: name)
    }
    entries.append(
      Entry(
        name: path,
        checksum: checksum,
        byteCount: content.byteCount,
        headerOffset: headerOffset,
        flags: flags
      )
    )
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
    output.append(number: UInt32(directorySize))
    output.append(number: UInt32(directoryOffset))
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
    output.append(number: UInt32(entry.byteCount))
    output.append(number: UInt32(entry.byteCount))
    output.append(number: UInt16(entry.name.utf8.count))
    for _ in 0..<6 { output.append(number: UInt16(0)) }  // extra, comment, disk, attributes
    output.append(number: UInt32(entry.headerOffset))
    output.append(text: entry.name)
  }
}

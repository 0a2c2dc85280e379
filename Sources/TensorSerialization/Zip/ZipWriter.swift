/// Writes the zip container that torch writes, byte for byte.
///
/// Source: caffe2/serialize/inline_container.cc `PyTorchStreamWriter`, third_party/miniz
struct ZipWriter {
  /// Every record begins at a multiple of this, so that storages can be mapped.
  static let alignment = 64
  /// Sizes and offsets are 32 bits wide here; torch switches to wider ones beyond.
  private static let maximumByteCount = Int(UInt32.max) - 1

  private struct Entry {
    let name: String
    let checksum: UInt32
    let byteCount: Int
    let headerOffset: Int
    let flags: UInt16
  }

  private let folder: String
  private var output: ByteWriter
  private var entries: [Entry] = []
  private var id = TorchSerializationID()

  /// A writer of records in `folder`, with room for `capacity` bytes.
  init(folder: String, reserving capacity: Int) {
    self.folder = folder
    output = ByteWriter(reserving: capacity)
  }

  /// Adds the record `name`.
  mutating func add(_ name: String, _ content: [UInt8]) throws(TensorFileError) {
    try unsafe add(name, content.span.bytes)
  }

  /// Adds the record `name`.
  mutating func add(_ name: String, _ content: RawSpan) throws(TensorFileError) {
    let path = "\(folder)/\(name)"
    let headerOffset = output.count
    guard headerOffset + content.byteCount + (1 << 16) <= Self.maximumByteCount else {
      throw .tooLarge("size of a torch file", limit: Self.maximumByteCount)
    }
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
    output.append(contentsOf: content)
    let checksum = CRC32.checksum(content)
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

  /// Adds the record of the id, then the directory, and returns the file.
  mutating func finish() throws(TensorFileError) -> [UInt8] {
    try add(".data/serialization_id", Array(id.text.utf8))
    let directoryOffset = output.count
    for entry in entries { append(entry) }
    let directorySize = output.count - directoryOffset
    let recordOffset = output.count
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
    return output.bytes
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

/// What the records at the end of a zip file say of its central directory.
///
/// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.14 to 4.3.16
struct ZipDirectoryEnd {
  private static let byteCount = 22
  private static let locatorByteCount = 20
  private static let entryByteCount = 46

  let entryCount: Int
  /// Where the central directory begins.
  let offset: Int

  /// Looks for the end record in the last 64 KiB of what `reader` reads; a comment may follow it.
  init(_ reader: inout ByteReader) throws(TensorFileError) {
    let total = reader.bytes.byteCount
    guard total >= Self.byteCount else {
      throw .truncated(offset: total, needed: Self.byteCount - total)
    }
    var position = total - Self.byteCount
    let first = max(0, position - Int(UInt16.max))
    while true {
      try reader.seek(to: position)
      if try reader.read(UInt32.self) == 0x0605_4B50 { break }
      guard position > first else { throw .truncated(offset: total, needed: Self.byteCount) }
      position -= 1
    }
    let disks = try reader.read(UInt32.self)
    try reader.skip(2)
    var entryCount = UInt64(try reader.read(UInt16.self))
    var byteCount = UInt64(try reader.read(UInt32.self))
    var offset = UInt64(try reader.read(UInt32.self))
    guard disks == 0 else { throw .unsupported("a zip file in several parts", offset: position) }

    let locator = position - Self.locatorByteCount
    if locator >= 0 {
      try reader.seek(to: locator)
      if try reader.read(UInt32.self) == 0x0706_4B50 {
        try reader.skip(4)
        let recordOffset = try reader.read(UInt64.self)
        guard let record = Int(exactly: recordOffset) else {
          throw .invalid("zip64 record offset \(recordOffset)", offset: locator)
        }
        try reader.seek(to: record)
        guard try reader.read(UInt32.self) == 0x0606_4B50 else {
          throw .invalid("no zip64 end record", offset: record)
        }
        try reader.skip(28)
        entryCount = try reader.read()
        byteCount = try reader.read()
        offset = try reader.read()
      }
    }
    guard let start = Int(exactly: offset), let size = Int(exactly: byteCount),
      let end = Int(sumOf: start, size), end <= position
    else { throw .invalid("zip directory of \(byteCount) bytes from \(offset)", offset: position) }
    guard entryCount <= UInt64(size / Self.entryByteCount) else {
      throw .invalid("\(entryCount) zip entries", offset: position)
    }
    self.entryCount = Int(entryCount)
    self.offset = start
  }
}

internal import Tensors

/// The entries of a zip file, read by its central directory.
///
/// Stored entries stay in place; deflated ones are decompressed within limits.
///
/// Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
struct ZipArchive {
  /// One entry as the central directory has it.
  struct Entry {
    let name: String
    /// 0 stored, 8 deflated.
    let method: UInt16
    let checksum: UInt32
    let compressedByteCount: Int
    let byteCount: Int
    let headerOffset: Int
  }

  /// Deflated entries above this size must not expand more than `maximumExpansion` times.
  private static let uncheckedByteCount = 16 << 20
  private static let maximumExpansion = 100

  private let storage: SharedBytes
  /// In the order of the central directory.
  let entries: [Entry]
  private let positions: [String: Int]
  /// Bytes that stored entries may still have: entries do not overlap in honest files.
  private var storedBudget: Int
  /// Bytes that deflated entries may become together, and may still become.
  private let inflationLimit: Int
  private var inflationBudget: Int

  /// Whether `storage` begins as a zip file does.
  static func isZip(_ storage: SharedBytes) -> Bool {
    storage.count >= 4 && storage.span.array(0..<4) == [0x50, 0x4B, 0x03, 0x04]
  }

  /// Reads the central directory of `storage`. Of entries with the same name the first counts.
  ///
  /// - Parameter byteLimit: Most bytes that deflated entries may become together.
  init(_ storage: SharedBytes, byteLimit: Int = .max) throws(TensorFileError) {
    self.storage = storage
    inflationLimit = byteLimit
    inflationBudget = byteLimit
    storedBudget = storage.count
    var reader = ByteReader(storage.span)
    let directory = try ZipDirectoryEnd(&reader)
    try reader.seek(to: directory.offset)
    var entries: [Entry] = []
    var positions: [String: Int] = [:]
    entries.reserveCapacity(directory.entryCount)
    for index in 0..<directory.entryCount {
      let entry = try Entry(&reader)
      if positions[entry.name] == nil { positions[entry.name] = index }
      entries.append(entry)
    }
    self.entries = entries
    self.positions = positions
  }

  /// Whether there is an entry `name`.
  func contains(_ name: String) -> Bool { positions[name] != nil }

  /// The number of bytes of the whole file.
  var byteCount: Int { storage.count }

  /// The contents of the entry `name`, in place if it is stored; `nil` if there is none.
  ///
  /// A checksum of 0 is not compared: torch can be told to write none.
  ///
  /// - Parameter checksLater: Whether to leave comparing the checksum to the caller.
  mutating func contents(
    _ name: String,
    checksLater: Bool = false
  ) throws(TensorFileError) -> ByteRegion? {
    guard let position = positions[name] else { return nil }
    let entry = entries[position]
    let range = try dataRange(of: entry)
    var region: ByteRegion
    if entry.method == 0 {
      guard entry.byteCount <= storedBudget else {
        throw .invalid("entries that overlap", offset: entry.headerOffset)
      }
      storedBudget -= entry.byteCount
      region = ByteRegion(storage: storage, range: range)
    } else {
      guard
        entry.byteCount <= Self.uncheckedByteCount
          || entry.byteCount / Self.maximumExpansion <= entry.compressedByteCount
      else {
        throw .tooLarge(
          "expansion of deflated entry '\(quoting: name)'",
          limit: Self.maximumExpansion,
          offset: entry.headerOffset
        )
      }
      guard entry.byteCount <= inflationBudget else {
        throw .tooLarge(
          "size of deflated entries",
          limit: inflationLimit,
          offset: entry.headerOffset
        )
      }
      inflationBudget -= entry.byteCount
      let bytes = try Inflate.decompress(storage.span, range, count: entry.byteCount)
      region = ByteRegion(storage: SharedBytes(bytes), range: 0..<bytes.count)
    }
    guard entry.checksum != 0 else { return region }
    let checksum = ExpectedChecksum(entry.checksum, of: region.storage, region.range)
    if checksLater {
      region.checksum = checksum
    } else {
      try checksum.check()
    }
    return region
  }

  /// Where the data of `entry` lies; its local header tells.
  private func dataRange(of entry: Entry) throws(TensorFileError) -> Range<Int> {
    var reader = ByteReader(storage.span)
    try reader.seek(to: entry.headerOffset)
    guard try reader.read(UInt32.self) == 0x0403_4B50 else {
      throw .invalid("no header of entry '\(quoting: entry.name)'", offset: entry.headerOffset)
    }
    try reader.skip(22)
    let nameLength = Int(try reader.read(UInt16.self))
    let extraLength = Int(try reader.read(UInt16.self))
    try reader.skip(nameLength + extraLength)
    return try reader.skip(entry.compressedByteCount)
  }
}

extension ZipArchive.Entry {
  /// Reads one record of the central directory.
  init(_ reader: inout ByteReader) throws(TensorFileError) {
    let start = reader.offset
    guard try reader.read(UInt32.self) == 0x0201_4B50 else {
      throw .invalid("no zip directory entry", offset: start)
    }
    try reader.skip(4)
    let flags = try reader.read(UInt16.self)
    method = try reader.read(UInt16.self)
    try reader.skip(4)
    checksum = try reader.read(UInt32.self)
    var compressed = UInt64(try reader.read(UInt32.self))
    var uncompressed = UInt64(try reader.read(UInt32.self))
    let nameLength = Int(try reader.read(UInt16.self))
    let extraLength = Int(try reader.read(UInt16.self))
    let commentLength = Int(try reader.read(UInt16.self))
    try reader.skip(8)
    var offset = UInt64(try reader.read(UInt32.self))
    name = try reader.readText(nameLength, of: "entry name")
    let extraEnd = reader.offset + extraLength
    while reader.offset + 4 <= extraEnd {
      let id = try reader.read(UInt16.self)
      let length = Int(try reader.read(UInt16.self))
      let fieldEnd = reader.offset + length
      guard fieldEnd <= extraEnd else { throw .invalid("zip extra field", offset: start) }
      if id == 1 {
        // Zip64: only the values that do not fit above, in this order.
        let limit = UInt64(UInt32.max)
        if uncompressed == limit, reader.offset + 8 <= fieldEnd { uncompressed = try reader.read() }
        if compressed == limit, reader.offset + 8 <= fieldEnd { compressed = try reader.read() }
        if offset == limit, reader.offset + 8 <= fieldEnd { offset = try reader.read() }
      }
      try reader.seek(to: fieldEnd)
    }
    try reader.seek(to: extraEnd)
    try reader.skip(commentLength)

    guard flags & 1 == 0 else {
      throw .unsupported("encrypted entry '\(quoting: name)'", offset: start)
    }
    guard method == 0 || method == 8 else {
      throw .unsupported(
        "compression method \(method) of entry '\(quoting: name)'",
        offset: start
      )
    }
    guard let compressedByteCount = Int(exactly: compressed),
      let byteCount = Int(exactly: uncompressed), let headerOffset = Int(exactly: offset),
      method == 8 || compressed == uncompressed
    else { throw .invalid("size of entry '\(quoting: name)'", offset: start) }
    self.compressedByteCount = compressedByteCount
    self.byteCount = byteCount
    self.headerOffset = headerOffset
  }
}

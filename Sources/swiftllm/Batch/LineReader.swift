import Glibc

/// Reads a file or standard input line by line, as the bytes come; holds one line at most.
struct LineReader: Sendable {
  /// A line without its newline.
  struct Line: Sendable, Equatable {
    var bytes: [UInt8] = []
    /// Whether a newline ended it; only the input's last line may lack one.
    var isTerminated = false
    /// Bytes beyond the reader's limit, which were dropped.
    var droppedByteCount = 0

    /// Whether there is nothing to read in it.
    var isBlank: Bool { bytes.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }
  }

  /// The input's name in messages.
  let name: String
  let descriptor: Int32
  private let limit: Int
  private var chunk: [UInt8] = []
  private var position = 0

  /// Opens the file at `path`, which stays open until the program ends; `-` is standard input.
  ///
  /// Lines lose what is longer than `limit` bytes.
  init(path: String, limit: Int = .max) throws {
    guard path != "-" else {
      self.init(descriptor: STDIN_FILENO, name: "standard input", limit: limit)
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandError("cannot read '\(path)': \(Descriptor.systemReason())")
    }
    self.init(descriptor: descriptor, name: "'\(path)'", limit: limit)
  }

  /// Reads `descriptor` from where it stands.
  init(descriptor: Int32, name: String, limit: Int = .max) {
    self.descriptor = descriptor
    self.name = name
    self.limit = limit
  }

  /// The next line; `nil` at the end.
  mutating func next() throws -> Line? {
    var line = Line()
    while true {
      let rest = chunk[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let part = rest[..<(end ?? rest.endIndex)]
      let kept = part.prefix(limit - line.bytes.count)
      line.bytes += kept
      line.droppedByteCount += part.count - kept.count
      if let end {
        position = end + 1
        line.isTerminated = true
        return line
      }
      guard try fill() else { return line.bytes.isEmpty ? nil : line }
    }
  }

  /// Reads what there is, and waits until there is something; `false` at the end.
  private mutating func fill() throws -> Bool {
    position = 0
    while true {
      var count = 0
      chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
        count = read(descriptor, buffer.baseAddress, buffer.count)
        initialized = max(count, 0)
      }
      if count >= 0 { return count > 0 }
      guard errno == EINTR else {
        throw CommandError("cannot read \(name): \(Descriptor.systemReason())")
      }
    }
  }
}

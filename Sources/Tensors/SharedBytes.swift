import Glibc

/// Why a file's bytes could not be had.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// The file as the caller named it.
  public let path: String
  /// What the system said, in words.
  public let reason: String

  /// An error for `path`.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The error that `errno` holds now.
  public init(path: String, errno code: Int32) {
    self.init(path: path, reason: String(cString: strerror(code)).lowercasedFirst)
  }

  /// What is wrong, in one line.
  public var description: String { "cannot read '\(path)': \(reason)" }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}

/// Bytes that stay where they are: a read-only mapping of a file, or memory of this process.
///
/// A class because the memory has one owner, however many tensors look into it.
public final class SharedBytes: @unchecked Sendable {
  // Safe because the bytes are never written after init and freed only when no reference is left.

  /// The bytes, valid while this object lives: keep it in a variable. The start is aligned to 64 bytes.
  public let buffer: UnsafeRawBufferPointer
  private let isMapping: Bool

  /// The number of bytes.
  public var count: Int { buffer.count }

  /// A copy of the bytes.
  public var array: [UInt8] { withExtendedLifetime(self) { Array(buffer) } }

  /// The bytes, borrowed.
  public var span: RawSpan {
    @_lifetime(borrow self) get {
      let span = RawSpan(_unsafeBytes: buffer)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The bytes one by one, borrowed.
  public var elements: Span<UInt8> {
    @_lifetime(borrow self) get {
      let span = Span<UInt8>(_unsafeBytes: buffer)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  private init(buffer: UnsafeRawBufferPointer, isMapping: Bool) {
    self.buffer = buffer
    self.isMapping = isMapping
  }

  /// Maps the regular file at `path`; nothing is read until it is touched. Others are read at once.
  ///
  /// A file that is made shorter while it is mapped ends the process when its lost pages are touched
  /// (SIGBUS): replace a model's file, as downloaders do, instead of writing over it.
  public static func mapping(path: String) throws(FileError) -> SharedBytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, errno: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileError(path: path, reason: "is a directory, expected a file")
    // Such as /dev/zero, which has no end.
    case S_IFCHR: return try reading(descriptor: descriptor, path: path, limit: 1 << 24)
    default: return try reading(descriptor: descriptor, path: path)
    }
    let count = Int(status.st_size)
    guard count > 0 else { return SharedBytes([]) }
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else {
      throw FileError(path: path, errno: errno)
    }
    return SharedBytes(
      buffer: UnsafeRawBufferPointer(start: base, count: count),
      isMapping: true
    )
  }

  /// Reads `descriptor` to its end; `path` names it in errors.
  ///
  /// - Throws: `FileError` also when more than `limit` bytes come.
  public static func reading(
    descriptor: Int32,
    path: String,
    limit: Int = .max
  ) throws(FileError) -> SharedBytes {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let got = read(descriptor, &chunk, chunk.count)
      if got == 0 { return SharedBytes(bytes) }
      if got < 0 {
        if errno == EINTR { continue }
        throw FileError(path: path, errno: errno)
      }
      guard bytes.count + got <= limit else {
        throw FileError(path: path, reason: "more than \(limit) bytes")
      }
      bytes.append(contentsOf: chunk[..<got])
    }
  }

  /// Copies `bytes`.
  public init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    memory.copyBytes(from: bytes)
    buffer = UnsafeRawBufferPointer(memory)
    isMapping = false
  }

  /// `count` bytes that `fill` writes; those it leaves out are zero.
  public init<Failure>(
    count: Int,
    filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    buffer = UnsafeRawBufferPointer(memory)
    isMapping = false
    try fill(memory)
  }

  deinit {
    if isMapping {
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      buffer.deallocate()
    }
  }
}

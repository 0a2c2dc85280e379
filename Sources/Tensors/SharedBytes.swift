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
  ///
  /// - Parameter streamLimit: Most bytes to take of what is no regular file, such as a pipe.
  public static func mapping(
    path: String,
    streamLimit: Int = .max
  ) throws(FileError) -> SharedBytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, errno: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw FileError(path: path, reason: "is a directory, expected a file")
    // Such as /dev/zero, which has no end.
    case S_IFCHR:
      return try reading(descriptor: descriptor, path: path, limit: min(streamLimit, 1 << 24))
    default: return try reading(descriptor: descriptor, path: path, limit: streamLimit)
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
    // Address space costs nothing until it is written, so most streams are never moved.
    var room = AnonymousMemory(upTo: limit < 1 << 32 ? limit + 1 : 1 << 32)
    var count = 0
    while true {
      if count == room.bytes.count {
        let larger = AnonymousMemory(upTo: 2 * max(count, 1 << 16))
        guard larger.bytes.count > count else { throw FileError(path: path, errno: ENOMEM) }
        larger.bytes.copyMemory(from: UnsafeRawBufferPointer(room.bytes))
        room.free(from: 0)
        room = larger
      }
      let got = read(
        descriptor,
        room.bytes.baseAddress?.advanced(by: count),
        room.bytes.count - count
      )
      if got == 0 {
        room.free(from: count)
        guard count > 0 else { return SharedBytes([]) }
        let bytes = UnsafeRawBufferPointer(rebasing: room.bytes[..<count])
        return SharedBytes(buffer: bytes, isMapping: true)
      }
      if got < 0 {
        if errno == EINTR { continue }
        let error = FileError(path: path, errno: errno)
        room.free(from: 0)
        throw error
      }
      count += got
      if count > limit { break }
    }
    room.free(from: 0)
    throw FileError(path: path, reason: "more than \(limit) bytes")
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

  /// Up to `capacity` bytes that `fill` writes, and says how many.
  public init<Failure>(
    capacity: Int,
    writtenBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    let count: Int
    do {
      count = try fill(memory)
    } catch {
      memory.deallocate()
      throw error
    }
    precondition(count >= 0 && count <= capacity, "\(count) bytes where \(capacity) fit")
    buffer = UnsafeRawBufferPointer(rebasing: memory[..<count])
    isMapping = false
  }

  deinit {
    if isMapping {
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      buffer.deallocate()
    }
  }
}

/// Pages that are taken from the system as they are written.
private struct AnonymousMemory {
  let bytes: UnsafeMutableRawBufferPointer

  /// As many pages as the system gives, at most for `count` bytes.
  init(upTo count: Int) {
    var size = count
    while size > 0 {
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
      if let base = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED {
        bytes = UnsafeMutableRawBufferPointer(start: base, count: size)
        return
      }
      size /= 2
    }
    bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  /// Gives the pages behind the first `count` bytes back.
  func free(from count: Int) {
    let pageSize = Int(getpagesize())
    let start = (count + pageSize - 1) / pageSize * pageSize
    guard let base = bytes.baseAddress, start < bytes.count else { return }
    munmap(base + start, bytes.count - start)
  }
}

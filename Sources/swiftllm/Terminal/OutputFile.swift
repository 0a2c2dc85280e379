import Glibc

/// A file that appears whole or not at all: written under a temporary name, then renamed.
enum OutputFile {
  /// Writes `bytes`.
  ///
  /// - Throws: `CommandError`; nothing is left behind then.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try write(to: path) { (sink) throws in try sink(bytes.span.bytes) }
  }

  /// Writes what `body` gives to the sink, piece by piece.
  ///
  /// - Throws: `CommandError`, or what `body` throws; nothing is left behind then.
  static func write(
    to path: String,
    _ body: ((RawSpan) throws -> Void) throws -> Void
  ) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // A device or pipe has nothing to be renamed over.
    if exists, status.st_mode & S_IFMT != S_IFREG {
      guard let descriptor = opened(path, O_WRONLY) else { throw failure(path) }
      try put(body, in: descriptor, of: path)
      return
    }
    // The file that a link leads to is replaced, not the link: it may be /dev/stdout.
    let target = exists ? try resolved(path) : path
    let temporary = "\(target).\(getpid()).tmp"
    guard let descriptor = opened(temporary, O_WRONLY | O_CREAT | O_EXCL) else {
      // What is there already is somebody else's, and stays.
      throw failure(errno == EEXIST ? temporary : path)
    }
    do {
      try put(body, in: descriptor, of: path)
      guard rename(temporary, target) == 0 else { throw failure(path) }
    } catch {
      _ = unlink(temporary)
      throw error
    }
  }

  private static func resolved(_ path: String) throws -> String {
    guard let name = realpath(path, nil) else { throw failure(path) }
    defer { free(name) }
    return String(cString: name)
  }

  /// A descriptor of the file `name`; `nil` with the reason in `errno`.
  private static func opened(_ name: String, _ flags: Int32) -> Int32? {
    let descriptor = open(name, flags | O_CLOEXEC, 0o666)
    return descriptor >= 0 ? descriptor : nil
  }

  /// Writes what `body` gives to `descriptor`, and closes it.
  private static func put(
    _ body: ((RawSpan) throws -> Void) throws -> Void,
    in descriptor: Int32,
    of path: String
  ) throws {
    defer { close(descriptor) }
    try body { (piece) throws in
      try Descriptor.write(piece, to: descriptor, target: "'\(path)'")
    }
  }

  private static func failure(_ path: String) -> CommandError {
    CommandError("cannot write '\(path)': \(Descriptor.systemReason())")
  }
}

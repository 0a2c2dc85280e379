import Glibc

/// A file that appears whole or not at all: written under a temporary name, then renamed.
enum OutputFile {
  /// - Throws: `CommandError`; nothing is left behind then.
  static func write(_ bytes: [UInt8], to path: String) throws {
    var status = stat()
    let exists = stat(path, &status) == 0
    // A device or pipe has nothing to be renamed over.
    if exists, status.st_mode & S_IFMT != S_IFREG {
      try put(bytes, in: path, flags: O_WRONLY, of: path)
      return
    }
    // The file that a link leads to is replaced, not the link: it may be /dev/stdout.
    let target = exists ? try resolved(path) : path
    let temporary = "\(target).\(getpid()).tmp"
    do {
      try put(bytes, in: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, of: path)
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

  private static func put(
    _ bytes: [UInt8],
    in name: String,
    flags: Int32,
    of path: String
  ) throws {
    let descriptor = open(name, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try Descriptor.write(bytes.span.bytes, to: descriptor, target: "'\(path)'")
  }

  private static func failure(_ path: String) -> CommandError {
    CommandError("cannot write '\(path)': \(Descriptor.systemReason())")
  }
}

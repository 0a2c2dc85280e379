import Glibc
import Tensors

/// The reader of standard output has gone; there is nobody left to work for.
struct OutputClosed: Error {}

/// Writing bytes to a descriptor, all of them.
enum Descriptor {
  /// - Throws: `OutputClosed` at a closed pipe, `CommandError` naming `target` otherwise.
  static func write(_ bytes: RawSpan, to descriptor: Int32, target: String) throws {
    var done = 0
    while done < bytes.byteCount {
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(
          descriptor,
          buffer.baseAddress?.advanced(by: done),
          buffer.count - done
        )
      }
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { throw OutputClosed() }
        throw CommandError("cannot write \(target): \(systemReason())")
      }
      done += written
    }
  }

  /// What `errno` means, in words.
  static func systemReason() -> String { String(cString: strerror(errno)).lowercased() }
}

/// Standard output, which carries nothing but results.
enum StandardOutput {
  /// Whether a person is reading.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  static func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    try write(bytes)
  }

  static func write(_ bytes: [UInt8]) throws { try write(bytes.span.bytes) }

  static func write(_ bytes: RawSpan) throws {
    try Descriptor.write(bytes, to: STDOUT_FILENO, target: "standard output")
  }
}

/// Standard error, for everything that is not a result.
enum StandardError {
  /// Writes `line` and a newline; that nobody reads it is no error.
  static func write(line: String) { write(line + "\n") }

  /// Writes `text`; that nobody reads it is no error.
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    try? Descriptor.write(bytes.span.bytes, to: STDERR_FILENO, target: "standard error")
  }
}

/// Standard input, read to its end.
enum StandardInput {
  static func bytes() throws -> SharedBytes {
    do {
      return try SharedBytes.reading(descriptor: STDIN_FILENO, path: "-")
    } catch {
      throw CommandError("cannot read standard input: \(error.reason)")
    }
  }

  /// The text of standard input without one newline at its end, which `echo` and editors put there.
  static func text() throws -> String {
    var bytes = try bytes().array
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError("cannot read standard input: text is not UTF-8")
    }
    return text
  }
}

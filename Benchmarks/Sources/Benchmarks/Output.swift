import Glibc
import JSON

/// Lines that readers get at once.
enum Output {
  /// Writes `line` to standard output.
  static func result(_ line: JSON) { write(line.text + "\n", to: STDOUT_FILENO) }

  /// Writes `text` to standard error.
  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  /// A reader that has gone away is no fault of ours.
  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}

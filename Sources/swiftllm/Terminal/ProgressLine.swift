import Glibc

/// One line on standard error that is written over, where a person reads it.
struct ProgressLine {
  private let isVisible: Bool
  private var lastTime: ContinuousClock.Instant?

  /// A line that shows nothing if `isQuiet` or where standard error is not a terminal.
  init(isQuiet: Bool) { isVisible = !isQuiet && isatty(STDERR_FILENO) == 1 }

  /// Shows `text`, at most ten times a second.
  mutating func show(_ text: String) {
    let now = ContinuousClock.now
    guard isVisible, lastTime.map({ now - $0 >= .milliseconds(100) }) ?? true else { return }
    lastTime = now
    StandardError.write("\r\(text)\u{1B}[K")
  }

  /// Takes the line away.
  func clear() {
    if isVisible { StandardError.write("\r\u{1B}[K") }
  }
}

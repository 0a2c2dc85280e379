import Synchronization

/// A bar on standard error for work that takes more than a second; it goes away when the work is done.
final class ProgressBar: Sendable {
  private static let width = 24

  private let title: String
  private let start = ContinuousClock.now
  private let line: Mutex<ProgressLine>

  /// A bar beside `title`; none if `isQuiet`, or where standard error is not a terminal.
  init(_ title: String, isQuiet: Bool) {
    self.title = title
    line = Mutex(ProgressLine(isQuiet: isQuiet))
  }

  /// Shows that `share` of the work, from 0 to 1, is done.
  func show(_ share: Double) {
    guard ContinuousClock.now - start >= .seconds(1) else { return }
    line.withLock { line in
      if share >= 1 { return line.clear() }
      let done = Int(share * Double(Self.width))
      let bar = String(repeating: "█", count: done)
      let rest = String(repeating: "░", count: Self.width - done)
      line.show("\(title) \(bar)\(rest) \(Int(share * 100)) %")
    }
  }
}

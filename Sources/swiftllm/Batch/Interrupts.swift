import Glibc
import Synchronization

/// SIGINT and SIGTERM as events: the first asks for an end in good order, a second one ends at once.
enum Interrupts {
  /// Where the handler writes the signal's number, the one thing that a handler may safely do.
  fileprivate static let pipeEnd = Atomic<Int32>(-1)

  /// Calls `listener`, on a thread of its own, with the first signal that comes.
  static func listen(_ listener: @escaping @Sendable (Int32) -> Void) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw CommandError("cannot make a pipe: \(Descriptor.systemReason())")
    }
    let source = ends[0]
    pipeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    var action = sigaction()
    action.sa_flags = SA_RESTART
    action.__sigaction_handler.sa_handler = takeSignal
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    try DetachedThread.start {
      var byte: UInt8 = 0
      while read(source, &byte, 1) < 0, errno == EINTR {}
      listener(Int32(byte))
    }
  }
}

private func takeSignal(_ number: Int32) {
  let reason = errno
  signal(SIGINT, SIG_DFL)
  signal(SIGTERM, SIG_DFL)
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(Interrupts.pipeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
  errno = reason
}

/// A thread that does what it is given, in this order.
final class WorkThread: Sendable {
  private let mailbox = EngineMailbox()
  private let thread: JoinableThread

  /// - Throws: `EngineError.noThread`.
  init() throws(EngineError) {
    let mailbox = mailbox
    thread = try JoinableThread {
      while true {
        let mail = mailbox.collect(waits: true)
        for work in mail.work { work() }
        if mail.isShutDown { break }
      }
    }
  }

  deinit { shutdown() }

  /// Has `work` done after what was given before.
  ///
  /// - Throws: `EngineError.shutDown`.
  func perform(_ work: @escaping EngineMailbox.Work) throws(EngineError) { try mailbox.post(work) }

  /// Ends the thread when all that was given is done; takes no more.
  func shutdown() {
    mailbox.close(endsAll: true)
    thread.join()
  }
}

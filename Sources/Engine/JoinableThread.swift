import Glibc
import Synchronization

/// A thread that runs one function to its end.
final class JoinableThread: @unchecked Sendable {
  // Safe because `thread` is set in init and joined once.

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private var thread = pthread_t()
  private let isJoined = Atomic(false)

  /// Starts a thread that runs `body`.
  ///
  /// - Throws: `EngineError.noThread`.
  init(_ body: sending @escaping () -> Void) throws(EngineError) {
    let body = Unmanaged.passRetained(Body(body))
    let status = pthread_create(
      &thread,
      nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      },
      body.toOpaque()
    )
    guard status == 0 else {
      body.release()
      throw .noThread
    }
  }

  /// Returns when the function has, to the first who asks.
  func join() {
    guard !isJoined.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // A thread that drops its own last owner cannot wait for itself.
    if pthread_equal(thread, pthread_self()) != 0 {
      pthread_detach(thread)
    } else {
      pthread_join(thread, nil)
    }
  }
}

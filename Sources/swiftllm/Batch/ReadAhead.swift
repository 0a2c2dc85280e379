import Glibc

/// Holds a reader back while too much of what it read is still being worked on.
final class ReadAhead: @unchecked Sendable {
  // Safe because the counts are read and written with `mutex` held.

  private let lineLimit: Int
  private let byteLimit: Int
  private var lineCount = 0
  private var byteCount = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// Room for `lineLimit` lines of together `byteLimit` bytes; one line always has room.
  init(lineLimit: Int, byteLimit: Int) {
    self.lineLimit = lineLimit
    self.byteLimit = byteLimit
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Waits until there is room for a line of `byteCount` bytes, and takes it.
  func enter(byteCount: Int) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while lineCount > 0, lineCount >= lineLimit || self.byteCount + byteCount > byteLimit {
      pthread_cond_wait(condition, mutex)
    }
    lineCount += 1
    self.byteCount += byteCount
  }

  /// Gives back the room of a line.
  func leave(byteCount: Int) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    lineCount -= 1
    self.byteCount -= byteCount
    pthread_cond_signal(condition)
  }
}

/// What the work on one text may cost, whatever the files of a model ask for.
struct WorkLimits: Sendable {
  /// When expressions have to be done.
  let deadline: ContinuousClock.Instant
  /// How many bytes a rewritten text may have.
  let byteLimit: Int

  /// The limits for a text of so many bytes, from now on.
  init(byteCount: Int) {
    deadline = ContinuousClock.now + .seconds(10) + .microseconds(byteCount)
    byteLimit = (1 << 24) + byteCount * 64
  }
}

import JSON

/// Turns each line of an input into a line of output: many at a time, results in the input's order.
///
/// Blank lines are skipped; the others are numbered from 0.
struct BatchJob: Sendable {
  /// What became of a line.
  struct Result: Sendable {
    /// The line to write.
    let text: String
    /// Whether it tells of an error.
    let isFailure: Bool
  }

  /// How far a job has come.
  struct Counts: Sendable, Equatable {
    /// Results written, with those of earlier runs.
    var done = 0
    /// Those that tell of an error.
    var failed = 0
  }

  private enum Event: Sendable {
    case line(LineReader.Line)
    case end
    case unreadable(any Error)
    case result(Result, number: Int, byteCount: Int)
    case interrupted(Int32)
  }

  /// Bytes of lines being worked on at once: rows of embeddings make lines of many megabytes.
  private static let byteLimit = 256 << 20

  /// The most lines being worked on at once, those that wait for their turn in the output included.
  let lineLimit: Int
  /// Makes the result of a line with its number.
  let work: @Sendable (LineReader.Line, Int) async -> Result
  /// Why a result that a file holds cannot be that of a line with its number; `nil` if it can.
  let objection: @Sendable (JSON, LineReader.Line, Int) -> String?

  /// Works until the end of `input`; `report` hears of each line that is done.
  ///
  /// - Throws: `Interruption` at SIGINT or SIGTERM; what keeps lines from being read or written.
  func run(
    _ input: LineReader,
    into output: inout ResultFile,
    report: (Counts) -> Void
  ) async throws -> Counts {
    let (events, feed) = AsyncStream<Event>.makeStream()
    let room = ReadAhead(lineLimit: lineLimit, byteLimit: Self.byteLimit)
    try Interrupts.listen { feed.yield(.interrupted($0)) }
    try read(input, room, feed)

    var counts = Counts()
    var lineCount = 0
    var isAtEnd = false
    var results = OrderedQueue<(result: Result, byteCount: Int)>()
    for await event in events {
      switch event {
      case .line(let line):
        let (number, byteCount) = (lineCount, line.bytes.count)
        lineCount += 1
        if let existing = try output.nextExisting() {
          if let reason = objection(existing, line, number) { throw output.mismatch(reason) }
          results.skipNext()
          room.leave(byteCount: byteCount)
          counts.done += 1
          if existing["error"] ?? .null != .null { counts.failed += 1 }
        } else {
          Task {
            let result = await work(line, number)
            feed.yield(.result(result, number: number, byteCount: byteCount))
          }
        }
      case .end: isAtEnd = true
      case .unreadable(let error): throw error
      case .result(let result, let number, let byteCount):
        results.insert((result, byteCount), number: number)
        while let (result, byteCount) = results.popNext() {
          try output.write(result.text)
          room.leave(byteCount: byteCount)
          counts.done += 1
          if result.isFailure { counts.failed += 1 }
          report(counts)
        }
      case .interrupted(let signal): throw interruption(signal, counts, output)
      }
      if isAtEnd, counts.done == lineCount { break }
    }
    guard try output.nextExisting() == nil else {
      throw output.mismatch("the input has \(lineCount) requests")
    }
    return counts
  }

  /// Reads lines on a thread of their own, as long as there is room for them.
  private func read(
    _ input: LineReader,
    _ room: ReadAhead,
    _ feed: AsyncStream<Event>.Continuation
  ) throws {
    try DetachedThread.start {
      var input = input
      do {
        while let line = try input.next() {
          if line.isBlank { continue }
          room.enter(byteCount: line.bytes.count)
          feed.yield(.line(line))
        }
        feed.yield(.end)
      } catch {
        feed.yield(.unreadable(error))
      }
    }
  }

  private func interruption(
    _ signal: Int32,
    _ counts: Counts,
    _ output: ResultFile
  ) -> Interruption {
    let lines = counts.done == 1 ? "1 line is" : "\(counts.done) lines are"
    return Interruption(
      signal: signal,
      message: "interrupted; \(lines) done",
      hint: output.isResumable ? "go on with the same command and --resume" : nil
    )
  }
}

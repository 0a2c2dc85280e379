import Engine

/// The generations of one request, told as one stream of events.
struct GenerationGroup: Sendable {
  /// Something that happened to one of the outputs.
  struct Event: Sendable {
    /// The output's place among the choices.
    let choice: Int
    let event: GenerationEvent
  }

  /// What happens, until all outputs are finished or ``cancel()`` is called.
  let events: AsyncThrowingStream<Event, any Error>
  private let output: AsyncThrowingStream<Event, any Error>.Continuation

  /// Starts `requests`; each is checked before this returns.
  init(_ requests: [GenerationRequest], on engine: InferenceEngine) throws {
    let streams = try requests.map { try engine.generate($0) }
    let (events, output) = AsyncThrowingStream<Event, any Error>.makeStream()
    self.events = events
    self.output = output
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        for (choice, stream) in streams.enumerated() {
          group.addTask {
            do {
              for try await event in stream { output.yield(Event(choice: choice, event: event)) }
            } catch {
              output.finish(throwing: error)
            }
          }
        }
      }
      output.finish()
    }
    output.onTermination = { _ in task.cancel() }
  }

  /// Ends the stream, and the generations with it.
  func cancel() { output.finish(throwing: CancellationError()) }
}

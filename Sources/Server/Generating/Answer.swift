import Engine
import Glibc
import Hummingbird
import JSON
import NIOCore
import Prompts
import Tokenization

/// Runs a job and writes its answer, whole or as a stream.
struct Answer<Format: AnswerFormat>: Sendable {
  let job: Job
  let format: Format
  let group: GenerationGroup
  let record: RequestRecord
  private let limits: [Int]
  private let tellsCachedTokens: Bool

  /// Starts `job`; everything that can be refused is refused here.
  init(_ job: Job, _ format: Format, _ model: ServedModel, _ record: RequestRecord) throws {
    self.job = job
    self.format = format
    self.record = record
    tellsCachedTokens = model.options.tellsCachedTokens
    let requests = job.engineRequests(maxModelLength: model.maxModelLength)
    limits = requests.map { $0.maxTokens ?? .max }
    group = try GenerationGroup(requests, on: try model.generator(for: "Completions"))
  }

  /// The response to send.
  func response(_ context: ServerContext) async throws -> Response {
    if let streaming = job.streaming { return stream(streaming, context) }
    let watch = await context.disconnection.watch(group.cancel)
    defer { watch.end() }
    return Response(json: try await whole())
  }

  // MARK: Whole

  /// The body of the whole answer, once all outputs are finished.
  func whole() async throws -> JSON {
    var progress = limits.map { ChoiceProgress(limit: $0) }
    var parts = limits.map { _ in ChoiceProgress.Delta() }
    for try await event in group.events {
      record.hear(event.event)
      let choice = event.choice
      guard let delta = progress[choice].take(event.event, tellsTokens: true) else { continue }
      if job.maxTokens != 0 {
        parts[choice].text += delta.text
        parts[choice].tokens += delta.tokens
        parts[choice].logprobs += delta.logprobs
      }
      parts[choice].result = delta.result
    }
    let prompts = progress.map(\.promptLogprobs)
    let usage = usage(progress)
    record.finish(status: 200, usage)
    var answer = head(format.objectName)
    answer["choices"] = .array(
      zip(parts, prompts).enumerated().map { format.choice($0, $1.0, $1.1) }
    )
    answer["service_tier"] = .null
    answer["system_fingerprint"] = .string(ServerVersion.fingerprint)
    answer["usage"] = usage.json
    for (name, value) in format.members(prompts.first ?? nil, job) { answer[name] = value }
    return .object(answer)
  }

  /// What all choices cost; a prompt counts once, however many choices it has.
  private func usage(_ progress: [ChoiceProgress]) -> Usage {
    var usage = Usage(
      promptTokens: job.promptTokenCount,
      completionTokens: job.maxTokens == 0 ? 0 : progress.reduce(0) { $0 + $1.tokenCount }
    )
    if tellsCachedTokens {
      let firsts = stride(from: 0, to: progress.count, by: job.sampling.n)
      usage.cachedTokens = firsts.reduce(0) { $0 + progress[$1].cachedTokenCount }
    }
    return usage
  }

  private func head(_ objectName: String) -> JSONObject {
    var answer = JSONObject()
    answer["id"] = .string(job.id)
    answer["object"] = .string(objectName)
    answer["created"] = .integer(record.started)
    answer["model"] = .string(job.modelName)
    return answer
  }

  // MARK: Stream

  private func stream(_ streaming: Job.StreamOptions, _ context: ServerContext) -> Response {
    let body = ResponseBody { writer in
      let watch = await context.disconnection.watch(group.cancel)
      defer { watch.end() }
      do {
        try await write(streaming, to: &writer)
      } catch let error where error is CancellationError || error is ChannelError {
        record.finish(status: 499)
        throw error
      } catch {
        let error = APIError(error)
        record.finish(status: error.status)
        try await writer.write(ServerSentEvent.data(error.body))
      }
      try await writer.write(ServerSentEvent.done)
      try await writer.finish(nil)
    }
    return Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
      body: body
    )
  }

  @concurrent private func write(
    _ streaming: Job.StreamOptions,
    to writer: inout any ResponseBodyWriter
  ) async throws {
    var progress = limits.map { ChoiceProgress(limit: $0) }
    var offsets = limits.map { _ in 0 }
    var isOpen = limits.map { _ in false }
    let tellsTokens = job.logprobCount != nil || job.sampling.returnsTokenIDs
    func chunk(_ choice: JSON, of index: Int, isLast: Bool) -> ByteBuffer {
      var answer = head(format.chunkName)
      answer["choices"] = [choice]
      if isLast, !streaming.includesUsage {
        answer["system_fingerprint"] = .string(ServerVersion.fingerprint)
      }
      if streaming.includesContinuousUsage {
        let prompt = job.prompts[index / job.sampling.n]
        answer["usage"] =
          Usage(
            promptTokens: prompt.length,
            completionTokens: job.maxTokens == 0 ? 0 : progress[index].tokenCount
          ).json
      }
      return ServerSentEvent.data(.object(answer))
    }
    for try await event in group.events {
      record.hear(event.event)
      let index = event.choice
      guard var delta = progress[index].take(event.event, tellsTokens: tellsTokens) else {
        continue
      }
      if job.maxTokens == 0 {
        guard let result = delta.result else { continue }
        delta = ChoiceProgress.Delta(result: result)
      }
      if !isOpen[index] {
        isOpen[index] = true
        if let opening = format.opening(index) {
          try await writer.write(chunk(opening, of: index, isLast: false))
        }
        if let echo = job.echoes?[index / job.sampling.n] {
          delta.text = echo + delta.text
          if let prompt = progress[index].promptLogprobs, job.logprobCount != nil {
            delta.tokens = (job.prompts[index / job.sampling.n].tokenIDs ?? []) + delta.tokens
            delta.promptLogprobs = prompt
          }
        }
      }
      let choice = format.chunk(index, delta, offset: &offsets[index])
      try await writer.write(chunk(choice, of: index, isLast: delta.result != nil))
    }
    let usage = usage(progress)
    record.finish(status: 200, usage)
    guard streaming.includesUsage else { return }
    var last = head(format.chunkName)
    last["choices"] = []
    last["system_fingerprint"] = .string(ServerVersion.fingerprint)
    last["usage"] = usage.json
    try await writer.write(ServerSentEvent.data(.object(last)))
  }
}

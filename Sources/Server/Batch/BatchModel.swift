import Engine
public import JSON
import Logging

/// Answers lines of a batch as the server's routes answer requests, without HTTP.
public struct BatchModel: Sendable {
  let model: ServedModel
  private let services: ServerServices
  private let defaults: JSONObject

  /// Answers by `model`; `defaults` are fields of completions and chats for lines that leave them out.
  ///
  /// More `max_tokens` than the model can take count as all that it takes.
  public init(_ model: ServedModel, defaults: JSONObject = JSONObject()) {
    self.model = model
    var defaults = defaults
    if let count = defaults["max_tokens"]?.integerValue {
      defaults["max_tokens"] = .integer(min(count, model.maxModelLength))
    }
    self.defaults = defaults
    let logger = Logger(label: "swiftllm") { _ in SwiftLogNoOpLogHandler() }
    services = ServerServices(model: model, metrics: ServerMetrics(), logger: logger)
  }

  /// Tokens generated so far.
  public var generatedTokenCount: Int { model.engine?.statistics().generatedTokenCount ?? 0 }

  /// What becomes of `line`, the JSON text of request `index`; faults are told in the result.
  @concurrent public func answer(_ line: [UInt8], index: Int) async -> BatchResult {
    var customID: String?
    do {
      let request = try BatchRequest(parsing: line)
      customID = request.customID
      let body = try await answer(request)
      return .answer(body, status: 200, index: index, customID: customID)
    } catch {
      let error = APIError(error)
      return .answer(error.body, status: error.status, index: index, customID: customID)
    }
  }

  /// What becomes of a line longer than the server would take.
  public func tooLongAnswer(index: Int) -> BatchResult {
    let error = APIError.tooLong
    return .answer(error.body, status: error.status, index: index, customID: nil)
  }

  private func answer(_ request: BatchRequest) async throws -> JSON {
    let endpoint = try request.endpoint()
    let fields = try request.body()
    switch endpoint {
    case .completions:
      let job = try Job.completion(fields.filled(from: defaults), model)
      return try await whole(job, CompletionFormat(job: job, logprobs: LogprobText(job, model)))
    case .chat:
      let job = try Job.chat(fields.filled(from: defaults), model)
      return try await whole(job, ChatFormat(job: job, logprobs: LogprobText(job, model)))
    case .embeddings:
      return try await EmbeddingJob(fields, model).body()
    }
  }

  private func whole(_ job: Job, _ format: some AnswerFormat) async throws -> JSON {
    let record = RequestRecord("batch", job, services)
    return try await Answer(job, format, model, record).whole()
  }
}

extension APIError {
  static let tooLong = APIError(
    status: 413,
    message: "The line is longer than \(BatchModel.lineByteLimit) bytes.",
    type: "Content Too Large"
  )
}

extension BatchModel {
  /// The longest line that is read, as long as the server's longest request.
  public static let lineByteLimit = ServerOptions().maxRequestByteCount
}

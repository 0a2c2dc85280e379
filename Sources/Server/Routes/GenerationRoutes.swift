import Hummingbird

/// `/v1/completions` and `/v1/chat/completions`.
struct GenerationRoutes: Sendable {
  let services: ServerServices

  func add(to router: Router<ServerContext>) {
    router.post("/v1/completions", use: complete)
    router.post("/v1/chat/completions", use: chat)
  }

  @Sendable private func complete(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let job = try await services.read(request) { try Job.completion($0, model) }
    let format = CompletionFormat(job: job, logprobs: LogprobText(job, model))
    return try await answer(job, format, "POST /v1/completions", context)
  }

  @Sendable private func chat(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let job = try await services.read(request) { try Job.chat($0, model) }
    let format = ChatFormat(job: job, logprobs: LogprobText(job, model))
    return try await answer(job, format, "POST /v1/chat/completions", context)
  }

  private func answer(
    _ job: Job,
    _ format: some AnswerFormat,
    _ route: String,
    _ context: ServerContext
  ) async throws -> Response {
    let record = RequestRecord(route, job, services)
    let model = services.model
    let answer = try await services.offLoop { try Answer(job, format, model, record) }
    return try await answer.response(context)
  }
}

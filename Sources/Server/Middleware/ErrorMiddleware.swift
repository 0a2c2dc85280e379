import Hummingbird
import Logging

/// Makes OpenAI's error bodies of all errors, and counts responses.
struct ErrorMiddleware: RouterMiddleware {
  let services: ServerServices
  /// Routes that are asked all the time; neither counted nor logged.
  private static let quiet: Set<String> = ["/metrics", "/health", "/ping", "/version", "/load"]

  @concurrent func handle(
    _ request: Request,
    context: ServerContext,
    next: @concurrent (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let response: Response
    do {
      response = try await next(request, context)
    } catch {
      let refusal = (error as? HTTPError).map { APIError($0, request) } ?? APIError(error)
      response = Response(refusal)
      let level: Logger.Level = refusal.status == 500 ? .error : .info
      let detail = refusal.status == 500 ? "\(error)" : refusal.message
      services.logger.log(
        level: level,
        "\(request.method.rawValue) \(APIError.capped(request.uri.path)) \(refusal.status): \(APIError.capped(detail))"
      )
    }
    let handler = context.endpointPath ?? "none"
    if !Self.quiet.contains(handler) {
      services.metrics.respond(
        method: request.method.rawValue,
        handler: handler == "NotFound" ? "none" : handler,
        status: Int(response.status.code)
      )
    }
    return response
  }
}

extension APIError {
  /// The error for what Hummingbird itself refused.
  fileprivate init(_ error: HTTPError, _ request: Request) {
    switch Int(error.status.code) {
    case 404: self = .notFound("Not Found")
    case let status:
      self.init(status: status, message: error.body ?? "", type: error.status.reasonPhrase)
    }
  }
}

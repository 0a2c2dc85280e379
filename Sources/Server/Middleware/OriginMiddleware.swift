import HTTPTypes
import Hummingbird

/// Lets web pages of the allowed origins in (CORS).
struct OriginMiddleware: RouterMiddleware {
  let origins: [String]

  @concurrent func handle(
    _ request: Request,
    context: ServerContext,
    next: @concurrent (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard let origin = request.headers[.origin],
      origins.contains("*") || origins.contains(origin)
    else { return try await next(request, context) }
    var response: Response
    if request.method == .options {
      response = Response(status: .noContent)
      response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
      response.headers[.accessControlAllowHeaders] =
        request.headers[.accessControlRequestHeaders] ?? "authorization, content-type"
    } else {
      response = try await next(request, context)
    }
    response.headers[.accessControlAllowOrigin] = origins.contains("*") ? "*" : origin
    response.headers[.vary] = "Origin"
    return response
  }
}

extension HTTPField.Name {
  fileprivate static var accessControlRequestHeaders: Self {
    get { HTTPField.Name("Access-Control-Request-Headers") ?? .accept }
  }
}

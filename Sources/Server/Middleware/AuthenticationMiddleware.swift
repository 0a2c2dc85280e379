import HTTPTypes
import Hummingbird

/// Asks for a key on the API's paths; /health, /metrics and the like stay open, as in vLLM.
struct AuthenticationMiddleware: RouterMiddleware {
  private static let prefixes = ["/v1", "/v2", "/inference", "/cohere"]
  let keys: [[UInt8]]

  init(keys: [String]) { self.keys = keys.map { Array($0.utf8) } }

  @concurrent func handle(
    _ request: Request,
    context: ServerContext,
    next: @concurrent (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let path = request.uri.path
    let isGuarded = Self.prefixes.contains { path == $0 || path.hasPrefix($0 + "/") }
    guard !keys.isEmpty, isGuarded, request.method != .options else {
      return try await next(request, context)
    }
    let words = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].lowercased() == "bearer", isKnown(Array(words[1].utf8)) else {
      throw APIError(
        status: 401,
        message: "Unauthorized: expected 'Authorization: Bearer KEY' with a key of this server.",
        type: "AuthenticationError"
      )
    }
    return try await next(request, context)
  }

  /// Whether `shown` is one of the keys; takes as long for a wrong key as for a right one.
  private func isKnown(_ shown: [UInt8]) -> Bool {
    var isKnown = false
    for key in keys where key.count == shown.count {
      let difference = zip(key, shown).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
      if difference == 0 { isKnown = true }
    }
    return isKnown
  }
}

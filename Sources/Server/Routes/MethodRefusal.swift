import HTTPTypes
import Hummingbird

/// Answers 405 where a path is known and the method is not one of its own.
enum MethodRefusal {
  private static let methods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace,
  ]

  /// Adds the refusals to `router`, which has all its routes.
  static func add(to router: Router<ServerContext>) {
    var known: [String: Set<HTTPRequest.Method>] = [:]
    for route in router.routes {
      // Where GET is, Hummingbird adds HEAD.
      known[route.path.description, default: []].formUnion(
        route.method == .get ? [.get, .head] : [route.method]
      )
    }
    for (path, allowed) in known {
      let names = allowed.map { $0.rawValue }.sorted().joined(separator: ", ")
      for method in methods where !allowed.contains(method) {
        router.on(RouterPath(path), method: method) { _, _ in
          let error = APIError(
            status: 405,
            message: "Method Not Allowed",
            type: "Method Not Allowed"
          )
          var response = Response(error)
          response.headers[.allow] = names
          return response
        }
      }
    }
  }
}

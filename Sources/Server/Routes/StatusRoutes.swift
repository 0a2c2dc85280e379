import Engine
import Hummingbird
import JSON
import NIOCore

/// `/health`, `/ping`, `/version`, `/load` and `/metrics`.
struct StatusRoutes: Sendable {
  let services: ServerServices

  func add(to router: Router<ServerContext>) {
    router.get("/health") { _, _ in Response(status: .ok) }
    router.get("/ping") { _, _ in Response(status: .ok) }
    router.post("/ping") { _, _ in Response(status: .ok) }
    router.get("/version") { _, _ in
      Response(json: ["version": .string(ServerVersion.number)])
    }
    router.get("/load") { [services] _, _ in
      let statistics = services.model.statistics()
      return Response(
        json: ["server_load": .integer(services.model.runningCount + statistics.waitingCount)]
      )
    }
    router.get("/metrics") { [services] _, _ in
      let text = services.metrics.text(
        services.model.statistics(),
        runningCount: services.model.runningCount,
        modelName: services.model.names[0]
      )
      return Response(
        status: .ok,
        headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text))
      )
    }
  }
}

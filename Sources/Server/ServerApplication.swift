import Hummingbird
import Logging
import NIOCore

/// The server: routes over one model.
public enum ServerApplication {
  /// Serves `model` until SIGTERM or SIGINT, after which requests begun are still answered.
  ///
  /// - Parameters:
  ///   - isQuiet: whether the log on standard error has errors only.
  ///   - onReady: hears the port once connections are taken.
  /// - Throws: why the address cannot be listened on.
  public static func run(
    _ model: ServedModel,
    isQuiet: Bool,
    onReady: @escaping @Sendable (Int) -> Void
  ) async throws {
    var logger = Logger(label: "swiftllm") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = isQuiet ? .error : .info
    try await make(model, logger: logger, onReady: onReady).runService()
  }

  /// The application that serves `model` as its options say.
  static func make(
    _ model: ServedModel,
    logger: Logger,
    onReady: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> some ApplicationProtocol {
    let services = ServerServices(model: model, metrics: ServerMetrics(), logger: logger)
    let options = model.options
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: OriginMiddleware(origins: options.allowedOrigins))
    router.add(middleware: ErrorMiddleware(services: services))
    router.add(middleware: AuthenticationMiddleware(keys: options.apiKeys))
    StatusRoutes(services: services).add(to: router)
    ModelRoutes(model: model).add(to: router)
    TokenRoutes(services: services).add(to: router)
    GenerationRoutes(services: services).add(to: router)
    EmbeddingRoutes(services: services).add(to: router)
    MethodRefusal.add(to: router)

    // Hummingbird's own lines are of interest to those who debug it.
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    return Application(
      router: router,
      server: .http1(
        configuration: .init(additionalChannelHandlers: [DisconnectionHandler()])
      ),
      configuration: ApplicationConfiguration(
        address: .hostname(options.host, port: options.port),
        serverName: "swiftllm"
      ),
      onServerRunning: { onReady($0.localAddress?.port ?? options.port) },
      logger: quiet
    )
  }
}

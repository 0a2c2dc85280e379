import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import NIOPosix

/// What all routes share.
struct ServerServices: Sendable {
  let model: ServedModel
  let metrics: ServerMetrics
  let logger: Logger

  /// Runs `work` on a thread for work that takes long: neither the event loops nor the few threads
  /// of Swift's tasks may wait for it. As many run at once as there are cores.
  func offLoop<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(work)
  }

  /// Reads the body of `request` and makes a value of its fields, off the event loops.
  ///
  /// - Throws: `APIError` for bodies that are too long or no JSON object.
  func read<Value: Sendable>(
    _ request: Request,
    _ make: @escaping @Sendable (RequestFields) throws -> Value
  ) async throws -> Value {
    let mediaType = (request.headers[.contentType] ?? "").split(separator: ";").first ?? ""
    guard mediaType.filter({ $0 != " " }).lowercased() == "application/json" else {
      throw APIError.schema("Unsupported Media Type: Only 'application/json' is allowed")
    }
    let limit = model.options.maxRequestByteCount
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw APIError.tooLarge(limit: limit)
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw APIError.tooLarge(limit: limit)
    }
    return try await offLoop {
      let bytes = [UInt8](body.readableBytesView)
      try JSONSize.check(bytes)
      return try make(RequestFields(try JSON(parsing: bytes)))
    }
  }
}

import JSON
import NIOCore

/// Events of a stream: `data: {…}` and an empty line.
enum ServerSentEvent {
  /// The event that carries `json`.
  static func data(_ json: JSON) -> ByteBuffer { ByteBuffer(string: "data: \(json.text)\n\n") }

  /// The event after the last one.
  static let done = ByteBuffer(string: "data: [DONE]\n\n")
}

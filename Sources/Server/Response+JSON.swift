import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Response {
  /// A response whose body is `json`.
  init(json: JSON, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status,
      headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: json.text))
    )
  }

  /// The response that tells of `error`.
  init(_ error: APIError) {
    self.init(json: error.body, status: HTTPResponse.Status(code: error.status))
    if error.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
  }
}

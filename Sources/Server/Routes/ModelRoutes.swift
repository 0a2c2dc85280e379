import Engine
import Hummingbird
import JSON

/// `/v1/models` and `/v1/models/{id}`.
struct ModelRoutes: Sendable {
  let model: ServedModel

  func add(to router: Router<ServerContext>) {
    router.get("/v1/models") { _, _ in
      Response(json: ["object": "list", "data": .array(model.names.map(card))])
    }
    // Names hold slashes: all of the path behind the folder is the name.
    router.get("/v1/models/**") { _, context in
      let name = context.parameters.getCatchAll().joined(separator: "/")
      let decoded = PercentEncoding.decoded(name)
      guard model.names.contains(decoded) else { throw APIError.unknownModel(decoded, model.names) }
      return Response(json: card(decoded))
    }
  }

  /// What is known of the model under one of its names.
  @Sendable private func card(_ name: String) -> JSON {
    [
      "id": .string(name), "object": "model", "created": .integer(model.created),
      "owned_by": "swiftllm", "root": .string(model.options.modelRoot), "parent": nil,
      "max_model_len": .integer(model.maxModelLength), "permission": [],
    ]
  }
}

/// Text of a URL's path.
enum PercentEncoding {
  /// `text` with `%2F` and the like as the bytes that they stand for; others stay.
  static func decoded(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        output.append(byte)
        index += 3
      } else {
        output.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}

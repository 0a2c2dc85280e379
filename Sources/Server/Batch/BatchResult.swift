public import JSON

/// What became of one line of a batch.
public struct BatchResult: Sendable, Equatable {
  /// The object to write in the line's place.
  public let json: JSON
  /// Whether the object tells of an error.
  public let isFailure: Bool
}

extension BatchResult {
  /// The answer `body` in the shape of OpenAI's batches; `index` counts requests from 0.
  static func answer(_ body: JSON, status: Int, index: Int, customID: String?) -> Self {
    let failure = body["error"]  // which no other answer has
    return Self(
      json: [
        "id": .string("batch_req_" + Job.randomName()),
        "index": .integer(index),
        "custom_id": customID.map(JSON.string) ?? .null,
        "response": [
          "status_code": .integer(status),
          "request_id": .string("req_" + Job.randomName()),
          "body": body,
        ],
        "error": failure ?? .null,
      ],
      isFailure: failure != nil
    )
  }

  /// What stands for a line that makes no request: its name and the error.
  static func refusal(_ error: APIError, customID: String?) -> Self {
    let members: JSON = [
      "custom_id": customID.map(JSON.string) ?? .null, "error": error.body["error"] ?? .null,
    ]
    return Self(json: members, isFailure: true)
  }
}

import JSON

/// What one line of a batch asks: a line as OpenAI's batches have it, or the bare body of a request.
///
/// Source: https://platform.openai.com/docs/guides/batch, vllm/entrypoints/launchers/run_batch.py
struct BatchRequest: Sendable {
  /// The routes that a batch may ask.
  enum Endpoint: String, CaseIterable {
    case completions = "/v1/completions"
    case chat = "/v1/chat/completions"
    case embeddings = "/v1/embeddings"
  }

  /// All members of the line.
  let line: RequestFields

  /// Reads a line's text.
  ///
  /// - Throws: a schema error for text that is no JSON object.
  init(parsing text: [UInt8]) throws {
    try JSONSize.check(text)
    line = try RequestFields(try JSON(parsing: text))
  }

  /// A request with these members.
  init(_ line: JSONObject) { self.line = RequestFields(line) }

  /// Whether the request stands in a `body` beside its `url`.
  var isWrapped: Bool { line["url"] != nil || line["body"] != nil }

  /// What the line's author calls it.
  var customID: String? { line["custom_id"]?.stringValue }

  /// The request's own fields.
  func body() throws(APIError) -> RequestFields {
    guard isWrapped else { return line }
    guard let body = try line.object("body") else { throw .schema("body: Field required", "body") }
    return body
  }

  /// The route to ask; that of a bare body is told by its fields.
  ///
  /// - Throws: what is wrong with the line around the body; the error that a line stands for.
  func endpoint() throws(APIError) -> Endpoint {
    if !isWrapped, let error = try line.object("error") { throw APIError(error) }
    _ = try line.string("custom_id")
    let fields = try body()
    if try fields.bool("stream") ?? false {
      throw .schema("Request must not be sent in stream mode", "stream")
    }
    guard isWrapped else {
      if fields["messages"] != nil { return .chat }
      return fields["input"] != nil ? .embeddings : .completions
    }
    if let method = try line.string("method"), method != "POST" {
      throw .schema("method: Input should be 'POST', got '\(APIError.capped(method))'", "method")
    }
    guard let url = try line.string("url") else { throw .schema("url: Field required", "url") }
    guard let endpoint = Endpoint(rawValue: url) else {
      throw .schema(
        "URL \(APIError.capped(url)) is not a supported endpoint. Supported endpoints: "
          + Endpoint.allCases.map(\.rawValue).joined(separator: ", "),
        "url"
      )
    }
    return endpoint
  }
}

extension RequestFields {
  /// The fields with those of `defaults` that are absent or null.
  func filled(from defaults: JSONObject) -> RequestFields {
    var object = object
    for (name, value) in defaults where self[name] == nil { object[name] = value }
    return RequestFields(object)
  }
}

extension APIError {
  /// The error that `fields`, the `error` of some answer, tell of.
  fileprivate init(_ fields: RequestFields) {
    self.init(
      status: fields["code"]?.integerValue ?? 400,
      message: fields["message"]?.stringValue ?? "unknown error",
      type: fields["type"]?.stringValue ?? "BadRequestError",
      parameter: fields["param"]?.stringValue
    )
  }
}

import Engine
import Glibc
import JSON
import Tensors
import Tokenization

/// A checked request for the vectors of texts.
///
/// Source: vllm/entrypoints/pooling/embed/protocol.py
struct EmbeddingJob: Sendable {
  /// The texts as tokens, none of them empty.
  let texts: [[TokenID]]
  private let embedder: Embedder
  private let pooling: Pooling
  private let encoding: VectorEncoding
  private let modelName: String
  private let id: String

  /// Tokens of all texts.
  var tokenCount: Int { texts.reduce(0) { $0 + $1.count } }

  /// Reads a request to /v1/embeddings.
  init(_ fields: RequestFields, _ model: ServedModel) throws {
    modelName = try model.name(for: fields)
    guard let embedder = model.embedder else { throw APIError.unsupported("Embeddings") }
    self.embedder = embedder
    id = try Job.id("embd-", fields)
    encoding = try VectorEncoding(fields)
    try Self.checkUnsupported(fields)
    pooling = try Self.pooling(fields, embedder.model, modelName: modelName)
    texts = try EmbeddingInput(model, embedder).texts(fields)
  }

  /// The body of the answer.
  ///
  /// - Throws: `APIError` for vectors that JSON cannot tell; what `Embedder.vectors` throws.
  func body() async throws -> JSON {
    let created = time(nil)
    let vectors = try await embedder.vectors(of: texts, pooling: pooling)
    return try await answer(vectors, created: created)
  }

  @concurrent private func answer(_ vectors: Matrix, created: Int) async throws -> JSON {
    guard vectors.storage.allSatisfy(\.isFinite) else {
      throw APIError(
        status: 500,
        message: "The model gives vectors with NaN or infinity",
        type: "InternalServerError"
      )
    }
    let data = try (0..<vectors.rowCount).map { index -> JSON in
      [
        "index": .integer(index), "object": "embedding",
        "embedding": try encoding.json(vectors.rows(index..<index + 1)),
      ]
    }
    return [
      "id": .string(id), "object": "list", "created": .integer(created),
      "model": .string(modelName), "data": .array(data),
      "usage": ["prompt_tokens": .integer(tokenCount), "total_tokens": .integer(tokenCount)],
    ]
  }

  private static func checkUnsupported(_ fields: RequestFields) throws(APIError) {
    if fields["prompt_embeds"] != nil {
      throw .invalid("`prompt_embeds` is not supported by the Embeddings API", "prompt_embeds")
    }
    if fields["normalize"] != nil {
      throw .invalid("`normalize` is no longer supported, use `use_activation`", "normalize")
    }
    for name in ["priority", "mm_processor_kwargs"] {
      guard let value = fields[name], value != 0 else { continue }
      throw .invalid("`\(name)` is not supported", name)
    }
  }

  /// The model's way of pooling, changed as `fields` say.
  ///
  /// Source: vllm/pooling_params.py
  private static func pooling(
    _ fields: RequestFields,
    _ model: EmbeddingModel,
    modelName: String
  ) throws(APIError) -> Pooling {
    var pooling = model.pooling
    if let normalizes = try fields.bool("use_activation") { pooling.normalizes = normalizes }
    guard let count = try fields.integer("dimensions") else { return pooling }
    func refusal(_ message: String) -> APIError {
      .invalid(message, "dimensions", value: "\(count)")
    }
    guard let sizes = model.matryoshkaSizes else {
      throw refusal(
        "Model \"\(modelName)\" does not support matryoshka representation, "
          + "changing output dimensions will lead to poor results."
      )
    }
    guard sizes.isEmpty || sizes.contains(count) else {
      throw refusal(
        "Model \"\(modelName)\" only supports \(sizes) matryoshka dimensions, "
          + "use other output dimensions will lead to poor results."
      )
    }
    guard count > 0 else { throw refusal("Dimensions must be greater than 0") }
    guard count <= model.width else {
      throw refusal("Dimensions must be at most \(model.width)")
    }
    pooling.componentCount = count
    return pooling
  }
}

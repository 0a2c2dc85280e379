import Engine
import Hummingbird
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import Tokenization

/// `/v1/embeddings`, and `/v1/prompt_embeds`, which is ours.
struct EmbeddingRoutes: Sendable {
  let services: ServerServices

  func add(to router: Router<ServerContext>) {
    router.post("/v1/embeddings", use: embed)
    router.post("/v1/prompt_embeds", use: promptEmbeds)
  }

  @Sendable private func embed(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let start = ContinuousClock.now
    let job = try await services.read(request) { try EmbeddingJob($0, model) }
    let task = Task { try await job.body() }
    let watch = await context.disconnection.watch { task.cancel() }
    defer { watch.end() }
    let body = try await task.value
    services.finish(job, seconds: start.duration(to: .now).seconds)
    return Response(json: body)
  }

  /// Text, messages or token ids → the rows that the model would read, in base64.
  @Sendable private func promptEmbeds(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let answer = try await services.read(request) { fields -> JSON in
      let engine = try model.generator(for: "Prompt Embeddings")
      try PromptEmbedsField(model).requireEnabled()
      let name = try model.name(for: fields)
      let prompt: Prompt
      if fields["messages"] != nil {
        prompt = try ChatFields.prompt(fields, model)
      } else {
        let job = try Job.texts(fields, model)
        guard job.count == 1 else {
          throw APIError.schema(
            "prompt: Input should be one text or one list of token ids",
            "prompt"
          )
        }
        prompt = job[0]
      }
      let lengths = LengthRules(maxModelLength: model.maxModelLength)
      try lengths.check(prompt.length)
      let rows = try engine.embeddings(of: prompt).rows
      let (format, bytes) = try Self.file(of: rows, fields)
      return [
        "object": "prompt_embeds", "model": .string(name), "format": .string(format),
        "shape": [.integer(rows.rowCount), .integer(rows.columnCount)],
        "prompt_embeds": .string(String(decoding: Base64.encode(bytes), as: UTF8.self)),
        "prompt_token_ids": prompt.labels,
        "usage": Usage(promptTokens: prompt.length, completionTokens: 0).json,
      ]
    }
    return Response(json: answer)
  }

  private static func file(
    of rows: Matrix,
    _ fields: RequestFields
  ) throws -> (format: String, bytes: [UInt8]) {
    let dtype = try fields.floatType("dtype")
    let format = try fields.string("format") ?? "torch"
    let tensor = try Tensor(rows, as: dtype)
    switch format {
    case "torch": return (format, try TorchFile.write(tensor))
    case "safetensors":
      return (format, try SafetensorsFile.write([("prompt_embeds", tensor)]))
    case "npy" where dtype != .bfloat16: return (format, try NpyFile.write(tensor))
    case "npy":
      throw APIError.schema("dtype: npy files hold 'float32' or 'float16'", "dtype")
    default:
      throw APIError.schema("format: Input should be 'torch', 'safetensors' or 'npy'", "format")
    }
  }
}

import ArgumentParsing
import Engine
import JSON
import Server
import TensorSerialization
import Tensors

/// `encode-embeds --input`: a request with prompt embeddings for each line of a file.
enum EncodeEmbedsBatch {
  static let inputOption = Option<EncodeEmbedsOptions>.path(
    "input",
    short: "i",
    "FILE",
    \.batch.input,
    "encode the text or request in each line of FILE; - is standard input"
  ).details(
    """
    A line that is a JSON object is a request as
    .Cm generate Fl Fl input
    reads it; see
    .Sx BATCHES .
    Where
    .Ar FILE
    ends in
    .Pa .jsonl
    every line must be one.
    """
  )

  static let outputOptions: [Option<EncodeEmbedsOptions>] = [
    BatchOptions.resumeOption.nested(in: \.batch),
    .flag("quiet", short: "q", \.isQuiet, "say nothing but errors on standard error"),
  ]

  /// Requests that are encoded at once.
  private static let lineLimit = 16

  /// Encodes all lines of the input at `path`.
  static func run(_ options: EncodeEmbedsOptions, path: String) async throws {
    let modelPath = try options.model.resolvedPath()
    // It computes nothing: its table and its limits are what is needed.
    let engine = EngineOptions(maxSequenceCount: 1, kvCacheByteCount: 0, threadCount: 1)
    var server = ServerOptions()
    server.enablesPromptEmbeds = true
    server.chatTemplate = options.prompt.chatTemplate
    server.chatTemplateVariables = options.prompt.templateVariables?.object ?? JSONObject()
    server.modelNames = [options.model.servedName(of: modelPath)]
    let served = try ServedModel(
      path: modelPath,
      .generate,
      engine,
      server,
      LoadingOptions()
    )
    defer { served.shutdown() }
    if server.chatTemplate != nil { try served.checkChatTemplate() }
    let model = BatchModel(served)
    let dtype = options.dtype(of: try LoadedModel(path: modelPath).embeddingTable())
    let mustBeObject = path.hasSuffix(".jsonl")
    let format = options.format
    let job = BatchJob(lineLimit: lineLimit) { line, _ in
      let result: BatchResult
      do {
        guard line.droppedByteCount == 0 else { throw CommandError("line is too long") }
        var request = JSONObject()
        switch try TextLine(line.bytes, mustBeObject: mustBeObject) {
        case .text(let text): request["prompt"] = .string(text)
        case .object(let object): request = object
        }
        result = await model.encoded(request) { rows in
          var encoder = Base64Encoder()
          var text: [UInt8] = []
          func append(_ piece: RawSpan) { piece.withUnsafeBytes { text.append(contentsOf: $0) } }
          // A file in base64 would be so twice.
          let format = format == .base64 ? .torch : format
          try PromptEmbedsFile.write(rows, format: format, dtype: dtype) { (piece) throws in
            encoder.encode(piece, to: append)
          }
          encoder.finish(to: append)
          return String(decoding: text, as: UTF8.self)
        }
      } catch {
        result = model.refusal(of: "\(error)")
      }
      return BatchJob.Result(text: result.json.text, isFailure: result.isFailure)
    } objection: { result, line, _ in
      let request = result["body"] ?? result
      // Requests for vectors are passed on as they are.
      let isRequest = request["prompt_embeds"] != nil || request["input"] != nil
      guard isRequest || result["error"] != nil || result["url"] == "/v1/embeddings" else {
        return "it has no 'prompt_embeds'"
      }
      return BatchOptions.objection(result, line)
    }
    try await options.batch.run(job, path: path, output: options.output, isQuiet: options.isQuiet)
  }
}

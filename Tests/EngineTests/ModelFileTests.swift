import Engine
import Foundation
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite struct `Model files` {
  private func message(_ file: GGUFBytes) throws -> String? {
    let folder = try TemporaryFolder()
    let path = try folder.write(file.bytes, to: "m.gguf")
    let error = #expect(throws: ModelError.self) { try LoadedModel(path: path) }
    return error?.description.replacingOccurrences(of: path, with: "m.gguf")
  }

  private func load(_ file: GGUFBytes) throws -> LoadedModel {
    let folder = try TemporaryFolder()
    return try LoadedModel(path: try folder.write(file.bytes, to: "m.gguf"))
  }

  @Test func `that hold a part of a model are refused`() throws {
    var file = GGUFBytes.llama(tokens: ["<unk>", "<s>", "</s>", "a"])
    file.metadata.append(("split.count", .uint32(3)))
    #expect(
      try message(file)
        == "cannot load 'm.gguf': the file is one of 3 that a model was split into, "
        + "expected the whole model in one file"
    )
  }

  @Test func `with experts are refused`() throws {
    var file = GGUFBytes.llama(tokens: ["<unk>", "<s>", "</s>", "a"])
    file.metadata.append(("llama.expert_count", .uint32(8)))
    #expect(
      try message(file) == "cannot load 'm.gguf': model configuration 'llama.expert_count' is 8, "
        + "expected 0: mixtures of experts are not supported"
    )
  }

  @Test func `of SentencePiece have llama cpp's special tokens where they name none`() throws {
    let loaded = try load(.llama(tokens: ["<unk>", "<s>", "</s>", "a"]))
    #expect(loaded.tokenizer.specialTokens.beginOfSequence?.id == 1)
    #expect(try loaded.endTokens() == [2])
  }

  @Test func `end at all tokens that are known to end a turn`() throws {
    var file = GGUFBytes.llama(
      tokens: ["<unk>", "<s>", "</s>", "a", "<|im_end|>", "<|eom_id|>", "<|other|>"]
    )
    file.metadata.append(("tokenizer.ggml.eos_token_id", .uint32(3)))
    file.metadata.append(("tokenizer.ggml.eot_token_id", .uint32(4)))
    #expect(try load(file).endTokens() == [2, 3, 4, 5])
  }

  @Test func `add the tokenizer's end token to those of the generation`() throws {
    let folder = try TemporaryFolder(copyOf: Fixtures.path("models/llama-f32"))
    let own = try LoadedModel(path: folder.path).tokenizer.specialTokens.endOfSequence?.id
    try folder.write(#"{"eos_token_id": [7, 9]}"#.utf8, to: "generation_config.json")
    #expect(try LoadedModel(path: folder.path).endTokens() == Set([7, 9, try #require(own)]))
  }

  @Test func `of the older kind name special tokens in a map`() throws {
    let folder = try TemporaryFolder(copyOf: Fixtures.path("models/llama-f32"))
    let named = try LoadedModel(path: folder.path).tokenizer.specialTokens
    let end = try #require(named.endOfSequence)
    let map: JSON = ["eos_token": ["content": .string(end.text), "lstrip": false]]
    try folder.write(map.text.utf8, to: "special_tokens_map.json")
    try folder.write("{}".utf8, to: "tokenizer_config.json")
    #expect(try LoadedModel(path: folder.path).tokenizer.specialTokens.endOfSequence == end)
    // The newer kind needs no map.
    try folder.write(#"{"added_tokens_decoder": {}}"#.utf8, to: "tokenizer_config.json")
    #expect(try LoadedModel(path: folder.path).tokenizer.specialTokens.endOfSequence == nil)
  }

  @Test func `that tie the head use one of their own where they bring it`() throws {
    let folder = try TemporaryFolder(copyOf: Fixtures.path("models/llama-f32"))
    func logits() throws -> [Float] {
      let engine = try Engine(try LoadedModel(path: folder.path), EngineOptions(threadCount: 1))
      return try engine.lastLogits(of: Prompt([.tokens([1, 2, 3])])).rows.storage
    }
    let tied = try logits()
    let checkpoint = try SafetensorsFile(path: "\(folder.path)/model.safetensors")
    var tensors = try checkpoint.tensorNames.map { ($0, try checkpoint.tensor($0)) }
    let table = try checkpoint.tensor("model.embed_tokens.weight")
    let doubled = table.bytes.withMemoryRebound(to: Float.self) { numbers in
      Matrix(
        rowCount: table.shape[0],
        columnCount: table.shape[1],
        storage: numbers.map { 2 * $0 }
      )
    }
    tensors.append(("lm_head.weight", try Tensor(doubled, as: .float32)))
    try folder.write(try SafetensorsFile.write(tensors), to: "model.safetensors")
    #expect(try logits() == tied.map { 2 * $0 })
  }

  @Test func `generate nothing when nothing is asked for`() throws {
    let loaded = try LoadedModel(path: Fixtures.path("models/llama-f32"))
    let engine = try Engine(loaded, EngineOptions(threadCount: 1))
    for count in [0, -1, .min] {
      let result = try engine.generate(
        GenerationRequest(prompt: Prompt([.tokens([1])]), maxTokens: count)
      ) { _ in }
      #expect(result.tokens.isEmpty && result.text.isEmpty)
      #expect(result.finishReason == .length)
    }
  }

  @Test func `generate up to the end of the context when not told to stop`() throws {
    let loaded = try LoadedModel(path: Fixtures.path("models/llama-f32"))
    let engine = try Engine(loaded, EngineOptions(maxModelLength: 40, threadCount: 1))
    let result = try engine.generate(
      GenerationRequest(prompt: Prompt([.tokens([1, 2, 3])]), ignoresEnd: true)
    ) { _ in }
    #expect(result.tokens.count == 37)
    #expect(result.finishReason == .length)
  }
}

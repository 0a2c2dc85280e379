import Foundation
import TestSupport
import Testing

/// Model files that cannot be used, and what the program says of them; `M` is the model's path.
@Suite struct `A bad model is refused` {
  private func refuse(_ model: String, _ message: String) throws {
    try expectRefusal(
      ["generate", "-m", model, "-n", "2", "the"],
      message.replacing("M'", with: "\(model)'").replacing("M/", with: "\(model)/")
    )
  }

  @Test func `when there is none`() throws {
    let folder = try TemporaryFolder()
    try refuse(folder.path("none"), "cannot read 'M': no such file or directory")
    try refuse(folder.url.path, "cannot load 'M': the directory has no 'config.json'")
    try expectRefusal(
      ["generate", "the"],
      """
      no model given and no default model at \
      '/nonexistent/.cache/swiftllm/models/SmolLM2-135M-Instruct.Q4_1.gguf'
      hint: name one with -m MODEL, or fetch the default with 'make model'
      """
    )
  }

  @Test(arguments: [
    ("config.json", nil, "cannot load 'M': the directory has no 'config.json'"),
    ("config.json", "", "cannot load 'M/config.json': JSON ends too early at byte 0"),
    ("config.json", "{\"a\": ", "cannot load 'M/config.json': JSON ends too early at byte 6"),
    ("config.json", "[]", "cannot load 'M/config.json': expected a JSON object, found an array"),
    ("config.json", "{}", "cannot load 'M/config.json': model configuration has no 'model_type'"),
    (
      "tokenizer.json", nil,
      "cannot load 'M': there is no tokenizer: expected tokenizer.json, tokenizer.model, tekken.json, "
        + "vocab.json with merges.txt, qwen.tiktoken or vocab.txt"
    ),
    ("tokenizer.json", "{\"a\": ", "cannot load 'M/tokenizer.json': JSON ends too early at byte 6"),
    (
      "tokenizer.json", "[]",
      "cannot load 'M/tokenizer.json': invalid JSON at byte 0: expected '{'"
    ),
    (
      "tokenizer_config.json", "{\"a\": ",
      "cannot load 'M/tokenizer_config.json': JSON ends too early at byte 6"
    ),
    (
      "tokenizer_config.json", "3",
      "cannot load 'M/tokenizer_config.json': invalid 'tokenizer_config.json' in tokenizer: expected a JSON object"
    ),
    (
      "generation_config.json", "{\"a\": ",
      "cannot load 'M/generation_config.json': JSON ends too early at byte 6"
    ),
    (
      "generation_config.json", "{\"eos_token_id\": \"x\"}",
      "cannot load 'M/generation_config.json': 'eos_token_id' is \"x\", expected token ids"
    ),
    (
      "model.safetensors", nil,
      "cannot read 'M': holds neither 'model.safetensors' nor 'pytorch_model.bin', nor an index of such files"
    ),
    (
      "model.safetensors", "",
      "cannot read 'M/model.safetensors': file ends at byte 0 where 8 more are needed"
    ),
  ])
  func `when a file of the directory is missing or damaged`(
    _ name: String,
    _ content: String?,
    _ message: String
  ) throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    if let content {
      try folder.write(Data(content.utf8), to: "model/\(name)")
    } else {
      try FileManager.default.removeItem(atPath: "\(model)/\(name)")
    }
    try refuse(model, message)
  }

  @Test(arguments: [
    ("hidden_size", nil, "/config.json': model configuration has no 'hidden_size'"),
    (
      "hidden_size", "\"x\"",
      "/config.json': model configuration 'hidden_size' is a string, expected a whole number"
    ),
    (
      "model_type", "\"gpt2\"",
      "/config.json': model architecture 'gpt2' is not supported, expected one of"
    ),
    (
      "rope_parameters", "{\"rope_type\": \"spiral\"}",
      "/config.json': model configuration 'rope_type' is 'spiral', expected"
    ),
    (
      "num_attention_heads", "0",
      "/config.json': model configuration 'num_attention_heads' is 0, expected 1 or more"
    ),
    ("num_hidden_layers", "3", "': model has no weight 'model.layers.2.input_layernorm.weight'"),
    ("tie_word_embeddings", "false", "': model has no weight 'lm_head.weight'"),
    (
      "num_hidden_layers", "1",
      "': model has weights that its architecture does not use: "
        + "'model.layers.1.input_layernorm.weight'"
    ),
    (
      "intermediate_size", "97",
      "': weight 'model.layers.0.mlp.gate_proj.weight' is [96, 64], expected [97, 64]"
    ),
    ("vocab_size", "100", "': weight 'model.embed_tokens.weight' is [352, 64], expected [100, 64]"),
  ])
  func `when its configuration is wrong`(
    _ key: String,
    _ value: String?,
    _ message: String
  ) throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    try folder.set(key, to: value, in: "model/config.json")
    let result = try Swiftllm.run(["generate", "-m", model, "--token-ids", "35"])
    #expect(result.errors.hasPrefix("swiftllm: cannot load '\(model)\(message)"))
    #expect(result.errors.filter { $0 == "\n" }.count == 1)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
  }

  @Test func `when a weight has another name`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    try folder.replace("model.norm.weight", by: "model.form.weight", in: "model/model.safetensors")
    try refuse(model, "cannot load 'M': model has no weight 'model.norm.weight'")
  }

  @Test func `when a shard or its index is bad`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-sharded")
    let shard = "model-00002-of-00002.safetensors"
    try FileManager.default.removeItem(atPath: "\(model)/\(shard)")
    try refuse(model, "cannot read 'M/\(shard)': no such file or directory")
    try folder.write(Data("{}".utf8), to: "model/model.safetensors.index.json")
    try refuse(
      model,
      "cannot read 'M/model.safetensors.index.json': index without 'weight_map' at byte 0"
    )
  }

  @Test(arguments: ["llama-f32/model.safetensors", "gguf-f32/model.gguf"])
  func `when its weights are cut short`(_ file: String) throws {
    let folder = try TemporaryFolder()
    let name = String(file.prefix { $0 != "/" })
    let model = try folder.copy(model: name)
    let damaged = folder.path("model/\(file.dropFirst(name.count + 1))")
    let bytes = try Data(contentsOf: URL(filePath: damaged))
    for length in [0, 1, 7, 8, 100, 5_000, 100_000, bytes.count - 1] {
      try bytes.prefix(length).write(to: URL(filePath: damaged))
      let result = try Swiftllm.run([
        "generate", "-m", damaged.hasSuffix(".gguf") ? damaged : model, "the",
      ])
      let message = "swiftllm: cannot read '\(damaged)': file ends at byte \(length) where "
      #expect(result.errors.hasPrefix(message))
      #expect(result.status == 1)
      #expect(result.output.isEmpty)
    }
  }

  @Test func `when it is a file of another kind`() throws {
    try refuse(
      Fixtures.path("models/llama-f32/config.json"),
      "cannot read 'M': no 'GGUF' at byte 0"
    )
    try refuse("/dev/null", "cannot read 'M': file ends at byte 0 where 4 more are needed")
  }

  @Test func `when a GGUF file asks for what is not supported`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "gguf-f32") + "/model.gguf"
    // One dimension of 64 float32 numbers becomes one of 64 integers.
    let description = "output_norm.weight\u{1}\0\0\0\u{40}\0\0\0\0\0\0\0"
    try folder.replace(
      description + "\0\0\0\0",
      by: description + "\u{1A}\0\0\0",
      in: "model/model.gguf"
    )
    let refusal = try Swiftllm.run(["generate", "-m", model, "the"])
    let reason = "weight 'output_norm.weight': dtype 'int32' cannot be multiplied, expected one of"
    #expect(refusal.errors.hasPrefix("swiftllm: cannot load '\(model)': \(reason) 'float32'"))
    #expect(refusal.status == 1)
    try FileManager.default.removeItem(atPath: folder.path("model"))
    _ = try folder.copy(model: "gguf-f32")
    try folder.replace("llama", by: "blama", in: "model/model.gguf")
    let result = try Swiftllm.run(["generate", "-m", model, "the"])
    let message = "cannot load '\(model)': model architecture 'blama' is not supported, expected"
    #expect(result.errors.hasPrefix("swiftllm: \(message) one of llama"))
    #expect(result.status == 1)
  }
}

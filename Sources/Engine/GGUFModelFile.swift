import Models
import TensorSerialization
import Tokenization

/// A GGUF file, which carries all parts of a model.
struct GGUFModelFile: ModelFiles {
  let path: String
  private let file: GGUFFile

  init(path: String) throws {
    self.path = path
    do {
      let opened = try TensorFile.open(path: path, as: .gguf)
      guard let gguf = opened.gguf else { throw TensorFileError.invalid("no 'GGUF'", offset: 0) }
      file = gguf
    } catch {
      throw ModelError(path, error)
    }
    if let count = file.metadata["split.count"]?.integerValue, count > 1 {
      throw ModelError(
        "cannot load '\(path)': the file is one of \(count) that a model was split into, "
          + "expected the whole model in one file"
      )
    }
  }

  func configuration() throws -> Configuration {
    try naming { try Configuration(gguf: file) }
  }

  func weights() throws -> WeightSource { try naming { try WeightSource(gguf: file) } }

  func tokenizer() throws -> Tokenizer {
    try naming { try Tokenizer(gguf: try vocabulary()) }
  }

  func chatTemplates() throws -> ChatTemplateSources {
    let key = "tokenizer.chat_template"
    var sources = ChatTemplateSources()
    sources["default"] = file.metadata[key]?.stringValue
    for (name, value) in file.metadata.sorted(by: { $0.key < $1.key })
    where name.hasPrefix("\(key).") {
      sources[String(name.dropFirst(key.count + 1))] = value.stringValue
    }
    return sources
  }

  /// The end-of-sequence, end-of-turn and end-of-message tokens that the file names, and the special
  /// tokens of its vocabulary that are known to end a turn or a text.
  ///
  /// Source: llama.cpp/src/llama-vocab.cpp, `special_eog_ids`
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<TokenID> {
    let known = [
      "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "</s>",
      "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>",
      "<end_of_utterance>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
    ]
    return Set(["eos", "eot", "eom"].compactMap(token))
      .union(known.compactMap(tokenizer.id(of:)).filter(tokenizer.isSpecial))
  }

  private func vocabulary() throws -> GGUFVocabulary {
    guard let vocabulary = GGUFVocabulary(Metadata(values: file.metadata)) else {
      throw ModelError("cannot load '\(path)': the file has no tokenizer")
    }
    return vocabulary
  }

  private func token(_ name: String) -> TokenID? {
    let key = "tokenizer.ggml.\(name)_token_id"
    if let id = file.metadata[key]?.integerValue.flatMap(UInt32.init(exactly:)) {
      return TokenID(id)
    }
    // SentencePiece vocabularies need not name it.
    let isSentencePiece = file.metadata["tokenizer.ggml.model"]?.stringValue == "llama"
    return isSentencePiece && name == "eos" ? 2 : nil
  }

  private func naming<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(path, error)
    }
  }
}

/// The metadata of a file as the tokenizer asks for it.
private struct Metadata: GGUFFacts {
  let values: [String: GGUFValue]

  func string(_ key: String) -> String? { values[key]?.stringValue }
  func bool(_ key: String) -> Bool? { values[key]?.boolValue }
  func integer(_ key: String) -> Int? { values[key]?.integerValue }
  func integers(_ key: String) -> [Int]? { values[key]?.integersValue }
  func floats(_ key: String) -> [Float]? { values[key]?.floatsValue }

  func strings(_ key: String) -> PackedStrings? {
    values[key]?.stringsValue.map { array in
      let packed = array.packed()
      return PackedStrings(bytes: packed.bytes, ends: packed.ends)
    }
  }
}

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
      file = try GGUFFile(path: path)
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

  func chatTemplateSource() throws -> String? {
    file.metadata["tokenizer.chat_template"]?.stringValue
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
    func value(_ name: String) -> GGUFValue? { file.metadata["tokenizer.ggml.\(name)"] }
    func strings(_ name: String) -> PackedStrings? {
      value(name)?.stringsValue.map { array in
        let packed = array.packed()
        return PackedStrings(bytes: packed.bytes, ends: packed.ends)
      }
    }
    guard let model = value("model")?.stringValue, let tokens = strings("tokens") else {
      throw ModelError("cannot load '\(path)': the file has no tokenizer")
    }
    var vocabulary = GGUFVocabulary(
      model: model,
      pre: value("pre")?.stringValue,
      tokens: tokens,
      merges: strings("merges") ?? PackedStrings()
    )
    vocabulary.types = (value("token_type")?.integersValue ?? []).map { Int32(clamping: $0) }
    vocabulary.scores = value("scores")?.floatsValue
    vocabulary.beginOfSequence = token("bos")
    vocabulary.endOfSequence = token("eos")
    vocabulary.endOfTurn = token("eot")
    vocabulary.unknown = token("unknown")
    vocabulary.padding = token("padding")
    vocabulary.addBOS = value("add_bos_token")?.boolValue
    vocabulary.addEOS = value("add_eos_token")?.boolValue
    vocabulary.addSpacePrefix = value("add_space_prefix")?.boolValue
    return vocabulary
  }

  /// The special token `name`; SentencePiece vocabularies have some that need not be named.
  private func token(_ name: String) -> TokenID? {
    if let id = file.metadata["tokenizer.ggml.\(name)_token_id"]?.integerValue {
      return UInt32(exactly: id).map { TokenID($0) }
    }
    guard file.metadata["tokenizer.ggml.model"]?.stringValue == "llama" else { return nil }
    return ["unknown": 0, "bos": 1, "eos": 2][name]
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

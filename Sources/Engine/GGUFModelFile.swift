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
  }

  func configuration() throws -> Configuration {
    try naming { try Configuration(gguf: file) }
  }

  func weights() throws -> WeightSource { WeightSource(gguf: file) }

  func tokenizer() throws -> Tokenizer {
    try naming { try Tokenizer(gguf: try vocabulary()) }
  }

  func chatTemplateSource() throws -> String? {
    file.metadata["tokenizer.chat_template"]?.stringValue
  }

  /// The end-of-sequence, end-of-turn and end-of-message tokens that the file names; where it names
  /// no end of turn, the well-known ones that its vocabulary has, as llama.cpp does.
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<TokenID> {
    let named = ["eos", "eot", "eom"].map(token)
    var tokens = Set(named.compactMap { $0 })
    if named[1] == nil {
      let turnEnds = ["<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>", "<|end_of_text|>"]
      tokens.formUnion(turnEnds.compactMap(tokenizer.id(of:)).filter(tokenizer.isSpecial))
    }
    return tokens
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

  private func token(_ name: String) -> TokenID? {
    file.metadata["tokenizer.ggml.\(name)_token_id"]?.integerValue
      .flatMap(UInt32.init(exactly:)).map { TokenID($0) }
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

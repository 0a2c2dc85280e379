import Glibc
import JSON
import Models
import TensorSerialization
import Tensors
import Tokenization

/// A directory as `save_pretrained` writes it.
struct HuggingFaceDirectory: ModelFiles {
  let path: String

  func configuration() throws -> Configuration {
    let json = try require("config.json")
    return try naming("config.json") { try Configuration(huggingFace: json) }
  }

  func weights() throws -> WeightSource {
    let checkpoint = try naming(nil) { try Checkpoint(directory: path) }
    var entries: [String: WeightSource.Entry] = [:]
    for name in checkpoint.tensorNames {
      entries[name] = WeightSource.Entry(fileName: name) { try checkpoint.tensor(name) }
    }
    return WeightSource(entries)
  }

  func tokenizer() throws -> Tokenizer {
    let configuration = try json("tokenizer_config.json")
    let file = try SharedBytes.mapping(path: "\(path)/tokenizer.json")
    return try naming("tokenizer.json") {
      try Tokenizer(tokenizerJSON: file.elements, configuration: configuration)
    }
  }

  /// `chat_template.jinja`, else `chat_template` of tokenizer_config.json: a string, or a list of
  /// named templates of which "default" is taken.
  func chatTemplateSource() throws -> String? {
    if let bytes = try optional("chat_template.jinja") {
      return String(decoding: bytes.buffer, as: UTF8.self)
    }
    guard let template = try json("tokenizer_config.json")?["chat_template"] else { return nil }
    if let source = template.stringValue { return source }
    return template.arrayValue?.first { $0["name"] == "default" }?["template"]?.stringValue
  }

  /// `eos_token_id` of generation_config.json, else of config.json, else the tokenizer's own.
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<TokenID> {
    for name in ["generation_config.json", "config.json"] {
      guard let ids = try json(name)?["eos_token_id"], ids != .null else { continue }
      let list = ids.arrayValue ?? [ids]
      let tokens = list.compactMap {
        $0.integerValue.flatMap(UInt32.init(exactly:)).map { TokenID($0) }
      }
      guard tokens.count == list.count else {
        throw ModelError(
          "cannot load '\(path)/\(name)': 'eos_token_id' is \(ids.text), expected token ids"
        )
      }
      return Set(tokens)
    }
    return Set([tokenizer.specialTokens.endOfSequence?.id].compactMap(\.self))
  }

  // MARK: Files

  private func naming<Value>(_ name: String?, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(name.map { "\(path)/\($0)" } ?? path, error)
    }
  }

  private func optional(_ name: String) throws -> SharedBytes? {
    let file = "\(path)/\(name)"
    guard access(file, F_OK) == 0 else { return nil }
    return try SharedBytes.mapping(path: file)
  }

  private func json(_ name: String) throws -> JSON? {
    guard let bytes = try optional(name) else { return nil }
    return try naming(name) { try JSON(parsing: Array(bytes.buffer)) }
  }

  private func require(_ name: String) throws -> JSON {
    guard let json = try json(name) else {
      throw ModelError("cannot load '\(path)': the directory has no '\(name)'")
    }
    return json
  }
}

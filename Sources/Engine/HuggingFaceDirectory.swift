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
    let configuration = try tokenizerConfiguration()
    let file = try SharedBytes.mapping(path: "\(path)/tokenizer.json")
    return try naming("tokenizer.json") {
      try Tokenizer(tokenizerJSON: file.elements, configuration: configuration)
    }
  }

  /// tokenizer_config.json; where that is of the older kind, which does not list added tokens,
  /// special_tokens_map.json names the special ones.
  ///
  /// Source: transformers/tokenization_utils_base.py, `_from_pretrained`
  private func tokenizerConfiguration() throws -> JSON? {
    let configuration = try json("tokenizer_config.json")
    guard configuration?["added_tokens_decoder"] == nil,
      let specialTokens = try json("special_tokens_map.json")?.objectValue
    else { return configuration }
    var members = configuration?.objectValue ?? JSONObject()
    for (name, token) in specialTokens { members[name] = token }
    return .object(members)
  }

  /// Whether `path` is a directory.
  static func isDirectory(path: String) throws -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ModelError(path, FileError(path: path, errno: errno))
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// The encoder with all its weights bound.
  func encoder() throws -> any TextEncoder {
    let json = try require("config.json")
    let configuration = try naming("config.json") { try EncoderConfiguration(huggingFace: json) }
    return try naming(nil) { try Architectures.encoder(configuration, try weights()) }
  }

  /// `chat_template.jinja`, else `chat_template` of tokenizer_config.json: a string, or a list of
  /// named templates of which "default" is taken.
  func chatTemplateSource() throws -> String? {
    if let bytes = try optional("chat_template.jinja") {
      return String(decoding: bytes.array, as: UTF8.self)
    }
    guard let template = try json("tokenizer_config.json")?["chat_template"] else { return nil }
    if let source = template.stringValue { return source }
    return template.arrayValue?.first { $0["name"] == "default" }?["template"]?.stringValue
  }

  /// The tokenizer's own, and `eos_token_id` of generation_config.json, else of config.json, as in
  /// vLLM.
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<TokenID> {
    var tokens = Set([tokenizer.specialTokens.endOfSequence?.id].compactMap(\.self))
    for name in ["generation_config.json", "config.json"] {
      guard let ids = try json(name)?["eos_token_id"], ids != .null else { continue }
      for id in ids.arrayValue ?? [ids] {
        guard let token = id.integerValue.flatMap(UInt32.init(exactly:)) else {
          throw ModelError(
            "cannot load '\(path)/\(name)': 'eos_token_id' is \(ids.text), expected token ids"
          )
        }
        tokens.insert(TokenID(token))
      }
      break
    }
    return tokens
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

  /// The JSON file `name`, an object; `nil` if there is none.
  func json(_ name: String) throws -> JSON? {
    guard let json = try anyJSON(name) else { return nil }
    guard json.objectValue != nil else {
      throw ModelError(
        "cannot load '\(path)/\(name)': expected a JSON object, found \(json.kindDescription)"
      )
    }
    return json
  }

  /// The JSON file `name`, whatever value it holds; `nil` if there is none.
  func anyJSON(_ name: String) throws -> JSON? {
    guard let bytes = try optional(name) else { return nil }
    return try naming(name) { try JSON(parsing: bytes.array) }
  }

  /// The JSON file `name`, an object that must be there.
  func require(_ name: String) throws -> JSON {
    guard let json = try json(name) else {
      throw ModelError("cannot load '\(path)': the directory has no '\(name)'")
    }
    return json
  }
}

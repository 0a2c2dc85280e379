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
    do {
      return try Tokenizer(directory: { try optional($0)?.array })
    } catch let error as TokenizerDirectoryError {
      throw ModelError(error.file.map { "\(path)/\($0)" } ?? path, error)
    }
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
  func encoder(_ loading: LoadingOptions) throws -> any TextEncoder {
    let json = try require("config.json")
    let configuration = try naming("config.json") { try EncoderConfiguration(huggingFace: json) }
    return try naming(nil) {
      let source = try weights()
      let columns = 4 * Double(configuration.hiddenSize) + 2 * Double(configuration.feedForwardSize)
      let layerCount = configuration.layerCount
      let elementCount = Double(layerCount) * Double(configuration.hiddenSize) * columns
      loading.apply(to: source, layerCount: layerCount, elementCount: elementCount)
      return try Architectures.encoder(configuration, source)
    }
  }

  /// `chat_template.jinja` and the templates in `additional_chat_templates`; without them `chat_template`
  /// of tokenizer_config.json, or of chat_template.json: a text, or a list of named templates.
  func chatTemplates() throws -> ChatTemplateSources {
    var sources = ChatTemplateSources()
    func text(_ name: String) throws -> String? {
      try optional(name).map { String(decoding: $0.array, as: UTF8.self) }
    }
    sources["default"] = try text("chat_template.jinja")
    let folder = "additional_chat_templates"
    for name in try DirectoryListing.names(in: "\(path)/\(folder)") where name.hasSuffix(".jinja") {
      sources[String(name.dropLast(".jinja".count))] = try text("\(folder)/\(name)")
    }
    if sources.names.isEmpty { sources.add(try json("tokenizer_config.json")?["chat_template"]) }
    if sources.names.isEmpty { sources.add(try json("chat_template.json")?["chat_template"]) }
    return sources
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

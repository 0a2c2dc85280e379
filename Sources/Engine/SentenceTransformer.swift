import Glibc
import JSON
import Models
import Tensors
import Tokenization

/// What sentence-transformers puts around an encoder: the files beside `config.json`.
///
/// Source: sentence_transformers/SentenceTransformer.py and sentence_transformers/models
struct SentenceTransformer {
  /// The directory of the encoder's own files.
  private(set) var encoderPath: String
  /// How hidden states become a vector; `nil` where no file says.
  private(set) var pooling: Pooling?
  /// The most tokens of a text.
  private(set) var lengthLimit: Int?
  /// Whether texts become lower case before they are tokenized.
  private(set) var lowercases = false
  /// What is put before every text.
  private(set) var prompt = ""

  /// Reads what the directory `path` has of it.
  ///
  /// - Throws: `ModelError` for a file that is damaged or asks for what cannot be done.
  init(path: String) throws {
    encoderPath = path
    let directory = HuggingFaceDirectory(path: path)
    if let modules = try directory.anyJSON("modules.json") {
      guard let list = modules.arrayValue else {
        throw ModelError("cannot load '\(path)/modules.json': expected a list of modules")
      }
      for module in list { try add(module, of: directory) }
    }
    let settings =
      try HuggingFaceDirectory(path: encoderPath).json("sentence_bert_config.json")
      ?? directory.json("sentence_bert_config.json")
    if let limit = settings?["max_seq_length"], limit != .null {
      guard let count = limit.integerValue, count > 0 else {
        throw ModelError(
          "cannot load '\(path)/sentence_bert_config.json': 'max_seq_length' is \(limit.text)"
        )
      }
      lengthLimit = count
    }
    lowercases = settings?["do_lower_case"]?.boolValue ?? false
    let prompts = try directory.json("config_sentence_transformers.json")
    if let name = prompts?["default_prompt_name"]?.stringValue {
      prompt = prompts?["prompts"]?[name]?.stringValue ?? ""
    }
  }

  /// The lengths that vectors may be cut to; empty for any, `nil` for none.
  ///
  /// Source: vllm/config/model.py, is_matryoshka
  func matryoshkaSizes() throws -> [Int]? {
    let json = try HuggingFaceDirectory(path: encoderPath).json("config.json")
    if let sizes = json?["matryoshka_dimensions"]?.arrayValue, !sizes.isEmpty {
      return sizes.compactMap(\.integerValue)
    }
    return json?["is_matryoshka"]?.boolValue ?? false ? [] : nil
  }

  private mutating func add(_ module: JSON, of directory: HuggingFaceDirectory) throws {
    let kind = module["type"]?.stringValue ?? ""
    let folder = module["path"]?.stringValue ?? ""
    // A path out of the directory would read files that are not the model's.
    guard !folder.hasPrefix("/"), !folder.split(separator: "/").contains("..") else {
      throw ModelError("cannot load '\(directory.path)/modules.json': path '\(folder)'")
    }
    let path = folder.isEmpty ? directory.path : "\(directory.path)/\(folder)"
    switch kind.split(separator: ".").last ?? "" {
    case "Transformer": encoderPath = path
    case "Pooling":
      let settings = try HuggingFaceDirectory(path: path).require("config.json")
      pooling = Pooling(try Self.mode(settings, "\(path)/config.json"), normalizes: false)
    case "Normalize":
      guard pooling != nil else { fallthrough }
      pooling?.normalizes = true
    default:
      throw ModelError(
        "cannot load '\(directory.path)/modules.json': module '\(kind)' is not supported, "
          + "expected Transformer, Pooling and Normalize in this order"
      )
    }
  }

  /// The one way of pooling that `1_Pooling/config.json` turns on, in its older or newer words.
  private static func mode(_ json: JSON, _ path: String) throws -> Pooling.Mode {
    let known: [String: Pooling.Mode] = [
      "pooling_mode_cls_token": .cls, "pooling_mode_mean_tokens": .mean,
      "pooling_mode_lasttoken": .last, "cls": .cls, "mean": .mean, "lasttoken": .last,
    ]
    var names = (json.objectValue.map(Array.init) ?? []).compactMap { key, value in
      key.hasPrefix("pooling_mode_") && value == .bool(true) ? key : nil
    }
    if let mode = json["pooling_mode"] {
      names = mode.arrayValue?.compactMap(\.stringValue) ?? [mode.stringValue].compactMap(\.self)
    }
    guard names.count == 1, let mode = known[names[0]] else {
      throw ModelError(
        "cannot load '\(path)': pooling is '\(names.joined(separator: ", "))', "
          + "expected one of cls, mean and last token"
      )
    }
    return mode
  }
}

import Foundation
import JSON
import TensorSerialization
import TestSupport
import Testing
import Tokenization

/// Vocabularies that do not come with the data: files in a folder of their own.
///
/// `SWIFTLLM_VOCABULARIES` names it. It may hold llama.cpp's `ggml-vocab-*.gguf` with their `.inp` and `.out`,
/// SentencePiece models and tekken files under the names that the data has for them.
private enum Vocabularies {
  static let folder = ProcessInfo.processInfo.environment["SWIFTLLM_VOCABULARIES"]
    .map { URL(filePath: $0) }

  static func url(_ name: String) -> URL? {
    guard let url = folder?.appending(path: name) else { return nil }
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }

  static func gguf(_ name: String) throws -> Tokenizer? {
    guard let url = url("ggml-vocab-\(name).gguf") else { return nil }
    let file = try GGUFFile(path: url.path)
    return try GGUFVocabulary(Metadata(values: file.metadata)).map { try Tokenizer(gguf: $0) }
  }

  static var ggufNames: [String] {
    guard let folder, let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    let (prefix, suffix) = ("ggml-vocab-", ".gguf")
    return files.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.sorted()
      .map { String($0.dropFirst(prefix.count).dropLast(suffix.count)) }
  }
}

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

@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Vocabulary conformance` {
  private static let skipped = "the file is not in SWIFTLLM_VOCABULARIES"

  /// Made by sentencepiece and mistral-common from the files named.
  @Test(arguments: ConformanceData.files(in: "goldens_sp").map(\.name))
  func `of model files`(name: String) throws {
    let tally = Tally("goldens_sp/\(name)")
    defer { tally.report() }
    let url = try #require(ConformanceData.file(name, in: "goldens_sp"))
    let goldens = try ConformanceData.lines(url).filter { $0["id"] != nil }
    let isTekken = name.contains("tekken")
    let fileName = isTekken ? name.replacing("mistral_common_", with: "") + ".json" : name
    guard let file = Vocabularies.url(fileName) else {
      tally.skip(Self.skipped, count: goldens.count)
      return
    }
    let bytes = [UInt8](try Data(contentsOf: file))
    let tokenizer = try Tokenizer(file: bytes.span, name: fileName)
    let corpus = try ConformanceData.corpus()
    for golden in goldens {
      let id = try #require(golden["id"]?.integerValue)
      let text = try #require(corpus[id])
      let expected = ConformanceData.tokens(golden["ids"])
      let tokens = try tokenizer.encode(text, addSpecialTokens: true, parseSpecialTokens: false)
      tally.check("ids", tokens == expected, "text \(id): \(text.debugDescription.prefix(200))")
      guard let decoded = golden["decoded"]?.stringValue else { continue }
      let text2 = tokenizer.decode(expected, skipSpecialTokens: false)
      tally.check("decoded", text2 == decoded, "text \(id): \(text2.debugDescription.prefix(200))")
      var decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: false)
      let pieces = expected.map { decoder.append($0) } + [decoder.finish()]
      tally.check("incremental", pieces.joined() == decoded, "text \(id)")
    }
  }

  /// llama.cpp's vocabularies against its own pairs, and against goldens of the same name.
  @Test(arguments: Vocabularies.ggufNames)
  func `of GGUF vocabularies`(name: String) throws {
    let tally = Tally("GGUF \(name)")
    defer { tally.report() }
    let tokenizer = try #require(try Vocabularies.gguf(name))
    if let file = ConformanceData.file("llama_cpp_\(name)", in: "peer_goldens") {
      let cases = try JSON(parsing: ConformanceData.unpacked(file))["cases"]?.arrayValue ?? []
      for entry in cases {
        let text = try #require(entry["text"]?.stringValue)
        let tokens = try tokenizer.encode(text, addSpecialTokens: false)
        tally.check(
          "peer_goldens",
          tokens == ConformanceData.tokens(entry["ids"]),
          text.debugDescription
        )
      }
    }
    if let input = Vocabularies.url("ggml-vocab-\(name).gguf.inp"),
      let output = Vocabularies.url("ggml-vocab-\(name).gguf.out")
    {
      let texts = String(decoding: try Data(contentsOf: input), as: UTF8.self)
        .components(separatedBy: "\n__ggml_vocab_test__\n")
      let lines = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        .components(separatedBy: "\n")
      for (text, line) in zip(texts, lines) {
        let expected = line.split(separator: " ").compactMap { UInt32($0) }
        let tokens = try tokenizer.encode(text, addSpecialTokens: false)
        tally.check("pairs", tokens.map(\.rawValue) == expected, text.debugDescription)
      }
    }
    guard let file = ConformanceData.file(name, in: "goldens") else { return }
    let corpus = try ConformanceData.corpus()
    for golden in try ConformanceData.lines(file).dropFirst() {
      let id = try #require(golden["id"]?.integerValue)
      let text = try #require(corpus[id])
      if let reason = Self.differences[name], reason.applies(text) {
        tally.skip(reason.description)
        continue
      }
      let tokens = try tokenizer.encode(text, addSpecialTokens: false)
      tally.check(
        "goldens",
        tokens == ConformanceData.tokens(golden["ids_plain"]),
        "text \(id): \(text.debugDescription.prefix(200))"
      )
    }
  }

  /// Where a GGUF file is another vocabulary than the tokenizer.json that goldens were made of.
  private static let differences:
    [String: (description: String, applies: @Sendable (String) -> Bool)] = [
      "refact": ("tokenizer.json numbers <|endoftext|> otherwise", { $0.contains("<|endoftext|>") })
    ]
}

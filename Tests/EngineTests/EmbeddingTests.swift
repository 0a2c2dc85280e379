import Engine
import Foundation
import JSON
import Models
import TensorSerialization
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite struct `Encoders` {
  static let pool = WorkerPool(threadCount: 2)

  @Test(arguments: ["bert", "bert-old"])
  func `tokenize and truncate as the reference does`(_ name: String) throws {
    let fixture = try EncoderFixture(name)
    let model = try EmbeddingModel(path: fixture.path)
    #expect(fixture.texts.count == 7)
    for (text, tokens) in zip(fixture.texts, fixture.tokens) {
      #expect(try model.tokens(of: text) == tokens, "\(text)")
    }
  }

  @Test(arguments: [("bert", 2e-6), ("bert-old", 2e-6)])
  func `give the reference's vectors, however texts are batched`(
    _ name: String,
    _ tolerance: Float
  ) throws {
    let fixture = try EncoderFixture(name)
    let model = try EmbeddingModel(path: fixture.path)
    let vectors = try model.vectors(of: fixture.tokens, on: Self.pool)
    #expect(vectors.largestCosineDistance(from: fixture.vectors) <= 1e-9)
    #expect(vectors.maximumDifference(from: fixture.vectors) <= 10 * tolerance)
    for (index, tokens) in fixture.tokens.enumerated() {
      let alone = try model.vectors(of: [tokens], on: WorkerPool(threadCount: 1))
      #expect(alone.storage == Array(vectors.row(index)))
    }
  }

  @Test(arguments: [Pooling.Mode.cls, .mean, .last], [true, false])
  func `pool rows by any mode`(_ mode: Pooling.Mode, _ normalizes: Bool) throws {
    let fixture = try EncoderFixture("bert")
    let hidden = HiddenStates(rows: fixture.hidden)
    let lengths = fixture.tokens.map(\.count)
    let vectors = Pooling(mode, normalizes: normalizes)(hidden, lengths: lengths)
    var row = 0
    for (index, length) in lengths.enumerated() {
      let rows = fixture.hidden.rows(row..<row + length)
      var expected = (0..<rows.columnCount).map { column in
        switch mode {
        case .cls: Double(rows[0, column])
        case .last: Double(rows[length - 1, column])
        case .mean: (0..<length).reduce(0) { $0 + Double(rows[$1, column]) } / Double(length)
        }
      }
      if normalizes {
        let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
        expected = expected.map { $0 / norm }
      }
      for (found, expected) in zip(vectors.row(index), expected) {
        #expect(abs(Double(found) - expected) <= 1e-6)
      }
      row += length
    }
    if mode == .mean, normalizes {
      #expect(vectors.largestCosineDistance(from: fixture.vectors) <= 1e-12)
    }
  }

  @Test(arguments: ["llama-f32", "gguf-f32"])
  func `are decoders too, by their last row`(_ name: String) throws {
    let fixture = try ReferenceFixture(name)
    var model = try EmbeddingModel(path: fixture.modelPath)
    #expect(model.pooling == Pooling(.last, normalizes: true))
    model.pooling.normalizes = false
    let prompt = try #require(fixture.prompts.first { $0.index == 1 })
    let vectors = try model.vectors(of: [[5, 6], prompt.tokens, [7]], on: Self.pool)
    let norm = try fixture.matrix("prompt1.norm")
    let last = norm.rows(norm.rowCount - 1..<norm.rowCount)
    #expect(vectors.rows(1..<2).maximumDifference(from: last) <= 1e-4)
  }

  @Test func `reduce vectors as scikit-learn does`() throws {
    let file = try SafetensorsFile(path: Fixtures.path("encoders/pca.safetensors"))
    let vectors = EncoderFixture.matrix(try file.tensor("vectors"))
    for (name, whitens) in [("projected", false), ("whitened", true)] {
      let expected = EncoderFixture.matrix(try file.tensor(name))
      let projection = try VectorProjection(fitting: vectors, count: 5, whitens: whitens)
      #expect(projection(vectors).maximumDifference(from: expected) <= 2e-5)
      let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors")
      defer { try? FileManager.default.removeItem(at: path) }
      try Data(try projection.bytes()).write(to: path)
      #expect(try VectorProjection(path: path.path) == projection)
    }
    #expect(throws: DecompositionError.tooManyComponents(asked: 7, possible: 6)) {
      try VectorProjection(fitting: vectors, count: 7, whitens: false)
    }
    #expect(throws: DecompositionError.tooFewRows(1)) {
      try VectorProjection(fitting: vectors.rows(0..<1), count: nil, whitens: true)
    }
  }

  @Test(arguments: [
    ("modules.json", #"[{"type":"sentence_transformers.models.Dense","path":"x"}]"#, "Dense"),
    ("modules.json", #"[{"type":"x.Transformer","path":"../other"}]"#, "path '../other'"),
    ("1_Pooling/config.json", #"{"pooling_mode_max_tokens":true}"#, "pooling_mode_max_tokens"),
    ("sentence_bert_config.json", #"{"max_seq_length":-1}"#, "max_seq_length"),
    ("config.json", #"{"model_type":"bert","hidden_size":0}"#, "num_hidden_layers"),
    ("config.json", #"{"model_type":"roberta"}"#, "roberta"),
  ])
  func `with files that cannot be followed are refused by name`(
    _ name: String,
    _ text: String,
    _ reason: String
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "encoder-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(atPath: Fixtures.path("encoders/bert"), toPath: folder.path)
    try Data(text.utf8).write(to: folder.appending(path: name))
    let error = #expect(throws: ModelError.self) { try EmbeddingModel(path: folder.path) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }
}

/// Where `make model` puts the sentence model; `nil` if it has not been run.
private let sentenceModelPath: String? = {
  let environment = ProcessInfo.processInfo.environment
  let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
  let path = "\(cache)/swiftllm/models/all-MiniLM-L6-v2"
  return FileManager.default.fileExists(atPath: path) ? path : nil
}()

/// all-MiniLM-L6-v2 against sentence-transformers.
@Suite(.enabled(if: sentenceModelPath != nil, "`make model` has not fetched the sentence model"))
struct `Whole model of sentences` {
  @Test func `gives sentence-transformers' vectors`() throws {
    let texts = try JSON(parsing: try Fixtures.bytes("encoders/minilm.json")).arrayValue ?? []
    let file = try SafetensorsFile(path: Fixtures.path("encoders/minilm.safetensors"))
    let expected = EncoderFixture.matrix(try file.tensor("vectors"))
    let model = try EmbeddingModel(path: try #require(sentenceModelPath))
    let tokens = try texts.compactMap(\.stringValue).map { try model.tokens(of: $0) }
    let vectors = try model.vectors(of: tokens, on: WorkerPool(threadCount: 2))
    let distance = vectors.largestCosineDistance(from: expected)
    print("sentence model: largest cosine distance \(distance)")
    #expect(texts.count == 30)
    #expect(distance <= 1e-5)
    #expect(vectors.maximumDifference(from: expected) <= 1e-5)
  }

  /// People's scores of pairs of sentences, and sentence-transformers' cosines.
  @Test(.enabled(if: Fixtures.conformance != nil))
  func `ranks pairs in conformance with the reference`() throws {
    let folder = try #require(Fixtures.conformance).appending(path: "eval")
    let file = try String(contentsOf: folder.appending(path: "sts_400.tsv"), encoding: .utf8)
    let rows = file.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
    let reference = try JSON(
      parsing: [UInt8](Data(contentsOf: folder.appending(path: "sts_minilm_reference.json")))
    )
    let model = try EmbeddingModel(path: try #require(sentenceModelPath))
    let texts = rows.map { String($0[5]) } + rows.map { String($0[6]) }
    let vectors = try model.vectors(
      of: texts.map { try model.tokens(of: $0) },
      on: WorkerPool(threadCount: 2)
    )
    let cosines = rows.indices.map { index in
      let first = index - rows.startIndex
      return zip(vectors.row(first), vectors.row(first + rows.count)).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    let expected = reference["cosine"]?.arrayValue?.compactMap(\.doubleValue) ?? []
    for (found, expected) in zip(cosines, expected) { #expect(abs(found - expected) <= 2e-6) }
    let correlation = spearman(cosines, rows.compactMap { Double($0[4]) })
    print("sentence model: Spearman \(correlation) on \(rows.count) pairs")
    #expect(rows.count >= 399)
    #expect(abs(correlation - 0.92378) <= 0.0005)
  }

  /// The correlation of ranks; equal numbers share the mean of theirs.
  private func spearman(_ a: [Double], _ b: [Double]) -> Double {
    func ranks(_ values: [Double]) -> [Double] {
      values.map { value in
        Double(values.count { $0 < value }) + Double(values.count { $0 == value } - 1) / 2
      }
    }
    let (x, y) = (ranks(a), ranks(b))
    let mean = Double(x.count - 1) / 2
    func product(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    }
    return product(x, y) / (product(x, x) * product(y, y)).squareRoot()
  }
}

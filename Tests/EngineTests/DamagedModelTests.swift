import Engine
import Foundation
import JSON
import Prompts
import TestSupport
import Testing
import Tokenization

/// Models that somebody broke: each runs or is refused in one line, and nothing traps.
@Suite(.serialized) struct `Damaged models` {
  private enum Outcome {
    case ran
    case refused
  }

  private func run(_ path: String, seed: UInt64) -> Outcome {
    do {
      let engine = try Engine(try LoadedModel(path: path), EngineOptions(threadCount: 1))
      _ = try engine.lastLogits(of: Prompt([.tokens([1, 2, 3])]))
      return .ran
    } catch {
      let message = "\(error)"
      #expect(!message.isEmpty && !message.contains { $0.isNewline }, "seed \(seed): \(message)")
      #expect(message.utf8.count < 1000, "seed \(seed)")
      return .refused
    }
  }

  /// Flips a bit, overwrites a run of bytes, or cuts the end off.
  private func damage(
    _ bytes: [UInt8],
    before end: Int,
    _ random: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<min(end, bytes.count), using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: bytes.removeSubrange(Int.random(in: place..<bytes.count, using: &random)...)
      case 1, 2:
        let value: UInt64 = [0, 1, 1 << 31, 1 << 62, .max].randomElement(using: &random) ?? 0
        for index in 0..<min(8, bytes.count - place) {
          bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
      default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      if bytes.isEmpty { break }
    }
    return bytes
  }

  /// Everything before the tensors' numbers lies in the first 10,000 bytes of these files.
  @Test(arguments: ["gguf-q4_0", "gguf-q8_0", "gguf-qwen3", "gguf-rope3"])
  func `of one file run or are refused`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try Fixtures.bytes("models/\(name)/model.gguf")
    var outcomes: [Outcome] = []
    for seed in UInt64(0)..<60 {
      var random = SeededGenerator(seed)
      let end = seed % 3 == 0 ? whole.count : 10_000
      let path = try folder.write(damage(whole, before: end, &random), to: "model.gguf")
      outcomes.append(run(path, seed: seed))
    }
    #expect(outcomes.contains(.ran) && outcomes.contains(.refused))
  }

  @Test(arguments: [
    "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
    "generation_config.json",
  ])
  func `of several files run or are refused`(_ file: String) throws {
    var outcomes: [Outcome] = []
    for name in ["llama-rope3", "mistral", "qwen2"] {
      let folder = try TemporaryFolder(copyOf: Fixtures.path("models/\(name)"))
      let whole = try folder.bytes(of: file)
      for seed in UInt64(0)..<20 {
        var random = SeededGenerator(seed)
        try folder.write(damage(whole, before: 4000, &random), to: file)
        outcomes.append(run(folder.path, seed: seed))
      }
    }
    #expect(outcomes.contains(.refused))
    // A vocabulary does not survive a change: some merge misses its token.
    #expect(outcomes.contains(.ran) || file == "tokenizer.json")
  }

  static let values: [JSON] = [
    0, -1, 1, 2, 3, 7, 33, 258, 65_537, .integer(1 << 30), .integer(1 << 31), .integer(.max),
    .integer(.min), 0.5, -0.5, 1e308, 1e-300, nil, true, false, "", "linear", [], [1], [nil], [:],
  ]

  @Test(arguments: ["llama-rope3", "mistral", "qwen2", "qwen3"])
  func `with a senseless setting run or are refused`(_ name: String) throws {
    let folder = try TemporaryFolder(copyOf: Fixtures.path("models/\(name)"))
    let whole = try JSON(parsing: try folder.bytes(of: "config.json")).objectValue ?? JSONObject()
    let rotary = whole["rope_parameters"]?.objectValue ?? JSONObject()
    let more = ["head_dim", "partial_rotary_factor", "sliding_window", "layer_types"]
    var outcomes: [Outcome] = []
    for value in Self.values {
      for key in whole.keys + more {
        var changed = whole
        changed[key] = value
        try folder.write(JSON.object(changed).text.utf8, to: "config.json")
        outcomes.append(run(folder.path, seed: 0))
      }
      for key in rotary.keys + ["factor", "partial_rotary_factor"] {
        var (changed, changedRotary) = (whole, rotary)
        changedRotary[key] = value
        changed["rope_parameters"] = .object(changedRotary)
        try folder.write(JSON.object(changed).text.utf8, to: "config.json")
        outcomes.append(run(folder.path, seed: 0))
      }
    }
    #expect(outcomes.contains(.ran) && outcomes.contains(.refused))
  }
}

import JSON
import Models

/// The content of chat messages, with markers in the places of what is not text.
///
/// Source: vllm/renderers/chat_utils/chat_message.py, vllm/renderers/hf.py
struct ChatContent {
  /// Something that a marker stands for, and whether a template may leave it out.
  private struct Insertion {
    let part: PromptReader.Part
    let isOptional: Bool
  }

  private let keepsParts: Bool
  private let opening: String
  private var insertions: [Insertion] = []

  /// Content without a message.
  ///
  /// With `keepsParts` lists of parts stay lists, for templates that read them; else they become text.
  init(keepsParts: Bool) {
    self.keepsParts = keepsParts
    // Nobody can guess it, so no text holds it.
    opening = "<prompt_embeds_\(UInt64.random(in: 0...(.max))) "
  }

  /// `message` with text and markers only.
  mutating func message(_ message: JSON, _ readRows: PromptReader.RowsReader) throws -> JSON {
    guard var members = message.objectValue else { return message }
    for name in ["reasoning", "reasoning_content"] {
      guard let value = members[name], value["type"] == "prompt_embeds" else { continue }
      members[name] = .string(try marker(for: value, isOptional: true, readRows))
    }
    guard let parts = members["content"]?.arrayValue else { return .object(members) }
    var texts: [String] = []
    for part in parts {
      if let text = part.stringValue {
        texts.append(text)
        continue
      }
      switch part["type"]?.stringValue {
      case "prompt_embeds": texts.append(try marker(for: part, isOptional: false, readRows))
      case "text", "input_text", "output_text", "refusal", "thinking":
        guard let text = (part["text"] ?? part["refusal"] ?? part["thinking"])?.stringValue else {
          throw PromptError.invalidMessages("a content part has no text")
        }
        texts.append(text)
      case let kind?:
        throw PromptError.invalidMessages("content parts of type '\(kind)' are not supported")
      case nil: throw PromptError.invalidMessages("a content part has no 'type'")
      }
    }
    members["content"] =
      keepsParts
      ? .array(texts.map { ["type": "text", "text": .string($0)] })
      : .string(texts.joined(separator: "\n"))
    return .object(members)
  }

  /// A turn of the user made of `parts`.
  mutating func userTurn(_ parts: [PromptReader.Part]) -> JSON {
    var content = ""
    for part in parts {
      if case .text(let text) = part {
        content += text
      } else {
        content += mark(part, isOptional: false)
      }
    }
    return ["role": "user", "content": .string(content)]
  }

  /// What the template rendered, cut at the markers and joined with what they stand for.
  ///
  /// - Throws: `.misplacedEmbeddings` where a marker is missing or stands there twice.
  func parts(of rendered: String) throws(PromptError) -> [PromptReader.Part] {
    var parts: [PromptReader.Part] = []
    var counts = [Int](repeating: 0, count: insertions.count)
    // Bytes, not characters: a combining mark behind the marker must not hide it.
    let pieces = rendered.utf8.split(separator: opening.utf8, omittingEmptySubsequences: false)
    for (index, piece) in pieces.enumerated() {
      var text = Substring(piece)
      if index > 0 {
        let digits = piece.prefix { $0 != UInt8(ascii: ">") }
        guard let number = Int(Substring(digits)), insertions.indices.contains(number) else {
          throw .misplacedEmbeddings(count: pieces.count - 1)
        }
        counts[number] += 1
        parts.append(insertions[number].part)
        text = Substring(piece.dropFirst(digits.count + 1))
      }
      parts.append(.text(String(text)))
    }
    for (count, insertion) in zip(counts, insertions)
    where count > 1 || (count == 0 && !insertion.isOptional) {
      throw .misplacedEmbeddings(count: count)
    }
    return parts
  }

  private mutating func marker(
    for part: JSON,
    isOptional: Bool,
    _ readRows: PromptReader.RowsReader
  ) throws -> String {
    guard let data = part["data"]?.stringValue, !data.isEmpty else {
      throw PromptError.missingPartData
    }
    return mark(.embeddings(try readRows(data)), isOptional: isOptional)
  }

  private mutating func mark(_ part: PromptReader.Part, isOptional: Bool) -> String {
    insertions.append(Insertion(part: part, isOptional: isOptional))
    return "\(opening)\(insertions.count - 1)>"
  }
}

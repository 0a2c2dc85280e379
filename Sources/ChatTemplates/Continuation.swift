import JSON

/// The mark that shows, in a rendered prompt, where the last message of a conversation ends.
struct Continuation {
  private static let mark: Text = "CONTINUE_FINAL_MESSAGE_TAG "

  /// The last message, with the mark behind its content.
  let message: JSON
  private let content: Text

  /// Marks the last of `messages`.
  init(of messages: [JSON], template: String) throws(TemplateError) {
    guard let last = messages.last, var members = last.objectValue else {
      throw .value("continue_final_message is set but the conversation is empty!")
    }
    guard let content = members["content"], content != .null else {
      throw .value(
        "continue_final_message is set but the final message has no \"content\" to continue!"
      )
    }
    guard Text(template).contains("content") else {
      throw .value(
        "continue_final_message is set to \"content\" but this is not an accepted field in the"
          + " chat_template"
      )
    }
    switch content {
    case .string(let text):
      self.content = Text(text)
      members["content"] = .string(text + Self.mark.string)
    case .array(var parts):
      guard let index = parts.lastIndex(where: { $0["text"] != nil }),
        var part = parts[index].objectValue, let text = part["text"]?.stringValue
      else {
        throw .value(
          "continue_final_message is set but we could not find any text to continue in the final"
            + " message!"
        )
      }
      self.content = Text(text)
      part["text"] = .string(text + Self.mark.string)
      parts[index] = .object(part)
      members["content"] = .array(parts)
    default:
      throw .type("the content to continue must be a string or an array of parts")
    }
    message = .object(members)
  }

  /// The prompt up to the mark.
  func cut(_ prompt: String) throws(TemplateError) -> String {
    let prompt = Text(prompt)
    let word = Self.mark.stripped()
    let content = content.stripped()
    guard prompt.contains(content),
      let offset = prompt.lastOffset(of: word.bytes, in: 0..<prompt.bytes.count)
    else {
      throw .value(
        "continue_final_message is set but the final message does not appear in the chat after"
          + " applying the chat template! This can happen if the chat template deletes portions of"
          + " the final message. Please verify the chat template and final message in your chat to"
          + " ensure they are compatible.Final message to continue: \(content.string)\n"
          + "Rendered chat:\n\(prompt.string)"
      )
    }
    let start = Text(prompt.bytes[..<offset])
    // Without the mark's space the template has trimmed the message, and what it added is not kept.
    let isWhole = prompt.matches(Self.mark.bytes, at: offset)
    return (isWhole ? start : start.stripped(leading: false)).string
  }
}

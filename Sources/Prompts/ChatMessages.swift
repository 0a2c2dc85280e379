public import JSON

/// What may stand in a list of chat messages.
public enum ChatMessages {
  /// The messages of `json`, a list of objects with a `role`, or an object with such a list as `messages`.
  ///
  /// Everything else about a message is the template's business.
  ///
  /// - Throws: `PromptError.invalidMessages`.
  public static func validated(_ json: JSON) throws(PromptError) -> [JSON] {
    let list = json["messages"] ?? json
    guard let messages = list.arrayValue else {
      throw .invalidMessages("expected a list, found \(list.kindDescription)")
    }
    for (index, message) in messages.enumerated() {
      guard message.objectValue != nil else {
        throw .invalidMessages(
          "message \(index) is \(message.kindDescription), expected an object"
        )
      }
      guard message["role"]?.stringValue != nil else {
        throw .invalidMessages("message \(index) has no string 'role'")
      }
    }
    guard !messages.isEmpty else { throw .invalidMessages("expected at least one, found none") }
    return messages
  }
}

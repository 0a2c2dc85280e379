import JSON

/// The texts of a model's chat templates, by name.
struct ChatTemplateSources: Sendable {
  private var sources: [(name: String, text: String)] = []

  /// The names in the order in which they were found.
  var names: [String] { sources.map(\.name) }

  /// The template of that name.
  subscript(name: String) -> String? {
    get { sources.first { $0.name == name }?.text }
    set {
      sources.removeAll { $0.name == name }
      if let newValue { sources.append((name, newValue)) }
    }
  }

  /// The template for chats: the one for tools where there are some and it is there, else the default.
  ///
  /// - Throws: `ModelError` where there are templates but no default.
  /// Source: transformers/tokenization_utils_base.py, `get_chat_template`
  func standard(withTools: Bool) throws(ModelError) -> String? {
    if withTools, let template = self["tool_use"] { return template }
    if let template = self["default"] { return template }
    guard sources.isEmpty else {
      let list = names.map { "'\($0)'" }.joined(separator: ", ")
      throw ModelError("the model has no default chat template; name one of \(list)")
    }
    return nil
  }

  /// The templates of `json`: a text, or a list of objects with a `name` and a `template`.
  mutating func add(_ json: JSON?) {
    guard let json else { return }
    if let text = json.stringValue { self["default"] = text }
    for entry in json.arrayValue ?? [] {
      guard let name = entry["name"]?.stringValue, let text = entry["template"]?.stringValue else {
        continue
      }
      self[name] = text
    }
    for (name, text) in json.objectValue ?? JSONObject() { self[name] = text.stringValue }
  }
}

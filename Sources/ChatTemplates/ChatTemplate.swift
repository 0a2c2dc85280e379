public import JSON

/// A chat template: a Jinja program that turns a conversation into the text of a prompt.
///
/// Renders as `transformers` does: jinja2's sandbox with `trim_blocks`, `lstrip_blocks`, `break`
/// and `continue`, `{% generation %}`, `tojson` without HTML escaping, `raise_exception` and
/// `strftime_now`. Values behave as Python's do; integers have up to 4300 digits.
///
/// Source: https://github.com/huggingface/transformers/blob/v5.23.0/src/transformers/utils/chat_template_utils.py
public struct ChatTemplate: Sendable {
  /// The text of the template.
  public let source: String
  private let names: [Text]
  private let undefinedNames: Set<NameID>
  private let body: [Statement]

  /// Reads the text of a template.
  ///
  /// - Throws: ``TemplateError/syntax(_:message:line:)`` if it is not valid, or
  ///   ``TemplateError/limitExceeded(_:)`` if it is nested too deeply.
  public init(_ source: String) throws(TemplateError) {
    self.source = source
    var parser = Parser(Lexer(source))
    body = try parser.parseTemplate()
    names = parser.names
    undefinedNames = parser.undefinedNames
  }

  /// The text that the template makes of `variables`.
  ///
  /// - Parameter now: what `strftime_now` takes for the time.
  /// - Throws: the error that ends the render.
  /// - Complexity: what the template does, up to `limits`.
  public func render(
    _ variables: JSONObject,
    limits: TemplateLimits = TemplateLimits(),
    now: @escaping @Sendable () -> LocalTime = LocalTime.now
  ) throws(TemplateError) -> String {
    let used = Set(names)
    var values: [Text: Value] = [:]
    for (name, value) in variables where used.contains(Text(name)) {
      values[Text(name)] = try Value(value)
    }
    for id in undefinedNames { values[names[id]] = .undefined(UndefinedObject(.name(names[id]))) }
    let evaluator = Evaluator(names: names, variables: values, limits: limits, clock: now)
    return try evaluator.render(body).string
  }
}

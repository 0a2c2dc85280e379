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
  /// For each name of the template, the function that every template has under it.
  private let functions: [GlobalFunction?]
  /// The positions of the names.
  private let identifiers: [Text: NameID]
  private let program: Program

  /// Reads the text of a template.
  ///
  /// - Throws: ``TemplateError/syntax(_:message:line:)`` if it is not valid,
  ///   ``TemplateError/runtime(_:message:)`` if it has a name or a constant that jinja2 fails to compile, or
  ///   ``TemplateError/limitExceeded(_:)`` if it is nested too deeply.
  public init(_ source: String) throws(TemplateError) {
    self.source = source
    var parser = Parser(Lexer(source))
    let body = try parser.parseTemplate()
    let names = parser.names
    functions = names.map { GlobalFunction(rawValue: $0.string) }
    program = try Compiler.compile(body, names: names, faults: parser.deferredFaults)
    var identifiers: [Text: NameID] = [:]
    for (id, name) in names.enumerated() { identifiers[name] = id }
    self.identifiers = identifiers
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
    var context = functions.map { $0.map(Value.function) }
    var reader = JSONValues()
    for (name, value) in variables {
      if let id = identifiers[Text(name)] { context[id] = try reader.value(of: value) }
    }
    let evaluator = Evaluator(program, context: context, limits: limits, clock: now)
    return try evaluator.render(program)
  }
}

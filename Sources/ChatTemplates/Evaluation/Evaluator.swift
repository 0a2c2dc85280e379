/// One render of a template: its variables, its output, and what it has used of its limits.
final class Evaluator {
  let limits: TemplateLimits
  let names: [Text]
  let clock: @Sendable () -> LocalTime
  /// The identifier of `loop`, if the template mentions it.
  let loopID: NameID?
  let root: Scope
  var output: [UInt8] = []
  /// Whether output is escaped, as `{% autoescape %}` says.
  var escapes = false
  /// What will fail once the output that is being written is put together.
  private var fault: TemplateError?
  private var remainingWork: Int
  private var depth = 0
  private var capturedScopes: [Scope] = []
  private var namespaces: [NamespaceObject] = []

  init(
    names: [Text],
    variables: [Text: Value],
    limits: TemplateLimits,
    clock: @escaping @Sendable () -> LocalTime
  ) {
    self.names = names
    self.limits = limits
    self.clock = clock
    loopID = names.firstIndex(of: "loop")
    remainingWork = limits.work
    root = Scope(
      slots: names.map { name in
        variables[name] ?? GlobalFunction(rawValue: name.string).map(Value.function)
      }
    )
  }

  /// Renders `body` from the start.
  func render(_ body: [Statement]) throws(TemplateError) -> Text {
    defer { release() }
    _ = try execute(body, root)
    if let fault { throw fault }
    return Text(bytes: output)
  }

  /// Breaks the cycles that macros and namespaces make, so that nothing outlives the render.
  private func release() {
    root.clear()
    for scope in capturedScopes { scope.clear() }
    for namespace in namespaces { namespace.clear() }
  }

  // MARK: Limits

  /// Counts `amount` of work.
  func charge(_ amount: Int = 1) throws(TemplateError) {
    remainingWork -= amount
    if remainingWork < 0 {
      throw .limitExceeded("the template does more than \(limits.work) steps")
    }
  }

  /// Counts the making of a text of `byteCount` bytes, which must not be too large.
  func charge(bytes byteCount: Int) throws(TemplateError) {
    guard byteCount <= limits.textBytes else {
      throw .limitExceeded("a text is longer than \(limits.textBytes) bytes")
    }
    try charge(byteCount / 32 + 1)
  }

  /// Counts going through `value` if it is a text. Containers are counted by what goes through them: asking
  /// for the length of a long conversation again and again costs nothing.
  func charge(reading value: Value) throws(TemplateError) {
    switch value {
    case .text(let text): try charge(text.bytes.count / 16)
    case .bytes(let value): try charge(value.bytes.count / 16)
    default: break
    }
  }

  /// Counts turning the long integers in `value` into digits, which the length of the text does not
  /// tell the cost of.
  func charge(writing value: Value) throws(TemplateError) {
    guard case .namespace(let namespace) = value else {
      try charge(value.digitWork)
      return
    }
    for name in namespace.names { try charge((namespace[name] ?? .none).digitWork) }
  }

  /// Counts looking up what each code point of `text` is.
  func charge(classifying text: Text) throws(TemplateError) -> Text {
    try charge(text.bytes.count)
    return text
  }

  /// Counts `count` copies of `byteCount` bytes.
  func charge(bytes byteCount: Int, times count: Int) throws(TemplateError) {
    let (product, overflows) = max(0, byteCount).multipliedReportingOverflow(by: max(0, count))
    try charge(bytes: overflows ? .max : product)
  }

  /// A text that was just made.
  func made(_ text: Text) throws(TemplateError) -> Value {
    try charge(bytes: text.bytes.count)
    return .text(text)
  }

  /// A list that was just made.
  func madeList(_ elements: [Value]) throws(TemplateError) -> Value {
    try charge(elements.count)
    return try .list(of: elements)
  }

  /// Runs `body` one level deeper; the bound protects the stack.
  func nested<T>(_ body: () throws(TemplateError) -> T) throws(TemplateError) -> T {
    try enter()
    defer { leave() }
    return try body()
  }

  func enter() throws(TemplateError) {
    guard depth < limits.evaluationDepth else {
      throw .limitExceeded("evaluation is nested deeper than \(limits.evaluationDepth) levels")
    }
    depth += 1
  }

  func leave() { depth -= 1 }

  // MARK: Output

  /// Writes `text`.
  func write(_ text: Text) throws(TemplateError) {
    guard output.count + text.bytes.count <= limits.textBytes else {
      throw .limitExceeded("the output is longer than \(limits.textBytes) bytes")
    }
    output.append(contentsOf: text.bytes)
  }

  /// What `body` writes, instead of to the output.
  func capture<T>(
    _ body: () throws(TemplateError) -> T
  ) throws(TemplateError) -> (text: Text, result: T) {
    var outer: [UInt8] = []
    var outerFault: TemplateError?
    swap(&outer, &output)
    swap(&outerFault, &fault)
    defer {
      swap(&outer, &output)
      swap(&outerFault, &fault)
    }
    let result = try body()
    if let fault { throw fault }
    try charge(bytes: output.count)
    return (Text(bytes: output, isMarkup: escapes), result)
  }

  /// Notes an error that jinja2 finds when it joins the pieces of the output.
  func noteFault(_ error: TemplateError) {
    if fault == nil { fault = error }
  }

  // MARK: Lifetimes

  /// Notes that a macro refers to `scope` and those around it.
  func capture(_ scope: Scope) {
    var next: Scope? = scope
    while let scope = next, !scope.isCaptured, scope.parent != nil {
      scope.isCaptured = true
      capturedScopes.append(scope)
      next = scope.parent
    }
  }

  func makeNamespace() -> NamespaceObject {
    let namespace = NamespaceObject()
    namespaces.append(namespace)
    return namespace
  }
}

/// One render of a template: its variables, its output, and what it has used of its limits.
final class Evaluator {
  let limits: TemplateLimits
  let clock: @Sendable () -> LocalTime
  /// What the render and the template's functions have under each name of the template.
  let context: [Value?]
  /// The variables of the template itself.
  let root: Frame
  private let output = OutputBuffer()
  /// Whether output is escaped, as `{% autoescape %}` says.
  var escapes = false
  /// What will fail once the output that is being written is put together.
  private var fault: TemplateError?
  private(set) var remainingWork: Int
  private var depth = 0
  private var capturedFrames: [Frame] = []
  private var namespaces: [NamespaceObject] = []

  init(
    _ program: Program,
    context: [Value?],
    limits: TemplateLimits,
    clock: @escaping @Sendable () -> LocalTime
  ) {
    self.context = context
    self.limits = limits
    self.clock = clock
    remainingWork = limits.work
    root = Frame(slotCount: program.slotCount, parent: nil)
  }

  /// Renders `program` from the start.
  func render(_ program: Program) throws(TemplateError) -> String {
    defer { release() }
    program.entry.enter(self, root)
    _ = try program.body.execute(self, root)
    if let fault { throw fault }
    return output.string
  }

  /// Breaks the cycles that macros and namespaces make, so that nothing outlives the render.
  private func release() {
    root.clear()
    for frame in capturedFrames { frame.clear() }
    for namespace in namespaces { namespace.clear() }
  }

  // MARK: Limits

  /// Counts `amount` of work.
  @inline(__always)
  func charge(_ amount: Int = 1) throws(TemplateError) {
    guard amount <= remainingWork else {
      remainingWork = -1
      throw workError
    }
    remainingWork -= amount
  }

  @inline(never)
  private var workError: TemplateError {
    .limitExceeded("the template does more than \(limits.work) steps")
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

  /// Counts turning numbers in `value` into digits, and going through namespaces in it: the length of the text
  /// does not tell the cost of the one, nor does the value's size that of the other.
  func charge(writing value: Value) throws(TemplateError) {
    if value.holdsNamespace {
      var size = 0
      try charge(writing: value, to: &size, within: Nesting())
    } else {
      try charge(value.digitWork)
    }
  }

  /// Counts writing all of `value`, namespaces included, whose text must not become too large.
  private func charge(
    writing value: Value,
    to size: inout Int,
    within nesting: Nesting
  ) throws(TemplateError) {
    try charge()
    guard nesting.depth <= TemplateLimits.valueDepth else { throw ValueExtent.depthError }
    guard value.holdsNamespace else {
      size += value.size
      guard size <= limits.textBytes else { return try charge(bytes: size) }
      return try charge(value.size / 32 + value.digitWork)
    }
    switch value {
    case .list(let sequence), .tuple(let sequence):
      for element in sequence.elements {
        try charge(writing: element, to: &size, within: nesting.deeper)
      }
    case .mapping(let mapping):
      for value in mapping.keys + mapping.values {
        try charge(writing: value, to: &size, within: nesting.deeper)
      }
    case .view(let view):
      try charge(writing: .mapping(view.mapping), to: &size, within: nesting.deeper)
    case .namespace(let namespace):
      if nesting.namespaces.contains(ObjectIdentifier(namespace)) { return }
      let inner = nesting.inside(namespace)
      for name in namespace.names {
        try charge(writing: namespace[name] ?? .none, to: &size, within: inner)
      }
    default: break
    }
  }

  /// Counts writing `value` as a text of its own, where that is not the text that it is.
  func charge(displaying value: Value) throws(TemplateError) {
    try charge(writing: value)
    switch value {
    case .list, .tuple, .mapping, .view:
      let size = value.size
      // An element counts for 8 bytes, and takes 3 in the text at least.
      if size / 3 > limits.textBytes { try charge(bytes: size / 3) }
      try charge(size / 12)
    default: break
    }
  }

  /// Counts changing the case of `text`, which takes long where a code point may become several.
  func charge(converting text: Text) throws(TemplateError) {
    try charge(text.isASCII ? text.bytes.count / 16 : text.bytes.count / 2)
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

  @inline(__always)
  func enter() throws(TemplateError) {
    guard depth < limits.evaluationDepth else { throw depthError }
    depth += 1
  }

  @inline(never)
  private var depthError: TemplateError {
    .limitExceeded("evaluation is nested deeper than \(limits.evaluationDepth) levels")
  }

  @inline(__always)
  func leave() { depth -= 1 }

  // MARK: Output

  /// Writes `text`.
  @inline(__always)
  func write(_ text: Text) throws(TemplateError) {
    try checkOutput(adding: text.bytes.count)
    output.append(text.bytes)
  }

  /// Writes the bytes of `text` in `range`.
  @inline(__always)
  func write(_ text: Text, in range: Range<Int>) throws(TemplateError) {
    try checkOutput(adding: range.count)
    output.append(text.bytes, in: range)
  }

  /// Writes `value` if it is a text without a mark, else returns it.
  @inline(__always)
  func writeText(_ value: Value) throws(TemplateError) -> Value? {
    guard case .text(let text) = value, !text.isMarkup else { return value }
    try write(text)
    return nil
  }

  /// Writes `source` if it is a text without a mark, else returns its value.
  @inline(__always)
  func writeText(_ source: MappingObject.Source) throws(TemplateError) -> Value? {
    switch source {
    case .value(let value): return try writeText(value)
    case .string(let string):
      try write(string, isTrimmed: false)
      return nil
    }
  }

  /// Writes `string`, perhaps without the white space around it.
  func write(_ string: String, isTrimmed: Bool) throws(TemplateError) {
    let count = string.utf8.count
    try checkOutput(adding: count)
    let written: Void? = unsafe string.utf8.withContiguousStorageIfAvailable { bytes in
      let range = isTrimmed ? unsafe Text.strippedRange(of: bytes) : 0..<count
      unsafe output.append(UnsafeBufferPointer(rebasing: bytes[range]))
    }
    if written == nil {
      let text = Text(string)
      output.append(text.bytes, in: isTrimmed ? text.strippedRange() : 0..<count)
    }
  }

  /// Writes `value` as an expression in braces does.
  func write(_ value: Value) throws(TemplateError) {
    if case .text(let text) = value, !escapes { return try write(text) }
    try charge(displaying: value)
    try write(escapes ? value.softDisplay.escaped() : value.display)
  }

  @inline(__always)
  private func checkOutput(adding count: Int) throws(TemplateError) {
    if output.count + count > limits.textBytes { throw outputError }
  }

  @inline(never)
  private var outputError: TemplateError {
    .limitExceeded("the output is longer than \(limits.textBytes) bytes")
  }

  /// How much has been written.
  var outputCount: Int { output.count }

  /// Takes back what has been written since the output had `count` bytes.
  func takeOutput(from count: Int) -> [UInt8] { output.remove(from: count) }

  /// What `body` writes, instead of to the output.
  func capture<T>(
    _ body: () throws(TemplateError) -> T
  ) throws(TemplateError) -> (text: Text, result: T) {
    let start = output.count
    let outerFault = fault
    fault = nil
    let result = try body()
    if let fault { throw fault }
    fault = outerFault
    try charge(bytes: output.count - start)
    return (Text(bytes: output.remove(from: start), isMarkup: escapes), result)
  }

  /// Notes an error that jinja2 finds when it joins the pieces of the output.
  func noteFault(_ error: TemplateError) {
    if fault == nil { fault = error }
  }

  // MARK: Lifetimes

  /// Notes that a macro refers to `frame` and those around it.
  func capture(_ frame: Frame) {
    var next: Frame? = frame
    while let frame = next, !frame.isCaptured {
      frame.isCaptured = true
      if frame !== root { capturedFrames.append(frame) }
      next = frame.parent
    }
  }

  func makeNamespace() -> NamespaceObject {
    let namespace = NamespaceObject()
    namespaces.append(namespace)
    return namespace
  }
}

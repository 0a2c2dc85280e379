/// Makes the syntax tree of a template from its tokens.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/parser.py
struct Parser {
  private let tokens: [Token]
  private let lexerError: TemplateError?
  private var position = 0
  /// The tags that are open, and the tags each of them waits for.
  var openTags: [Text] = []
  var expectedTags: [[Text]] = []
  /// The names of all variables, by their identifiers.
  private(set) var names: [Text] = []
  private var identifiers: [Text: NameID] = [:]
  /// Faults that jinja2 reports once the whole template has been parsed.
  private(set) var deferredFaults: [TemplateError] = []
  private(set) var frameLevel = 0
  private var depth = 0
  /// How long the chain of attributes, calls, filters and tests is that is being parsed.
  var chainLength = 0
  var loopDepth = 0
  /// How many `for` statements are open, macros inside of them included.
  var forDepth = 0
  /// The lines where a loop, or something in it, stores to `loop`.
  var loopStoreLines: [Int] = []
  var blockNames: Set<Text> = []
  /// For each open macro and loop, the names that its body reads.
  private var usedNames: [Set<Text>] = []

  init(_ lexer: Lexer) {
    tokens = lexer.tokens
    lexerError = lexer.error
  }

  /// Parses the whole template; what is wrong with it beyond its syntax is in `deferredFaults`.
  mutating func parseTemplate() throws(TemplateError) -> [Statement] {
    if tokens.count == 1, let lexerError { throw lexerError }
    let body = try parseBody(until: nil)
    return body
  }

  // MARK: Tokens

  var current: Token { tokens[position] }

  var line: Int { current.line }

  mutating func advance() throws(TemplateError) {
    if position + 1 < tokens.count { position += 1 }
    if position == tokens.count - 1, let lexerError { throw lexerError }
  }

  /// The token behind the current one.
  func lookAhead() throws(TemplateError) -> Token {
    let next = min(position + 1, tokens.count - 1)
    if next == tokens.count - 1, let lexerError { throw lexerError }
    return tokens[next]
  }

  func isAt(_ symbol: Token.Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isAt(name: Text) -> Bool { current.kind == .name(name) }

  mutating func skip(_ symbol: Token.Symbol) throws(TemplateError) -> Bool {
    guard isAt(symbol) else { return false }
    try advance()
    return true
  }

  mutating func skip(name: Text) throws(TemplateError) -> Bool {
    guard isAt(name: name) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind, _ expected: String) throws(TemplateError) {
    guard current.kind == kind else { throw unexpected(expected) }
    try advance()
  }

  mutating func expect(_ symbol: Token.Symbol) throws(TemplateError) {
    try expect(.symbol(symbol), symbol.rawValue)
  }

  mutating func expectName() throws(TemplateError) -> Text {
    guard case .name(let name) = current.kind else { throw unexpected("name") }
    try advance()
    return name
  }

  private func unexpected(_ expected: String) -> TemplateError {
    if current.kind == .end {
      return failure("unexpected end of template, expected '\(expected)'.")
    }
    let found = Text(current.description).representation.string
    return failure("expected token '\(expected)', got \(found)")
  }

  func failure(_ message: String, line: Int? = nil) -> TemplateError {
    .syntax(.templateSyntaxError, message: message, line: line ?? current.line)
  }

  // MARK: Names

  mutating func identifier(of name: Text) -> NameID {
    if let id = identifiers[name] { return id }
    let id = names.count
    identifiers[name] = id
    names.append(name)
    return id
  }

  /// Notes that an expression reads `name`.
  mutating func noteUse(of name: Text) {
    for index in usedNames.indices { usedNames[index].insert(name) }
  }

  /// The identifier of a special name that the macro or loop just parsed refers to.
  mutating func special(_ name: Text, among used: Set<Text>) -> NameID? {
    used.contains(name) ? identifier(of: name) : nil
  }

  // MARK: Nesting

  /// Parses something nested in the current construct; the bound protects the stack.
  mutating func nested<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> T {
    guard depth < TemplateLimits.syntaxDepth else {
      throw .limitExceeded(
        "the template is nested deeper than \(TemplateLimits.syntaxDepth) levels"
      )
    }
    depth += 1
    let result = try parse(&self)
    depth -= 1
    return result
  }

  /// Parses what has its own scope, where jinja2 is strict about unknown filters again.
  mutating func inFrame<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> T {
    frameLevel += 1
    let result = try parse(&self)
    frameLevel -= 1
    return result
  }

  /// Parses the body of a block, whose frames are counted anew; also returns the names it reads.
  mutating func inBlock<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> (T, Set<Text>) {
    let outerLevel = frameLevel
    frameLevel = -1
    let result = try inMacro(parse)
    frameLevel = outerLevel
    return result
  }

  /// Parses the body of a macro, which `break` cannot leave; also returns the names it reads.
  mutating func inMacro<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> (T, Set<Text>) {
    let outerLoopDepth = loopDepth
    loopDepth = 0
    let result = try notingNames { (parser) throws(TemplateError) in try parser.inFrame(parse) }
    loopDepth = outerLoopDepth
    return result
  }

  /// Parses the body of a loop, and also returns the names it reads, of which `loop` is its own.
  mutating func notingNamesOfLoop<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> (T, Set<Text>) {
    let readsLoop = usedNames.map { $0.contains("loop") }
    let result = try notingNames(parse)
    for (index, reads) in readsLoop.enumerated() where !reads { usedNames[index].remove("loop") }
    return result
  }

  /// Parses something, and also returns the names it reads.
  mutating func notingNames<T>(
    _ parse: (inout Parser) throws(TemplateError) -> T
  ) throws(TemplateError) -> (T, Set<Text>) {
    usedNames.append([])
    let result = try parse(&self)
    return (result, usedNames.popLast() ?? [])
  }

  // MARK: Deferred faults

  /// Reports what jinja2, or Python, finds once the whole template has been parsed.
  mutating func deferFault(
    _ kind: TemplateError.SyntaxErrorClass,
    _ message: String,
    line: Int
  ) {
    deferredFaults.append(.syntax(kind, message: message, line: line))
  }
}

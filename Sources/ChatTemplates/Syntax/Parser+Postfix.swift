/// What may follow an operand: attributes, subscripts, calls, filters and tests.
extension Parser {
  /// Counts one more level of a chain that grows to the left, within the bound for nesting.
  mutating func countChain() throws(TemplateError) {
    chainLength += 1
    guard chainLength <= TemplateLimits.chainLength else {
      throw .limitExceeded("an expression is longer than \(TemplateLimits.chainLength) steps")
    }
  }

  mutating func parsePostfix(of start: Expression) throws(TemplateError) -> Expression {
    let outerLength = chainLength
    var expression = start
    loop: while true {
      switch current.kind {
      case .symbol(.dot): expression = try parseAttribute(of: expression)
      case .symbol(.leftBracket): expression = try parseSubscript(of: expression)
      case .symbol(.leftParenthesis): expression = .call(expression, try parseArguments())
      default: break loop
      }
      try countChain()
    }
    chainLength = outerLength
    return expression
  }

  mutating func parseFiltersAndTests(of start: Expression) throws(TemplateError) -> Expression {
    let outerLength = chainLength
    var expression = start
    loop: while true {
      switch current.kind {
      case .symbol(.pipe): expression = try parseFilters(of: expression)
      case .name("is"): expression = try parseTest(of: expression)
      case .symbol(.leftParenthesis): expression = .call(expression, try parseArguments())
      default: break loop
      }
      try countChain()
    }
    chainLength = outerLength
    return expression
  }

  private mutating func parseAttribute(of base: Expression) throws(TemplateError) -> Expression {
    try advance()
    let token = current
    try advance()
    switch token.kind {
    case .name(let name): return .attribute(base, name)
    case .integer(let index): return .element(base, .integer(index))
    case .largeInteger(let index): return .element(base, .largeInteger(index))
    default: throw failure("expected name or number", line: token.line)
    }
  }

  private mutating func parseSubscript(of base: Expression) throws(TemplateError) -> Expression {
    try advance()
    var elements: [Expression] = []
    var slice: Expression?
    while !isAt(.rightBracket) {
      if !elements.isEmpty || slice != nil { try expect(.comma) }
      if let part = try parseSlice(of: base) {
        slice = part
      } else {
        elements.append(try parseExpression())
        if isAt(.colon) { slice = try parseSlice(of: base, start: elements.removeLast()) }
      }
    }
    try expect(.rightBracket)
    if let slice, elements.isEmpty { return slice }
    if slice == nil, elements.count == 1 { return .element(base, elements[0]) }
    return .element(base, .tuple(elements))
  }

  /// Parses `start:stop:step` from its first colon on; `nil` if there is no colon.
  private mutating func parseSlice(
    of base: Expression,
    start: Expression? = nil
  ) throws(TemplateError) -> Expression? {
    guard try skip(.colon) else { return nil }
    var stop: Expression?
    var step: Expression?
    if !isAt(.colon), !isAt(.rightBracket), !isAt(.comma) { stop = try parseExpression() }
    if try skip(.colon), !isAt(.rightBracket), !isAt(.comma) { step = try parseExpression() }
    return .slice(base, start: start, stop: stop, step: step)
  }

  mutating func parseArguments() throws(TemplateError) -> Arguments {
    let line = line
    try expect(.leftParenthesis)
    var arguments = Arguments()
    var needsComma = false
    func ensure(_ condition: Bool) throws(TemplateError) {
      if !condition {
        throw .syntax(
          .templateSyntaxError,
          message: "invalid syntax for function call expression",
          line: line
        )
      }
    }
    while !isAt(.rightParenthesis) {
      if needsComma {
        try expect(.comma)
        if isAt(.rightParenthesis) { break }
      }
      if try skip(.multiply) {
        try ensure(arguments.spreadPositional == nil && arguments.spreadKeywords == nil)
        arguments.spreadPositional = try parseExpression()
      } else if try skip(.power) {
        try ensure(arguments.spreadKeywords == nil)
        arguments.spreadKeywords = try parseExpression()
      } else if case .name(let name) = current.kind, try lookAhead().kind == .symbol(.assign) {
        try ensure(arguments.spreadKeywords == nil)
        try advance()
        try advance()
        if arguments.keywords.contains(where: { $0.name == name }) {
          deferFault(.syntaxError, "keyword argument repeated: \(name.string)", line: line)
        }
        arguments.keywords.append((name, try parseExpression()))
      } else {
        try ensure(
          arguments.spreadPositional == nil && arguments.spreadKeywords == nil
            && arguments.keywords.isEmpty
        )
        arguments.positional.append(try parseExpression())
      }
      needsComma = true
    }
    try expect(.rightParenthesis)
    return arguments
  }

  private mutating func parseDottedName() throws(TemplateError) -> String {
    var name = try expectName().string
    while try skip(.dot) { name += "." + (try expectName().string) }
    return name
  }

  /// Parses filters, the first of which applies to `base`, or to the text of a block if `nil`.
  mutating func parseFilters(
    of base: Expression?,
    startsInline: Bool = false
  ) throws(TemplateError) -> Expression {
    let outerLength = chainLength
    var expression = base
    var isInline = startsInline
    while isAt(.pipe) || isInline {
      if !isInline { try advance() }
      isInline = false
      let line = line
      let name = try parseDottedName()
      let arguments = isAt(.leftParenthesis) ? try parseArguments() : Arguments()
      expression = .filter(Filter.named(name), name: name, line: line, expression, arguments)
      try countChain()
    }
    chainLength = outerLength
    guard let expression else { throw failure("expected token 'name'") }
    return expression
  }

  private mutating func parseTest(of base: Expression) throws(TemplateError) -> Expression {
    let line = line
    try advance()
    let isNegated = try skip(name: "not")
    let name = try parseDottedName()
    var arguments = Arguments()
    if isAt(.leftParenthesis) {
      arguments = try parseArguments()
    } else if try startsTestArgument() {
      arguments.positional = [try parsePostfix(of: try parsePrimary())]
    }
    let test = ValueTest.named(name)
    let expression = Expression.test(test, name: name, line: line, base, arguments)
    return isNegated ? .not(expression) : expression
  }

  private func startsTestArgument() throws(TemplateError) -> Bool {
    switch current.kind {
    case .name("else"), .name("or"), .name("and"): return false
    case .name("is"): throw failure("You cannot chain multiple tests with is")
    case .name, .string, .integer, .largeInteger, .float, .symbol(.leftBracket),
      .symbol(.leftBrace):
      return true
    default: return false
    }
  }
}

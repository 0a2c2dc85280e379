extension Parser {
  /// Parses an expression, or several with commas between them, which make a tuple.
  mutating func parseTuple(
    withConditional: Bool = true,
    inParentheses: Bool = false
  ) throws(TemplateError) -> Expression {
    var elements: [Expression] = []
    var isTuple = false
    while true {
      if !elements.isEmpty { try expect(.comma) }
      if isAtTupleEnd { break }
      elements.append(try parseExpression(withConditional: withConditional))
      guard isAt(.comma) else { break }
      isTuple = true
    }
    if isTuple { return .tuple(elements) }
    if let element = elements.first { return element }
    guard inParentheses else {
      let found = Text(current.description).representation.string
      throw failure("Expected an expression, got \(found)")
    }
    return .tuple([])
  }

  private var isAtTupleEnd: Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .symbol(.rightParenthesis): true
    default: false
    }
  }

  /// Parses one expression.
  mutating func parseExpression(
    withConditional: Bool = true
  ) throws(TemplateError) -> Expression {
    try nested { (parser) throws(TemplateError) in
      let outerLength = parser.chainLength
      var line = parser.line
      var expression = try parser.parseAny()
      guard withConditional else { return expression }
      while try parser.skip(name: "if") {
        let test = try parser.parseAny()
        var otherwise: Expression?
        if try parser.skip(name: "else") { otherwise = try parser.parseExpression() }
        expression = .conditional(test: test, then: expression, otherwise: otherwise, line: line)
        line = parser.line
        // Each `x if y` becomes the operand of the next, so a chain nests as deeply as parentheses.
        if parser.isAt(name: "if") { try parser.countChain() }
      }
      parser.chainLength = outerLength
      return expression
    }
  }

  private mutating func parseAny() throws(TemplateError) -> Expression {
    let first = try parseAll()
    guard isAt(name: "or") else { return first }
    var operands = [first]
    while try skip(name: "or") { operands.append(try parseAll()) }
    return .any(operands)
  }

  private mutating func parseAll() throws(TemplateError) -> Expression {
    let first = try parseNot()
    guard isAt(name: "and") else { return first }
    var operands = [first]
    while try skip(name: "and") { operands.append(try parseNot()) }
    return .all(operands)
  }

  private mutating func parseNot() throws(TemplateError) -> Expression {
    var count = 0
    while try skip(name: "not") { count += 1 }
    let operand = try parseComparison()
    // Twice negated is the truth of the operand, so two levels stand for any even number.
    if count == 0 { return operand }
    return count % 2 == 1 ? .not(operand) : .not(.not(operand))
  }

  private mutating func parseComparison() throws(TemplateError) -> Expression {
    let first = try parseArithmetic(.sum)
    var operations: [(Comparison, Expression)] = []
    while let comparison = try skipComparison() {
      operations.append((comparison, try parseArithmetic(.sum)))
    }
    return operations.isEmpty ? first : .comparison(first, operations)
  }

  private mutating func skipComparison() throws(TemplateError) -> Comparison? {
    let comparison: Comparison
    switch current.kind {
    case .symbol(.equal): comparison = .equal
    case .symbol(.notEqual): comparison = .notEqual
    case .symbol(.less): comparison = .ordered(.less)
    case .symbol(.lessOrEqual): comparison = .ordered(.lessOrEqual)
    case .symbol(.greater): comparison = .ordered(.greater)
    case .symbol(.greaterOrEqual): comparison = .ordered(.greaterOrEqual)
    case .name("in"): comparison = .contained
    case .name("not"):
      guard try lookAhead().kind == .name("in") else { return nil }
      try advance()
      comparison = .notContained
    default: return nil
    }
    try advance()
    return comparison
  }

  // MARK: Arithmetic

  private enum Precedence { case sum, concatenation, product, power }

  private mutating func parseArithmetic(
    _ precedence: Precedence
  ) throws(TemplateError) -> Expression {
    switch precedence {
    case .sum:
      return try parseChain { (parser) throws(TemplateError) in
        try parser.parseArithmetic(.concatenation)
      } operator: { symbol in
        switch symbol {
        case .add, .subtract: ArithmeticOperator(rawValue: symbol.rawValue)
        default: nil
        }
      }
    case .concatenation:
      let first = try parseArithmetic(.product)
      guard isAt(.tilde) else { return first }
      var operands = [first]
      while try skip(.tilde) { operands.append(try parseArithmetic(.product)) }
      return .concatenation(operands)
    case .product:
      return try parseChain { (parser) throws(TemplateError) in
        try parser.parseArithmetic(.power)
      } operator: { symbol in
        switch symbol {
        case .multiply, .divide, .floorDivide, .remainder:
          ArithmeticOperator(rawValue: symbol.rawValue)
        default: nil
        }
      }
    case .power:
      return try parseChain { (parser) throws(TemplateError) in
        try parser.parseUnary()
      } operator: { symbol in
        symbol == .power ? .power : nil
      }
    }
  }

  private mutating func parseChain(
    operand: (inout Parser) throws(TemplateError) -> Expression,
    operator: (Token.Symbol) -> ArithmeticOperator?
  ) throws(TemplateError) -> Expression {
    let first = try operand(&self)
    var operations: [(ArithmeticOperator, Expression)] = []
    while case .symbol(let symbol) = current.kind, let operation = `operator`(symbol) {
      try advance()
      operations.append((operation, try operand(&self)))
    }
    return operations.isEmpty ? first : .arithmetic(first, operations)
  }

  private mutating func parseUnary(withFilter: Bool = true) throws(TemplateError) -> Expression {
    var expression: Expression
    if isAt(.subtract) || isAt(.add) {
      let isNegation = isAt(.subtract)
      try advance()
      let operand = try nested { (parser) throws(TemplateError) in
        try parser.parseUnary(withFilter: false)
      }
      expression = isNegation ? .negation(operand) : .identity(operand)
    } else {
      expression = try parsePrimary()
    }
    expression = try parsePostfix(of: expression)
    return withFilter ? try parseFiltersAndTests(of: expression) : expression
  }

  // MARK: Operands

  mutating func parsePrimary() throws(TemplateError) -> Expression {
    let token = current
    switch token.kind {
    case .name(let name):
      try advance()
      switch name {
      case "true", "True": return .boolean(true)
      case "false", "False": return .boolean(false)
      case "none", "None": return .none
      default:
        noteUse(of: name)
        return .name(identifier(of: name))
      }
    case .string(var text):
      try advance()
      while case .string(let next) = current.kind {
        text.bytes += next.bytes
        try advance()
      }
      return .text(text)
    case .integer(let value):
      try advance()
      return .integer(value)
    case .largeInteger(let value):
      try advance()
      return .largeInteger(value)
    case .float(let value):
      try advance()
      return .float(value)
    case .symbol(.leftParenthesis):
      try advance()
      let expression = try parseTuple(inParentheses: true)
      try expect(.rightParenthesis)
      return expression
    case .symbol(.leftBracket): return try parseList()
    case .symbol(.leftBrace): return try parseMapping()
    default:
      throw failure("unexpected \(Text(token.description).representation.string)", line: token.line)
    }
  }

  private mutating func parseList() throws(TemplateError) -> Expression {
    try advance()
    var elements: [Expression] = []
    while !isAt(.rightBracket) {
      if !elements.isEmpty { try expect(.comma) }
      if isAt(.rightBracket) { break }
      elements.append(try parseExpression())
    }
    try expect(.rightBracket)
    return .list(elements)
  }

  private mutating func parseMapping() throws(TemplateError) -> Expression {
    try advance()
    var members: [(Expression, Expression)] = []
    while !isAt(.rightBrace) {
      if !members.isEmpty { try expect(.comma) }
      if isAt(.rightBrace) { break }
      let key = try parseExpression()
      try expect(.colon)
      members.append((key, try parseExpression()))
    }
    try expect(.rightBrace)
    return .mapping(members)
  }

  // MARK: Targets of assignments

  func checkAssignable(_ name: Text, line: Int) throws(TemplateError) {
    switch name {
    case "true", "false", "none", "True", "False", "None":
      throw failure("can't assign to 'name'", line: line)
    default: break
    }
  }

  /// Parses the names that an assignment, a loop or `with` stores to.
  mutating func parseTarget(
    withNamespace: Bool = false,
    isParameter: Bool = false
  ) throws(TemplateError) -> Target {
    let line = line
    var targets: [Target] = []
    var isTuple = false
    while true {
      if !targets.isEmpty { try expect(.comma) }
      if isAtTupleEnd { break }
      targets.append(
        try parseSingleTarget(withNamespace: withNamespace, isParameter: isParameter)
      )
      guard isAt(.comma) else { break }
      isTuple = true
    }
    if isTuple { return .tuple(targets) }
    if let target = targets.first { return target }
    let found = Text(current.description).representation.string
    throw failure("Expected an expression, got \(found)", line: line)
  }

  private mutating func parseSingleTarget(
    withNamespace: Bool,
    isParameter: Bool
  ) throws(TemplateError) -> Target {
    let token = current
    if case .name(let name) = token.kind {
      if withNamespace, try lookAhead().kind == .symbol(.dot) {
        try advance()
        try advance()
        return .attribute(identifier(of: name), try expectName())
      }
      try advance()
      if case .boolean = Self.constant(name) {
        throw failure("can't assign to 'const'", line: token.line)
      }
      if case .some(.none) = Self.constant(name) {
        throw failure("can't assign to 'const'", line: token.line)
      }
      if name == "loop", forDepth > 0, !isParameter {
        loopStoreLines.append(token.line)
      }
      return .name(identifier(of: name))
    }
    let expression = try parsePrimary()
    guard let target = Self.target(expression) else {
      throw failure("can't assign to '\(expression.nodeName)'", line: token.line)
    }
    return target
  }

  private static func constant(_ name: Text) -> Expression? {
    switch name {
    case "true", "True": .boolean(true)
    case "false", "False": .boolean(false)
    case "none", "None": .some(.none)
    default: nil
    }
  }

  /// The target that a parenthesized expression of names stands for.
  private static func target(_ expression: Expression) -> Target? {
    switch expression {
    case .name(let id): return .name(id)
    case .tuple(let elements):
      var targets: [Target] = []
      for element in elements {
        guard let target = target(element) else { return nil }
        targets.append(target)
      }
      return .tuple(targets)
    default: return nil
    }
  }
}

extension Expression {
  /// What jinja2 calls the node where it cannot be assigned to.
  fileprivate var nodeName: String {
    switch self {
    case .none, .boolean, .integer, .largeInteger, .float, .text: "const"
    case .tuple: "tuple"
    case .list: "list"
    case .mapping: "dict"
    case .attribute: "getattr"
    case .element, .slice: "getitem"
    case .call: "call"
    case .filter: "filter"
    case .test: "test"
    case .conditional: "condexpr"
    default: "expr"
    }
  }
}

extension Parser {
  /// Parses text and tags until one of `ends`, which stays the current token; `nil` is the end.
  mutating func parseBody(until ends: [Text]?) throws(TemplateError) -> [Statement] {
    if let ends { expectedTags.append(ends) }
    var body: [Statement] = []
    loop: while true {
      switch current.kind {
      case .data(let text):
        body.append(.data(text))
        try advance()
      case .variableBegin:
        try advance()
        body.append(.output(try parseTuple()))
        try expect(.variableEnd, "end of print statement")
      case .blockBegin:
        try advance()
        if let ends, case .name(let name) = current.kind, ends.contains(name) { break loop }
        body += try nested { (parser) throws(TemplateError) in try parser.parseStatement() }
        try expect(.blockEnd, "end of statement block")
      default: break loop
      }
    }
    if ends != nil { expectedTags.removeLast() }
    return body
  }

  /// Parses the rest of a tag and the text behind it, up to one of `ends`.
  private mutating func parseStatements(
    until ends: [Text],
    droppingEnd: Bool = false
  ) throws(TemplateError) -> [Statement] {
    _ = try skip(.colon)
    try expect(.blockEnd, "end of statement block")
    let body = try parseBody(until: ends)
    if current.kind == .end { throw unknownTag(nil, expected: expectedTags + [ends]) }
    if droppingEnd { try advance() }
    return body
  }

  private func unknownTag(
    _ name: Text?,
    expected: [[Text]],
    line: Int? = nil
  ) -> TemplateError {
    var message =
      name.map { "Encountered unknown tag \($0.representation.string)." }
      ?? "Unexpected end of template."
    if let last = expected.last {
      let tags = last.map { "'\($0.string)'" }.joined(separator: " or ")
      if let name, expected.contains(where: { $0.contains(name) }) {
        message +=
          " You probably made a nesting mistake. Jinja is expecting this tag, but currently"
          + " looking for \(tags)."
      } else {
        message += " Jinja was looking for the following tags: \(tags)."
      }
    }
    if let tag = openTags.last {
      message += " The innermost block that needs to be closed is '\(tag.string)'."
    }
    return failure(message, line: line)
  }

  private mutating func parseStatement() throws(TemplateError) -> [Statement] {
    guard case .name(let tag) = current.kind else { throw failure("tag name expected") }
    let line = line
    openTags.append(tag)
    let statement: [Statement]
    switch tag {
    case "for": statement = [try parseFor()]
    case "if": statement = [try parseIf()]
    case "set": statement = [try parseSet()]
    case "macro": statement = [try parseMacro()]
    case "call": statement = [try parseCallBlock()]
    case "filter": statement = [try parseFilterBlock()]
    case "with": statement = [try parseWith()]
    case "print": statement = try parsePrint()
    case "generation": statement = [try parseGeneration()]
    case "autoescape": statement = [try parseAutoescape()]
    case "block": statement = [try parseBlock()]
    case "break", "continue": statement = [try parseLoopControl(tag, line: line)]
    case "include", "extends", "import", "from": statement = [try parseLoad(tag)]
    default:
      openTags.removeLast()
      throw unknownTag(tag, expected: expectedTags, line: line)
    }
    openTags.removeLast()
    return statement
  }

  private mutating func parseLoopControl(
    _ tag: Text,
    line: Int
  ) throws(TemplateError) -> Statement {
    try advance()
    let isBreak = tag == "break"
    if loopDepth == 0 {
      let message = isBreak ? "'break' outside loop" : "'continue' not properly in loop"
      deferFault(.syntaxError, message, line: line)
    }
    return isBreak ? .breakLoop : .continueLoop
  }

  private mutating func parseFor() throws(TemplateError) -> Statement {
    try advance()
    forDepth += 1
    let storeCount = loopStoreLines.count
    let target = try parseTarget()
    try expect(.name("in"), "in")
    let iterable = try parseTuple(withConditional: false)
    var test: Expression?
    if try skip(name: "if") {
      test = try inFrame { (parser) throws(TemplateError) in try parser.parseExpression() }
    }
    let isRecursive = try skip(name: "recursive")
    loopDepth += 1
    let (body, used) = try notingNamesOfLoop { (parser) throws(TemplateError) in
      try parser.inFrame { (parser) throws(TemplateError) in
        try parser.parseStatements(until: ["endfor", "else"])
      }
    }
    loopDepth -= 1
    var otherwise: [Statement] = []
    let hasElse = isAt(name: "else")
    try advance()
    if hasElse {
      otherwise = try inFrame { (parser) throws(TemplateError) in
        try parser.parseStatements(until: ["endfor"], droppingEnd: true)
      }
    }
    forDepth -= 1
    return .forLoop(
      Statement.ForLoop(
        target: target,
        iterable: iterable,
        test: test,
        isRecursive: isRecursive,
        loop: special("loop", among: used),
        loopStoreLine: loopStoreLines.dropFirst(storeCount).first,
        body: body,
        otherwise: otherwise
      )
    )
  }

  private mutating func parseIf() throws(TemplateError) -> Statement {
    try advance()
    var branches: [Statement.Branch] = []
    var otherwise: [Statement] = []
    while true {
      let test = try parseTuple(withConditional: false)
      let body = try parseStatements(until: ["elif", "else", "endif"])
      branches.append(Statement.Branch(test: test, body: body))
      if try skip(name: "elif") { continue }
      let hasElse = isAt(name: "else")
      try advance()
      if hasElse {
        otherwise = try parseStatements(until: ["endif"], droppingEnd: true)
      }
      break
    }
    return .conditional(branches, otherwise: otherwise)
  }

  private mutating func parseSet() throws(TemplateError) -> Statement {
    try advance()
    let target = try parseTarget(withNamespace: true)
    if try skip(.assign) {
      return .assignment(target, try parseTuple())
    }
    return try inFrame { (parser) throws(TemplateError) in
      var filter: Expression?
      if parser.isAt(.pipe) { filter = try parser.parseFilters(of: nil) }
      let body = try parser.parseStatements(until: ["endset"], droppingEnd: true)
      return .blockAssignment(target, filter: filter, body)
    }
  }

  private mutating func parseMacro() throws(TemplateError) -> Statement {
    let start = line
    try advance()
    let line = line
    let name = try expectName()
    try checkAssignable(name, line: line)
    let parameters = try inFrame { (parser) throws(TemplateError) in try parser.parseSignature() }
    let definition = try parseMacroBody(name, parameters, end: "endmacro", line: start)
    return .macro(identifier(of: name), definition)
  }

  private mutating func parseMacroBody(
    _ name: Text?,
    _ parameters: [MacroDefinition.Parameter],
    end: Text,
    line: Int
  ) throws(TemplateError) -> MacroDefinition {
    let (body, used) = try inMacro { (parser) throws(TemplateError) in
      try parser.parseStatements(until: [end], droppingEnd: true)
    }
    let declared = Set(parameters.map(\.name))
    return MacroDefinition(
      name: name,
      line: line,
      parameters: parameters,
      body: body,
      caller: special("caller", among: used),
      keywords: special("kwargs", among: used.subtracting(declared)),
      positionals: special("varargs", among: used.subtracting(declared))
    )
  }

  private mutating func parseSignature() throws(TemplateError) -> [MacroDefinition.Parameter] {
    var parameters: [MacroDefinition.Parameter] = []
    try expect(.leftParenthesis)
    while !isAt(.rightParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let line = line
      let name = try expectName()
      try checkAssignable(name, line: line)
      if parameters.contains(where: { $0.name == name }) {
        let argument = "'l_\(frameLevel)_\(name.string)'"
        let message = "duplicate argument \(argument) in function definition"
        deferFault(.syntaxError, message, line: line)
      }
      var defaultValue: Expression?
      if try skip(.assign) {
        defaultValue = try parseExpression()
      } else if parameters.last?.defaultValue != nil {
        throw failure("non-default argument follows default argument")
      }
      parameters.append(.init(id: identifier(of: name), name: name, defaultValue: defaultValue))
    }
    try expect(.rightParenthesis)
    return parameters
  }

  private mutating func parseCallBlock() throws(TemplateError) -> Statement {
    let line = line
    try advance()
    var parameters: [MacroDefinition.Parameter] = []
    if isAt(.leftParenthesis) {
      parameters = try inFrame { (parser) throws(TemplateError) in try parser.parseSignature() }
    }
    guard case .call(let callee, let arguments) = try parseExpression() else {
      throw failure("expected call", line: line)
    }
    let body = try parseMacroBody(nil, parameters, end: "endcall", line: line)
    return .callBlock(callee, arguments, body)
  }

  private mutating func parseGeneration() throws(TemplateError) -> Statement {
    let line = line
    try advance()
    return .generation(try parseMacroBody(nil, [], end: "endgeneration", line: line))
  }

  private mutating func parseFilterBlock() throws(TemplateError) -> Statement {
    try advance()
    return try inFrame { (parser) throws(TemplateError) in
      let filter = try parser.parseFilters(of: nil, startsInline: true)
      let body = try parser.parseStatements(until: ["endfilter"], droppingEnd: true)
      return .filterBlock(filter, body)
    }
  }

  private mutating func parseWith() throws(TemplateError) -> Statement {
    try advance()
    var assignments: [(Target, Expression)] = []
    while current.kind != .blockEnd {
      if !assignments.isEmpty { try expect(.comma) }
      let target = try parseTarget(isParameter: true)
      try expect(.assign)
      assignments.append((target, try parseExpression()))
    }
    let body = try inFrame { (parser) throws(TemplateError) in
      try parser.parseStatements(until: ["endwith"], droppingEnd: true)
    }
    return .with(assignments, body)
  }

  private mutating func parsePrint() throws(TemplateError) -> [Statement] {
    try advance()
    var outputs: [Statement] = []
    while current.kind != .blockEnd {
      if !outputs.isEmpty { try expect(.comma) }
      outputs.append(.output(try parseExpression()))
    }
    return outputs
  }

  private mutating func parseAutoescape() throws(TemplateError) -> Statement {
    try advance()
    return try inFrame { (parser) throws(TemplateError) in
      let value = try parser.parseExpression()
      let body = try parser.parseStatements(until: ["endautoescape"], droppingEnd: true)
      return .autoescape(value, body)
    }
  }

  private mutating func parseBlock() throws(TemplateError) -> Statement {
    let line = line
    try advance()
    let name = try expectName()
    let isScoped = try skip(name: "scoped")
    _ = try skip(name: "required")
    if isAt(.subtract) {
      throw failure(
        "Block names in Jinja have to be valid Python identifiers and may not contain hyphens,"
          + " use an underscore instead."
      )
    }
    if !blockNames.insert(name).inserted {
      let quoted = name.representation.string
      deferFault(.templateAssertionError, "block \(quoted) defined twice", line: line)
    }
    let (body, used) = try inBlock { (parser) throws(TemplateError) in
      try parser.parseStatements(until: ["endblock"], droppingEnd: true)
    }
    _ = try skip(name: name)
    return .block(
      Statement.Block(
        name: name,
        isScoped: isScoped,
        parent: special("super", among: used),
        body: body
      )
    )
  }

  /// Parses the tags that need other templates; there are none, so only the name is evaluated.
  private mutating func parseLoad(_ tag: Text) throws(TemplateError) -> Statement {
    let line = line
    try advance()
    let template = try parseExpression()
    while current.kind != .blockEnd, current.kind != .end { try advance() }
    return .load(template, extendsLine: tag == "extends" ? line : nil)
  }
}

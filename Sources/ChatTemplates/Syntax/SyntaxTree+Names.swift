extension Statement {
  /// Whether the statement is, or has somewhere within it, a block that sees the variables around it.
  var containsScopedBlock: Bool {
    switch self {
    case .data, .output, .assignment, .load, .breakLoop, .continueLoop: false
    case .block(let block): block.isScoped || Self.containScopedBlock(block.body)
    case .forLoop(let loop):
      Self.containScopedBlock(loop.body) || Self.containScopedBlock(loop.otherwise)
    case .conditional(let branches, let otherwise):
      branches.contains { Self.containScopedBlock($0.body) } || Self.containScopedBlock(otherwise)
    case .macro(_, let definition), .callBlock(_, _, let definition), .generation(let definition):
      Self.containScopedBlock(definition.body)
    case .filterBlock(_, let body), .blockAssignment(_, _, let body), .with(_, let body),
      .autoescape(_, let body):
      Self.containScopedBlock(body)
    }
  }

  private static func containScopedBlock(_ body: [Statement]) -> Bool {
    body.contains { $0.containsScopedBlock }
  }
}

extension Expression {
  /// Calls `body` with the names that the expression reads, in their order.
  func forEachName(_ body: (NameID) -> Void) {
    switch self {
    case .none, .boolean, .integer, .largeInteger, .float, .text: break
    case .name(let name): body(name)
    case .tuple(let parts), .list(let parts), .concatenation(let parts), .all(let parts),
      .any(let parts):
      for part in parts { part.forEachName(body) }
    case .mapping(let members):
      for (key, value) in members {
        key.forEachName(body)
        value.forEachName(body)
      }
    case .attribute(let base, _), .not(let base), .negation(let base), .identity(let base):
      base.forEachName(body)
    case .element(let base, let key):
      base.forEachName(body)
      key.forEachName(body)
    case .slice(let base, let start, let stop, let step):
      base.forEachName(body)
      for bound in [start, stop, step] { bound?.forEachName(body) }
    case .call(let callee, let arguments):
      callee.forEachName(body)
      arguments.forEachName(body)
    case .filter(_, _, _, let operand, let arguments):
      operand?.forEachName(body)
      arguments.forEachName(body)
    case .test(_, _, _, let operand, let arguments):
      operand.forEachName(body)
      arguments.forEachName(body)
    case .arithmetic(let first, let operations):
      first.forEachName(body)
      for (_, operand) in operations { operand.forEachName(body) }
    case .comparison(let first, let operations):
      first.forEachName(body)
      for (_, operand) in operations { operand.forEachName(body) }
    case .conditional(let test, let then, let otherwise, _):
      test.forEachName(body)
      then.forEachName(body)
      otherwise?.forEachName(body)
    }
  }
}

extension Arguments {
  /// Calls `body` with the names that the arguments read, in their order.
  func forEachName(_ body: (NameID) -> Void) {
    for expression in positional { expression.forEachName(body) }
    for (_, expression) in keywords { expression.forEachName(body) }
    spreadPositional?.forEachName(body)
    spreadKeywords?.forEachName(body)
  }
}

/// Which of some names a body reads before it, or a function within it, declares them. What blocks read does not
/// count: they are functions of the template.
///
/// The order is that of the fields of jinja2's nodes, which is not always that of the source.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/compiler.py
struct UndeclaredNames {
  private var sought: Set<NameID>
  private(set) var found: Set<NameID> = []

  init(_ names: [NameID?], in body: [Statement]) {
    sought = Set(names.compactMap { $0 })
    visit(body)
  }

  private mutating func read(_ name: NameID) {
    if sought.remove(name) != nil { found.insert(name) }
  }

  private mutating func read(_ expression: Expression) {
    expression.forEachName { read($0) }
  }

  private mutating func read(_ arguments: Arguments) {
    arguments.forEachName { read($0) }
  }

  private mutating func declare(_ target: Target) {
    switch target {
    case .name(let name): sought.remove(name)
    case .attribute: break
    case .tuple(let targets): for target in targets { declare(target) }
    }
  }

  private mutating func visit(_ body: [Statement]) {
    for statement in body where !sought.isEmpty { visit(statement) }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .data, .breakLoop, .continueLoop, .block: break
    case .output(let expression), .load(let expression, _): read(expression)
    case .forLoop(let loop):
      declare(loop.target)
      read(loop.iterable)
      visit(loop.body)
      visit(loop.otherwise)
      if let test = loop.test { read(test) }
    case .conditional(let branches, let otherwise):
      for branch in branches {
        read(branch.test)
        visit(branch.body)
      }
      visit(otherwise)
    case .macro(_, let definition), .generation(let definition): visit(definition)
    case .callBlock(let callee, let arguments, let definition):
      read(callee)
      read(arguments)
      visit(definition)
    case .filterBlock(let filter, let body):
      visit(body)
      read(filter)
    case .assignment(let target, let expression):
      declare(target)
      read(expression)
    case .blockAssignment(let target, let filter, let body):
      declare(target)
      if let filter { read(filter) }
      visit(body)
    case .with(let assignments, let body):
      for (target, _) in assignments { declare(target) }
      for (_, expression) in assignments { read(expression) }
      visit(body)
    case .autoescape(let expression, let body):
      read(expression)
      visit(body)
    }
  }

  private mutating func visit(_ definition: MacroDefinition) {
    for parameter in definition.parameters { sought.remove(parameter.id) }
    for parameter in definition.parameters {
      if let value = parameter.defaultValue { read(value) }
    }
    visit(definition.body)
  }
}

/// Finding the names of a frame before any of it is compiled. What opens a frame of its own is not gone into,
/// but what is evaluated outside of that frame is.
extension Symbols {
  func analyze(_ body: [Statement]) {
    for statement in body { analyze(statement) }
  }

  private func analyze(_ statement: Statement) {
    switch statement {
    case .data, .breakLoop, .continueLoop, .generation, .autoescape, .block: break
    case .output(let expression), .load(let expression, _): analyze(expression)
    case .forLoop(let loop): analyze(loop.iterable)
    case .conditional(let branches, let otherwise): analyze(branches[...], otherwise)
    case .macro(let name, _): store(name)
    case .callBlock(let callee, let arguments, _):
      analyze(callee)
      analyze(arguments)
    case .filterBlock(let filter, _): analyze(filter)
    case .assignment(let target, let expression):
      analyze(expression)
      analyze(target)
    case .blockAssignment(let target, _, _): analyze(target)
    case .with(let assignments, _): for (_, expression) in assignments { analyze(expression) }
    }
  }

  private func analyze(_ branches: ArraySlice<Statement.Branch>, _ otherwise: [Statement]) {
    guard let first = branches.first else { return }
    analyze(first.test)
    let body = copy()
    body.analyze(first.body)
    // jinja2 takes each `elif` for an `if` of its own within the branch of them all.
    let alternatives = copy()
    for branch in branches.dropFirst() { alternatives.analyze([branch], []) }
    let last = copy()
    last.analyze(otherwise)
    update(from: [body, alternatives, last])
  }

  private func analyze(_ target: Target) {
    switch target {
    case .name(let name): store(name)
    case .attribute(let name, _): load(name)
    case .tuple(let targets): for target in targets { analyze(target) }
    }
  }

  /// Declares the names of `target`, which gets its values from outside of the frame.
  func declareParameters(_ target: Target) {
    switch target {
    case .name(let name): declareParameter(name)
    case .attribute(let name, _): load(name)
    case .tuple(let targets): for target in targets { declareParameters(target) }
    }
  }

  func analyze(_ arguments: Arguments) { arguments.forEachName { load($0) } }

  func analyze(_ expression: Expression) { expression.forEachName { load($0) } }
}

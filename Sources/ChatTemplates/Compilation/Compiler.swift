/// Makes what is executed from the syntax tree: names become places in frames.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/compiler.py
struct Compiler {
  let names: [Text]
  let root: Symbols
  /// The frame that is being compiled.
  var symbols: Symbols
  /// Where the filters of the block that is being compiled find its text.
  var textSlot: Int?
  /// Whether unknown filters and tests only fail when they are used, as within `if`.
  var isSoft = false
  /// Whether the current expression is within one that jinja2 evaluates beforehand if it is constant.
  var isOptimized = false
  /// Whether the value of the current expression is known, and has nothing that fails.
  var isKnown = false
  /// Whether a constant is being compiled to be evaluated, not to be rendered.
  var isFolding = false
  /// Whether the output may be escaped, which keeps jinja2 from evaluating constants.
  var mayEscape = false
  /// How much work may still go into the values of constants.
  var remainingWork = 200_000
  /// The first fault that jinja2's compiler would find.
  private(set) var fault: TemplateError?
  /// The first fault of each block, in the order in which they begin; jinja2 compiles them after all else.
  private var blockFaults: [TemplateError?] = []

  /// Compiles a whole template.
  ///
  /// - Parameter faults: what the parser found; Python, which compiles what jinja2 makes of the template,
  ///   would find its own last.
  static func compile(
    _ body: [Statement],
    names: [Text],
    faults: [TemplateError]
  ) throws(TemplateError) -> Program {
    if let fault = faults.first(where: { !$0.isPythonSyntax }) { throw fault }
    let root = Symbols(parent: nil, function: FunctionScope(parent: nil))
    root.analyze(body)
    var compiler = Compiler(names: names, root: root, symbols: root)
    let compiled = compiler.compile(body)
    // Python looks at the names of all functions before the rest.
    let last = faults.first { $0.message.hasPrefix("duplicate argument") } ?? faults.first
    let blockFault = compiler.blockFaults.lazy.compactMap { $0 }.first
    if let fault = compiler.fault ?? blockFault ?? last { throw fault }
    return Program(
      body: compiled,
      slotCount: root.function.slotCount,
      entry: compiler.entry(of: root)
    )
  }

  private init(names: [Text], root: Symbols, symbols: Symbols) {
    self.names = names
    self.root = root
    self.symbols = symbols
  }

  mutating func noteFault(_ error: TemplateError) {
    if fault == nil { fault = error }
  }

  /// Compiles in the frame `inner`.
  mutating func inFrame<T>(_ inner: Symbols, _ compile: (inout Compiler) -> T) -> T {
    let outer = symbols
    let (outerTextSlot, wasSoft) = (textSlot, isSoft)
    symbols = inner
    isSoft = false
    let result = compile(&self)
    symbols = outer
    (textSlot, isSoft) = (outerTextSlot, wasSoft)
    return result
  }

  /// Compiles a block in its frame `inner`, apart from what is around it.
  mutating func inBlock<T>(_ inner: Symbols, _ compile: (inout Compiler) -> T) -> T {
    let (outerFault, outerMayEscape) = (fault, mayEscape)
    let index = blockFaults.count
    blockFaults.append(nil)
    (fault, mayEscape) = (nil, false)
    let result = inFrame(inner, compile)
    blockFaults[index] = fault
    (fault, mayEscape) = (outerFault, outerMayEscape)
    return result
  }

  /// Compiles where `isSoft` holds.
  mutating func softly<T>(_ compile: (inout Compiler) -> T) -> T {
    let wasSoft = isSoft
    isSoft = true
    let result = compile(&self)
    isSoft = wasSoft
    return result
  }

  /// Notes that there is no filter, or test, of that name.
  mutating func noteUnknown(_ kind: String, _ name: String, line: Int) {
    if isSoft { return }
    let message = "No \(kind) named \(Text(name).representation.string)."
    noteFault(.syntax(.templateAssertionError, message: message, line: line))
  }

  /// A frame within the current one, of the same function.
  func innerFrame() -> Symbols { Symbols(parent: symbols, function: symbols.function) }

  // MARK: Names

  /// How an expression of the current frame gets at `name`.
  mutating func node(for name: NameID) -> any ExpressionNode {
    guard let (variable, frame) = symbols.find(name) else {
      let quoted = names[name].representation.string
      noteFault(
        .runtime(
          .assertionError,
          message:
            "Tried to resolve a name to a reference that was unknown to the frame (\(quoted))"
        )
      )
      return ContextNode(name, names[name])
    }
    if frame.isOnlyRead(name) {
      guard let block = Self.block(around: frame.function) else {
        return ContextNode(name, names[name])
      }
      return node(for: Variable(function: block, slot: block.contextSlot(name)), name)
    }
    return node(for: variable, name)
  }

  private func node(for variable: Variable, _ name: NameID) -> any ExpressionNode {
    let distance = symbols.function.distance(to: variable.function) ?? 0
    return distance == 0
      ? LocalNode(variable.slot, names[name]) : OuterNode(distance, variable.slot, names[name])
  }

  /// The function of the block that `function` belongs to.
  private static func block(around function: FunctionScope) -> FunctionScope? {
    var next: FunctionScope? = function
    while let scope = next {
      if scope.isBlock { return scope }
      next = scope.parent
    }
    return nil
  }

  /// The place of a name that the current frame stores to.
  func slot(of name: NameID) -> Int { symbols.variables[name]?.slot ?? 0 }

  /// What the variables of `frame` hold when it begins.
  func entry(of frame: Symbols) -> FrameEntry {
    var initialValues: [(slot: Int, source: FrameEntry.Source)] = []
    for (name, variable) in frame.variables {
      switch frame.initialValues[variable] {
      case nil, .parameter: break
      case .undefined: initialValues.append((variable.slot, .undefined))
      case .alias where frame.parent?.find(name)?.frame.isOnlyRead(name) == true:
        initialValues.append((variable.slot, contextSource(name, frame)))
      case .alias(let outer):
        let distance = frame.function.distance(to: outer.function) ?? 0
        initialValues.append((variable.slot, .variable(distance: distance, slot: outer.slot)))
      case .context where !frame.stores.contains(name): break
      case .context: initialValues.append((variable.slot, contextSource(name, frame)))
      }
    }
    return FrameEntry(
      initialValues: initialValues,
      slots: frame.variables.values.map(\.slot)
    )
  }
  /// Where `frame` gets what the context has under `name`.
  private func contextSource(_ name: NameID, _ frame: Symbols) -> FrameEntry.Source {
    guard let block = Self.block(around: frame.function) else { return .context(name) }
    let distance = frame.function.distance(to: block) ?? 0
    return .variable(distance: distance, slot: block.contextSlot(name))
  }
}

/// The function that a macro or the body of a call block is.
final class MacroCode: Sendable {
  struct Parameter: Sendable {
    let slot: Int
    let name: Text
    let defaultValue: (any ExpressionNode)?
  }

  /// `nil` for the body of a call block or of `generation`.
  let name: Text?
  let parameters: [Parameter]
  /// Where the function keeps, if it asks for them, what is passed besides parameters.
  let caller: Int?
  let keywords: Int?
  let positionals: Int?
  /// Whether the body reads `caller`, which may be a parameter too.
  let readsCaller: Bool
  let slotCount: Int
  let entry: FrameEntry
  let body: Body

  init(
    _ name: Text?,
    _ parameters: [Parameter],
    caller: Int?,
    keywords: Int?,
    positionals: Int?,
    readsCaller: Bool,
    slotCount: Int,
    entry: FrameEntry,
    body: Body
  ) {
    self.name = name
    self.parameters = parameters
    self.caller = caller
    self.keywords = keywords
    self.positionals = positionals
    self.readsCaller = readsCaller
    self.slotCount = slotCount
    self.entry = entry
    self.body = body
  }
}

/// `macro`.
final class MacroNode: StatementNode {
  private let slot: Int
  private let code: MacroCode

  init(_ slot: Int, _ code: MacroCode) {
    self.slot = slot
    self.code = code
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    evaluator.capture(frame)
    frame[slot] = .macro(MacroObject(code, frame, escapes: evaluator.escapes))
    return .normal
  }
}

/// `call`.
final class CallBlockNode: StatementNode {
  private let callee: any ExpressionNode
  private let arguments: ArgumentNodes
  private let code: MacroCode

  init(_ callee: any ExpressionNode, _ arguments: ArgumentNodes, _ code: MacroCode) {
    self.callee = callee
    self.arguments = arguments
    self.code = code
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    evaluator.capture(frame)
    let caller = Value.macro(MacroObject(code, frame, escapes: evaluator.escapes))
    let function = try callee.evaluate(evaluator, frame)
    var passed = try arguments.evaluate(evaluator, frame)
    passed.keywords.append(("caller", caller))
    try evaluator.write(try evaluator.call(function, passed))
    return .normal
  }
}

/// `block`, a function with a context of its own.
final class BlockNode: StatementNode {
  /// A name of the context: where the frame around or the template keeps a value for it, else what the render has.
  struct ContextValue: Sendable {
    let slot: Int
    let name: NameID
    let scoped: (distance: Int, slot: Int)?
    let rootSlot: Int?
  }

  private let name: Text
  private let context: [ContextValue]
  /// Where the block keeps `super`, the block of that name in the template that this one would extend.
  private let parentSlot: Int?
  private let slotCount: Int
  private let entry: FrameEntry
  private let body: Body

  init(
    _ name: Text,
    _ context: [ContextValue],
    parentSlot: Int?,
    slotCount: Int,
    entry: FrameEntry,
    body: Body
  ) {
    self.name = name
    self.context = context
    self.parentSlot = parentSlot
    self.slotCount = slotCount
    self.entry = entry
    self.body = body
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    let inner = Frame(slotCount: slotCount, parent: nil)
    for value in context {
      inner[value.slot] =
        value.scoped.flatMap { frame.outer($0.distance)?[$0.slot] }
        ?? value.rootSlot.flatMap { evaluator.root[$0] } ?? evaluator.context[value.name]
    }
    if let parentSlot {
      let hint = "there is no parent block called \(name.representation.string)."
      inner[parentSlot] = .undefined(UndefinedObject(.hint(hint)))
    }
    entry.enter(evaluator, inner)
    // The function of a block is compiled outside of any `autoescape` around it.
    let outer = evaluator.escapes
    evaluator.escapes = false
    defer { evaluator.escapes = outer }
    _ = try body.execute(evaluator, inner)
    return .normal
  }
}

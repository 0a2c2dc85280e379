/// The variables that one Python function of the compiled template would have, each with a place.
///
/// Variables are told apart by the level of their frame and their name, as jinja2 does: frames side by side share
/// them, which shows when a macro of one is called in another.
final class FunctionScope {
  private struct Key: Hashable {
    let level: Int
    let name: NameID
  }

  let parent: FunctionScope?
  /// Whether the function is that of a block, which finds names in the context of its own.
  let isBlock: Bool
  private(set) var slotCount = 0
  private var slots: [Key: Int] = [:]
  /// In the function of a block, the names that it finds in its context when it starts.
  private(set) var contextSlots: [(name: NameID, slot: Int)] = []

  init(parent: FunctionScope?, isBlock: Bool = false) {
    self.parent = parent
    self.isBlock = isBlock
  }

  /// The place of `name` at `level`.
  func slot(_ level: Int, _ name: NameID) -> Int {
    let key = Key(level: level, name: name)
    if let slot = slots[key] { return slot }
    let slot = hiddenSlot()
    slots[key] = slot
    return slot
  }

  /// A place for a value without a name.
  func hiddenSlot() -> Int {
    slotCount += 1
    return slotCount - 1
  }

  /// The place where the function of a block keeps what its context has under `name`.
  func contextSlot(_ name: NameID) -> Int {
    if let known = contextSlots.first(where: { $0.name == name }) { return known.slot }
    let slot = hiddenSlot()
    contextSlots.append((name, slot))
    return slot
  }

  /// How many functions out from this one `other` is; `nil` if it is none of those around.
  func distance(to other: FunctionScope) -> Int? {
    var distance = 0
    var scope = self
    while scope !== other {
      guard let parent = scope.parent else { return nil }
      scope = parent
      distance += 1
    }
    return distance
  }
}

/// A variable: its place within a function.
struct Variable: Hashable {
  let function: FunctionScope
  let slot: Int

  static func == (left: Variable, right: Variable) -> Bool {
    left.function === right.function && left.slot == right.slot
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(function))
    hasher.combine(slot)
  }
}

/// What a variable holds when its frame begins.
enum InitialValue {
  /// What was passed or is assigned first.
  case parameter
  /// What the render or the template's functions have under the name.
  case context(NameID)
  case alias(Variable)
  case undefined
}

/// The names of one frame: which variable each of them is.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/idtracking.py
final class Symbols {
  let parent: Symbols?
  let level: Int
  let function: FunctionScope
  private(set) var variables: [NameID: Variable] = [:]
  private(set) var initialValues: [Variable: InitialValue] = [:]
  private(set) var stores: Set<NameID> = []

  init(parent: Symbols?, function: FunctionScope) {
    self.parent = parent
    self.function = function
    level = (parent?.level ?? -1) + 1
  }

  private init(copying other: Symbols) {
    parent = other.parent
    level = other.level
    function = other.function
    variables = other.variables
    initialValues = other.initialValues
    stores = other.stores
  }

  func copy() -> Symbols { Symbols(copying: self) }

  private func define(_ name: NameID, _ value: InitialValue) {
    let variable = Variable(function: function, slot: function.slot(level, name))
    variables[name] = variable
    initialValues[variable] = value
  }

  /// The variable that `name` is here, and the frame that has it.
  func find(_ name: NameID) -> (variable: Variable, frame: Symbols)? {
    var next: Symbols? = self
    while let frame = next {
      if let variable = frame.variables[name] { return (variable, frame) }
      next = frame.parent
    }
    return nil
  }

  /// Whether the variable that `name` is in this frame always holds what the context has.
  func isOnlyRead(_ name: NameID) -> Bool {
    guard let variable = variables[name], !stores.contains(name) else { return false }
    if case .context = initialValues[variable] { return true }
    return false
  }

  func store(_ name: NameID) {
    stores.insert(name)
    guard variables[name] == nil else { return }
    if let outer = parent?.find(name) {
      define(name, .alias(outer.variable))
    } else {
      define(name, .undefined)
    }
  }

  func declareParameter(_ name: NameID) {
    stores.insert(name)
    define(name, .parameter)
  }

  func load(_ name: NameID) {
    if find(name) == nil { define(name, .context(name)) }
  }

  /// Takes over what the branches of an `if` found, not all of which may store to a name.
  func update(from branches: [Symbols]) {
    var stored: Set<NameID> = []
    for branch in branches { stored.formUnion(branch.stores) }
    stored.subtract(stores)
    for branch in branches {
      variables.merge(branch.variables) { _, new in new }
      initialValues.merge(branch.initialValues) { _, new in new }
      stores.formUnion(branch.stores)
    }
    for name in stored {
      guard let (variable, _) = find(name) else { continue }
      if let outer = parent?.find(name) {
        initialValues[variable] = .alias(outer.variable)
      } else {
        initialValues[variable] = .context(name)
      }
    }
  }

  /// The variables that have been stored to in this frame and those around it.
  var storedVariables: [NameID: Variable] {
    var result: [NameID: Variable] = [:]
    var next: Symbols? = self
    while let frame = next {
      for name in frame.stores where result[name] == nil { result[name] = find(name)?.variable }
      next = frame.parent
    }
    return result
  }
}

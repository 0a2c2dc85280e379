/// The variables of one level of a template; `set` stores to the innermost.
final class Scope {
  let parent: Scope?
  private var entries: [(id: NameID, value: Value)] = []
  /// The outermost scope has a place for each name of the template.
  private var slots: [Value?]
  /// Whether a macro may still refer to the scope, so that it must not be used again.
  var isCaptured = false

  init(parent: Scope) {
    self.parent = parent
    slots = []
  }

  /// An outermost scope with these values of the template's names.
  init(slots: [Value?]) {
    parent = nil
    self.slots = slots
  }

  /// The value of a name here or further out.
  func value(of id: NameID) -> Value? {
    var scope = self
    while true {
      for entry in scope.entries where entry.id == id { return entry.value }
      guard let parent = scope.parent else { return scope.slots[id] }
      scope = parent
    }
  }

  /// Sets a name in this scope.
  func set(_ id: NameID, _ value: Value) {
    if parent == nil {
      slots[id] = value
      return
    }
    for index in entries.indices where entries[index].id == id {
      entries[index].value = value
      return
    }
    entries.append((id, value))
  }

  /// Forgets all names of this scope.
  func clear() {
    entries.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = nil }
  }
}

/// A macro, or the body of a call block as its `caller`.
final class MacroObject {
  let definition: MacroDefinition
  let scope: Scope
  /// Whether the place of the definition escapes what it prints.
  let escapes: Bool

  init(_ definition: MacroDefinition, _ scope: Scope, escapes: Bool) {
    self.definition = definition
    self.scope = scope
    self.escapes = escapes
  }

  var displayName: String { definition.name?.representation.string ?? "anonymous" }

  /// The name as messages show it.
  var quotedName: String { definition.name?.representation.string ?? "None" }
}

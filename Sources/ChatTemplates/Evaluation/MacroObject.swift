/// A macro, or the body of a call block as its `caller`.
final class MacroObject {
  let code: MacroCode
  /// The frame of the function around.
  let frame: Frame
  /// Whether the place of the definition escapes what it prints.
  let escapes: Bool

  init(_ code: MacroCode, _ frame: Frame, escapes: Bool) {
    self.code = code
    self.frame = frame
    self.escapes = escapes
  }

  var displayName: String { code.name?.representation.string ?? "anonymous" }

  /// The name as messages show it.
  var quotedName: String { code.name?.representation.string ?? "None" }
}

/// The elements of a list or tuple; a class, so that `is sameas` can tell two equal ones apart.
final class SequenceObject {
  let elements: [Value]
  let depth: Int
  let size: Int
  let digitWork: Int
  let holdsNamespace: Bool
  /// Whether this is a pair of `groupby`, whose elements also have names.
  let isGroup: Bool

  init(_ elements: [Value], isGroup: Bool = false) throws(TemplateError) {
    var extent = ValueExtent()
    for element in elements { extent.add(element) }
    extent = try extent.around()
    self.elements = elements
    self.isGroup = isGroup
    depth = extent.depth
    size = extent.size
    digitWork = extent.digitWork
    holdsNamespace = extent.holdsNamespace
  }
}

/// A value that is missing, and what an attempt to use it will say.
final class UndefinedObject {
  enum Reason {
    case hint(String)
    case name(Text)
    case attribute(Text, of: String)
    case element(Text, of: String)
    case unsafe(Text, typeName: String)
  }

  let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  /// The error of using the value.
  var error: TemplateError {
    switch reason {
    case .hint(let hint): .runtime(.undefinedError, message: hint)
    case .name(let name):
      .runtime(.undefinedError, message: "\(name.representation.string) is undefined")
    case .attribute(let name, let object):
      .runtime(
        .undefinedError,
        message: "'\(object)' has no attribute \(name.representation.string)"
      )
    case .element(let element, let object):
      .runtime(.undefinedError, message: "\(object) has no element \(element.string)")
    case .unsafe(let name, let typeName):
      .runtime(
        .securityError,
        message:
          "access to attribute \(name.representation.string) of '\(typeName)' object is unsafe."
      )
    }
  }
}

/// Python's `range`.
final class RangeObject {
  let start: Int
  let stop: Int
  let step: Int
  let count: Int
  /// The start, stop and step of an empty range that do not all fit `Int`.
  let bounds: (start: Value, stop: Value, step: Value)?

  init(start: Int, stop: Int, step: Int, count: Int) {
    self.start = start
    self.stop = stop
    self.step = step
    self.count = count
    bounds = nil
  }

  /// An empty range with bounds of any length.
  init(empty bounds: (start: Value, stop: Value, step: Value)) {
    (start, stop, step, count) = (0, 0, 1, 0)
    self.bounds = bounds
  }

  /// Element `index`, which is at least 0 and less than `count`.
  subscript(index: Int) -> Int { start &+ index &* step }
}

/// What `dict.keys()`, `dict.values()` and `dict.items()` return.
final class MappingView {
  enum Part: String { case keys = "dict_keys", values = "dict_values", items = "dict_items" }

  let mapping: MappingObject
  let part: Part

  init(_ mapping: MappingObject, _ part: Part) {
    self.mapping = mapping
    self.part = part
  }

  func element(_ index: Int) throws(TemplateError) -> Value {
    switch part {
    case .keys: mapping.keys[index]
    case .values: mapping.values[index]
    case .items: try .tuple(of: [mapping.keys[index], mapping.values[index]])
    }
  }
}

/// jinja2's `namespace`: the one value that templates can change.
final class NamespaceObject {
  private(set) var names: [Text] = []
  private var values: [Text: Value] = [:]

  subscript(name: Text) -> Value? { values[name] }

  func set(_ name: Text, _ value: Value) {
    if values.updateValue(value, forKey: name) == nil { names.append(name) }
  }

  /// Drops all values, so that no cycle outlives the render.
  func clear() {
    names = []
    values = [:]
  }
}

/// A method together with the value it was taken from.
final class MethodObject {
  let receiver: Value
  let name: Text
  let depth: Int

  init(_ receiver: Value, _ name: Text) throws(TemplateError) {
    self.receiver = receiver
    self.name = name
    depth = try ValueExtent.depth(around: receiver.depth)
  }

  /// Whether the method is part of Python's interpreter.
  var isBuiltin: Bool {
    switch receiver {
    case .cycler, .loop, .function: false
    case .text(let text): !text.isMarkup
    default: true
    }
  }
}

/// jinja2's `cycler`.
final class CyclerObject {
  let items: SequenceObject
  private(set) var position = 0

  init(_ items: SequenceObject) { self.items = items }

  var current: Value { items.elements[position] }

  func next() -> Value {
    defer { position = (position + 1) % items.elements.count }
    return current
  }

  func reset() { position = 0 }
}

/// jinja2's `joiner`.
final class JoinerObject {
  let separator: Value
  private(set) var isUsed = false

  init(_ separator: Value) { self.separator = separator }

  func next() -> Value {
    defer { isUsed = true }
    return isUsed ? separator : .text("")
  }
}

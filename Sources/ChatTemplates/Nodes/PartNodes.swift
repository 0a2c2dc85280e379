/// `base.name`.
final class AttributeNode: ExpressionNode {
  let base: any ExpressionNode
  let name: Text
  private let loopAttribute: LoopObject.Attribute?
  /// Whether a mapping has nothing else of that name than a member.
  private let isMember: Bool

  init(_ base: any ExpressionNode, _ name: Text) {
    self.base = base
    self.name = name
    loopAttribute = LoopObject.Attribute(rawValue: name.string)
    isMember = !name.hasPrefix("_") && !MethodTable.mapping.contains(name)
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try base.evaluate(evaluator, frame)
    switch value {
    case .mapping(let mapping) where isMember:
      if let member = mapping[name] { return member }
    case .loop(let loop):
      if let loopAttribute { return try loop.value(of: loopAttribute) }
    default: break
    }
    return try evaluator.attribute(name, of: value)
  }

  func source(
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> MappingObject.Source {
    guard isMember else { return .value(try evaluate(evaluator, frame)) }
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try base.evaluate(evaluator, frame)
    if case .mapping(let mapping) = value, let source = mapping.source(of: name) { return source }
    return .value(try evaluator.attribute(name, of: value))
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.writeText(try source(evaluator, frame))
  }
}

/// `base[key]`.
final class ElementNode: ExpressionNode {
  private let base: any ExpressionNode
  private let key: any ExpressionNode

  init(_ base: any ExpressionNode, _ key: any ExpressionNode) {
    self.base = base
    self.key = key
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let container = try base.evaluate(evaluator, frame)
    return try evaluator.element(try key.evaluate(evaluator, frame), of: container)
  }
}

/// `base['name']`.
final class MemberNode: ExpressionNode {
  private let base: any ExpressionNode
  private let name: Text

  init(_ base: any ExpressionNode, _ name: Text) {
    self.base = base
    self.name = name
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge(2)
    try evaluator.enter()
    defer { evaluator.leave() }
    let container = try base.evaluate(evaluator, frame)
    if case .mapping(let mapping) = container, let member = mapping[name] { return member }
    return try evaluator.element(.text(name), of: container)
  }

  func source(
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> MappingObject.Source {
    try evaluator.charge(2)
    try evaluator.enter()
    defer { evaluator.leave() }
    let container = try base.evaluate(evaluator, frame)
    if case .mapping(let mapping) = container, let source = mapping.source(of: name) {
      return source
    }
    return .value(try evaluator.element(.text(name), of: container))
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.writeText(try source(evaluator, frame))
  }
}

/// `base[start:stop:step]`.
final class SliceNode: ExpressionNode {
  private let base: any ExpressionNode
  private let bounds: [(any ExpressionNode)?]

  init(_ base: any ExpressionNode, _ bounds: [(any ExpressionNode)?]) {
    self.base = base
    self.bounds = bounds
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let container = try base.evaluate(evaluator, frame)
    var values: [Value] = []
    for bound in bounds { values.append(try bound?.evaluate(evaluator, frame) ?? .none) }
    return try evaluator.slice(container, values[0], values[1], values[2])
  }
}

/// A list or tuple that is written out.
final class SequenceNode: ExpressionNode {
  private let elements: [any ExpressionNode]
  private let isTuple: Bool

  init(_ elements: [any ExpressionNode], isTuple: Bool) {
    self.elements = elements
    self.isTuple = isTuple
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.evaluate(evaluator, frame)) }
    return isTuple ? try .tuple(of: values) : try .list(of: values)
  }
}

/// A mapping that is written out.
final class MappingNode: ExpressionNode {
  private let members: [(key: any ExpressionNode, value: any ExpressionNode)]

  init(_ members: [(key: any ExpressionNode, value: any ExpressionNode)]) { self.members = members }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var pairs: [(Value, Value)] = []
    for (key, value) in members {
      pairs.append((try key.evaluate(evaluator, frame), try value.evaluate(evaluator, frame)))
    }
    var builder = MappingBuilder()
    for (key, value) in pairs {
      try evaluator.charge(reading: key)
      try builder.set(key, value)
    }
    return .mapping(try builder.finish())
  }
}

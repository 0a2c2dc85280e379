extension Value {
  /// Python's `len`.
  func length() throws(TemplateError) -> Int {
    switch self {
    case .text(let value): return value.count
    case .list(let value), .tuple(let value): return value.elements.count
    case .mapping(let value): return value.count
    case .range(let value): return value.count
    case .view(let value): return value.mapping.count
    case .loop(let value): return try value.length()
    case .bytes(let value): return value.bytes.count
    case .undefined: return 0
    default: throw .type("object of type '\(typeName)' has no len()")
    }
  }

  /// Python's `value[key]` for a key that is no slice; `nil` where Python finds or supports none.
  func subscripted(by key: Value) -> Value? {
    switch self {
    case .mapping(let mapping):
      if case .text(let name) = key { return mapping[name] }
      return key.isHashable ? (try? mapping.value(of: key)) ?? nil : nil
    case .list(let sequence), .tuple(let sequence):
      return Self.position(key, count: sequence.elements.count).map { sequence.elements[$0] }
    case .text(let text):
      guard key.index != nil, let position = Self.position(key, count: text.count) else {
        return nil
      }
      return .text(text.slice(position..<position + 1))
    case .bytes(let value):
      return Self.position(key, count: value.bytes.count).map { .integer(Int(value.bytes[$0])) }
    case .range(let range):
      return Self.position(key, count: range.count).map { .integer(range[$0]) }
    default: return nil
    }
  }

  private static func position(_ key: Value, count: Int) -> Int? {
    guard let index = key.index else { return nil }
    let position = index < 0 ? index &+ count : index
    return position >= 0 && position < count ? position : nil
  }
}

extension Evaluator {
  /// jinja2's `getitem`: an element, else an attribute, else undefined.
  func element(_ key: Value, of container: Value) throws(TemplateError) -> Value {
    if case .undefined(let undefined) = container { throw undefined.error }
    if case .text(let text) = container { try charge(text.bytes.count / 32) }
    if let value = container.subscripted(by: key) { return value }
    guard case .text(let name) = key else {
      try charge(writing: key)
      return .undefined(
        UndefinedObject(.element(key.representation, of: container.objectDescription))
      )
    }
    return try ownAttribute(name, of: container)
      ?? .undefined(UndefinedObject(.attribute(name, of: container.objectDescription)))
  }

  /// Python's `container[start:stop:step]`.
  func slice(
    _ container: Value,
    _ start: Value,
    _ stop: Value,
    _ step: Value
  ) throws(TemplateError) -> Value {
    let count: Int
    switch container {
    case .text, .bytes, .list, .tuple, .range: count = try container.length()
    case .undefined(let undefined): throw undefined.error
    case .mapping: throw .type("unhashable type: 'slice'")
    default: throw .type("'\(container.typeName)' object is not subscriptable")
    }
    let slice = try Slice(start, stop, step, count: count)
    try charge(slice.count / 8)
    if case .text(let text) = container { try charge(text.bytes.count / 32) }
    return try apply(slice, to: container)
  }

  private func apply(_ slice: Slice, to container: Value) throws(TemplateError) -> Value {
    switch container {
    case .text(let text):
      if slice.step == 1 { return try made(text.slice(slice.start..<slice.start + slice.count)) }
      let scalars = text.scalars
      var bytes: [UInt8] = []
      for index in 0..<slice.count { bytes.append(scalar: scalars[slice[index]]) }
      return try made(text.derived(bytes))
    case .list(let sequence): return try .list(of: slice.elements(of: sequence.elements))
    case .bytes(let value):
      return .bytes(BytesObject((0..<slice.count).map { value.bytes[slice[$0]] }))
    case .tuple(let sequence): return try .tuple(of: slice.elements(of: sequence.elements))
    case .range(let range):
      if let (start, _, step) = range.bounds {
        let distance = try apply(.multiply, step, .integer(slice.stop))
        return .range(
          RangeObject(
            empty: (
              try apply(.add, start, try apply(.multiply, step, .integer(slice.start))),
              try apply(.add, start, distance),
              try apply(.multiply, step, .integer(slice.wholeStep))
            )
          )
        )
      }
      let (step, overflows) = range.step.multipliedReportingOverflow(by: slice.wholeStep)
      if overflows { throw .limitExceeded("the step of a range is beyond 64 bits") }
      let start = range.start &+ slice.start &* range.step
      let stop = range.start &+ slice.stop &* range.step
      return .range(RangeObject(start: start, stop: stop, step: step, count: slice.count))
    default: return container
    }
  }
}

/// The positions that `start:stop:step` selects in a sequence.
private struct Slice {
  let start: Int
  let stop: Int
  let step: Int
  let count: Int
  /// The step as it was given.
  let wholeStep: Int

  init(_ start: Value, _ stop: Value, _ step: Value, count length: Int) throws(TemplateError) {
    let step = try Self.bound(step) ?? 1
    let start = try Self.bound(start)
    let stop = try Self.bound(stop)
    if step == 0 { throw .value("slice step cannot be zero") }
    // No step longer than the sequence differs from one that just leaves it.
    self.step = max(-length - 1, min(length + 1, step))
    wholeStep = step
    func clamped(_ index: Int, _ lowest: Int, _ highest: Int) -> Int {
      max(lowest, min(highest, index < 0 ? index &+ length : index))
    }
    if self.step > 0 {
      self.start = start.map { clamped($0, 0, length) } ?? 0
      let end = stop.map { clamped($0, 0, length) } ?? length
      self.stop = end
      count = max(0, (end - self.start + self.step - 1) / self.step)
    } else {
      self.start = start.map { clamped($0, -1, length - 1) } ?? length - 1
      let end = stop.map { clamped($0, -1, length - 1) } ?? -1
      self.stop = end
      count = max(0, (self.start - end - self.step - 1) / -self.step)
    }
  }

  subscript(index: Int) -> Int { start + index * step }

  func elements(of all: [Value]) -> [Value] {
    if step == 1 { return Array(all[start..<start + count]) }
    return (0..<count).map { all[self[$0]] }
  }

  private static func bound(_ value: Value) throws(TemplateError) -> Int? {
    if value.isNone { return nil }
    guard let index = value.clampedIndex else {
      throw .type("slice indices must be integers or None or have an __index__ method")
    }
    return index
  }
}

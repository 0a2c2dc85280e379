/// Python's `dict`: members in the order of their first insertion.
final class MappingObject {
  /// What a mapping made of JSON keeps of a member: the string, until a value is wanted.
  enum Source {
    case value(Value)
    case string(String)
  }

  let keys: [Value]
  let depth: Int
  let size: Int
  let digitWork: Int
  let holdsNamespace: Bool
  /// Where each key is; `nil` for few keys, where looking through them is faster.
  private let positions: [MappingKey: Int]?
  private var sources: [Source]
  /// All values, once they are wanted.
  private var allValues: [Value]?

  /// A mapping of the keys of `other` to what `sources` has, as much.
  init(keysOf other: MappingObject, _ sources: [Source]) throws(TemplateError) {
    var extent = ValueExtent()
    for key in other.keys { extent.add(key) }
    for source in sources {
      switch source {
      case .value(let value): extent.add(value)
      case .string(let string): extent.add(byteCount: string.utf8.count)
      }
    }
    extent = try extent.around()
    keys = other.keys
    self.sources = sources
    positions = other.positions
    depth = extent.depth
    size = extent.size
    digitWork = extent.digitWork
    holdsNamespace = extent.holdsNamespace
  }

  fileprivate init(_ builder: MappingBuilder) throws(TemplateError) {
    var extent = ValueExtent()
    for key in builder.keys { extent.add(key) }
    for value in builder.values { extent.add(value) }
    extent = try extent.around()
    keys = builder.keys
    sources = []
    allValues = builder.values
    positions = builder.positions
    depth = extent.depth
    size = extent.size
    digitWork = extent.digitWork
    holdsNamespace = extent.holdsNamespace
  }

  var count: Int { keys.count }

  /// The values of `keys`.
  var values: [Value] {
    if let allValues { return allValues }
    let values = sources.indices.map { value(at: $0) }
    allValues = values
    sources = []
    return values
  }

  private func value(at index: Int) -> Value {
    if let allValues { return allValues[index] }
    switch sources[index] {
    case .value(let value): return value
    case .string(let string):
      let value = Value.text(Text(string))
      sources[index] = .value(value)
      return value
    }
  }

  private func position(of key: Text) -> Int? {
    if positions != nil { return indexed(key) }
    for index in keys.indices {
      if case .text(let candidate) = keys[index], candidate == key { return index }
    }
    return nil
  }

  @inline(never)
  private func indexed(_ key: Text) -> Int? { positions?[MappingKey(.text(key))] }

  /// The value of a text key.
  subscript(key: Text) -> Value? { position(of: key).map { value(at: $0) } }

  /// The value of a text key, or the string that it would be made of.
  func source(of key: Text) -> Source? {
    guard let position = position(of: key) else { return nil }
    return allValues.map { .value($0[position]) } ?? sources[position]
  }

  /// The value of `key`.
  func value(of key: Value) throws(TemplateError) -> Value? {
    guard key.isHashable else { throw key.unhashableError }
    return position(of: key).map { value(at: $0) }
  }

  private func position(of key: Value) -> Int? {
    if let positions { return positions[MappingKey(key)] }
    return keys.firstIndex { $0.isEqual(to: key) }
  }

  /// Whether both have equal members in any order.
  func isEqual(to other: MappingObject) -> Bool {
    guard count == other.count else { return false }
    for index in keys.indices {
      guard let position = other.position(of: keys[index]),
        values[index].isEqual(to: other.values[position])
      else { return false }
    }
    return true
  }
}

/// Collects the members of a ``MappingObject``.
struct MappingBuilder {
  private static let indexedCount = 9

  fileprivate(set) var keys: [Value] = []
  fileprivate var values: [Value] = []
  fileprivate var positions: [MappingKey: Int]?

  /// Sets the value of `key`, which is hashable.
  mutating func set(_ key: Value, _ value: Value) throws(TemplateError) {
    guard key.isHashable else { throw key.unhashableError }
    insert(key, value)
  }

  /// Sets the value of a text key.
  mutating func set(_ key: Text, _ value: Value) { insert(.text(key), value) }

  private mutating func insert(_ key: Value, _ value: Value) {
    let position =
      if let positions { positions[MappingKey(key)] } else {
        keys.firstIndex { $0.isEqual(to: key) }
      }
    if let position {
      values[position] = value
      return
    }
    positions?[MappingKey(key)] = keys.count
    keys.append(key)
    values.append(value)
    if positions == nil, keys.count == Self.indexedCount {
      var index: [MappingKey: Int] = [:]
      for (position, key) in keys.enumerated() { index[MappingKey(key)] = position }
      positions = index
    }
  }

  func finish() throws(TemplateError) -> MappingObject { try MappingObject(self) }
}

/// A hashable value as a key, equal and hashed as in Python: `1`, `1.0` and `true` are one key.
struct MappingKey: Hashable {
  let value: Value

  init(_ value: Value) { self.value = value }

  static func == (left: MappingKey, right: MappingKey) -> Bool {
    left.value.isEqual(to: right.value)
  }

  func hash(into hasher: inout Hasher) {
    switch value {
    case .text(let text): hasher.combine(text)
    case .bytes(let value): hasher.combine(value.bytes)
    case .boolean, .integer, .large, .float: hasher.combine(value.number ?? 0)
    case .tuple(let sequence):
      for element in sequence.elements { MappingKey(element).hash(into: &hasher) }
    default: break
    }
  }
}

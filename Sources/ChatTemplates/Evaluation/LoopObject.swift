/// The variable `loop` of a `for` statement, which also drives it.
final class LoopObject {
  /// The elements of a list or tuple, which need no iterator.
  private let elements: [Value]?
  private let iterable: Value
  private var iterator: IteratorObject?
  private var ahead: Value?
  private var current: Value?
  private var previous: Value?
  private var knownLength: Int?
  private var lastChanged: Value?
  private(set) var index0 = -1
  let depth0: Int
  let depth: Int
  /// Renders the body of a recursive loop over other values.
  let recurse: ((Value, _ depth0: Int) throws(TemplateError) -> Value)?

  init(
    over iterable: Value,
    depth0: Int,
    recurse: ((Value, Int) throws(TemplateError) -> Value)?
  ) throws(TemplateError) {
    self.iterable = iterable
    self.depth0 = depth0
    self.recurse = recurse
    switch iterable {
    case .list(let sequence), .tuple(let sequence):
      elements = sequence.elements
      knownLength = sequence.elements.count
      depth = try ValueExtent.depth(around: iterable.depth)
    default:
      elements = nil
      let iterator = try IteratorObject(over: iterable)
      depth = iterator.depth
      self.iterator = iterator
    }
  }

  /// Goes on to the next value, which is `nil` at the end.
  func advance() throws(TemplateError) -> Value? {
    if let elements {
      guard index0 + 1 < elements.count else { return nil }
      index0 += 1
      return elements[index0]
    }
    let next: Value?
    if let ahead {
      next = ahead
      self.ahead = nil
    } else {
      next = try iterator?.next()
    }
    guard let next else { return nil }
    index0 += 1
    previous = current
    current = next
    return next
  }

  /// The next value together with the loop, which is what iterating over `loop` itself gives.
  func nextPair() throws(TemplateError) -> Value? {
    guard let value = try advance() else { return nil }
    return try .tuple(of: [value, .loop(self)])
  }

  private func isLast() throws(TemplateError) -> Bool {
    if let elements { return index0 + 1 == elements.count }
    return try peek() == nil
  }

  private func peek() throws(TemplateError) -> Value? {
    if let elements { return index0 + 1 < elements.count ? elements[index0 + 1] : nil }
    if ahead == nil { ahead = try iterator?.next() }
    return ahead
  }

  func length() throws(TemplateError) -> Int {
    if let knownLength { return knownLength }
    var length = try? iterable.length()
    if length == nil {
      var rest: [Value] = []
      while let value = try iterator?.next() { rest.append(value) }
      length = rest.count + index0 + 1 + (ahead == nil ? 0 : 1)
      iterator = try IteratorObject(over: .list(of: rest))
    }
    knownLength = length
    return length ?? 0
  }

  /// The attributes of loops.
  enum Attribute: String {
    case index, index0, first, last, length, revindex, revindex0, depth, depth0, previtem, nextitem
    case cycle, changed
  }

  func value(of attribute: Attribute) throws(TemplateError) -> Value {
    switch attribute {
    case .index: .integer(index0 + 1)
    case .index0: .integer(index0)
    case .first: .boolean(index0 == 0)
    case .last: .boolean(try isLast())
    case .length: .integer(try length())
    case .revindex: .integer(try length() - index0)
    case .revindex0: .integer(try length() - index0 - 1)
    case .depth: .integer(depth0 + 1)
    case .depth0: .integer(depth0)
    case .previtem:
      index0 == 0
        ? .undefined(UndefinedObject(.hint("there is no previous item")))
        : elements?[index0 - 1] ?? previous ?? .none
    case .nextitem: try peek() ?? .undefined(UndefinedObject(.hint("there is no next item")))
    case .cycle, .changed: .method(try MethodObject(.loop(self), Text(attribute.rawValue)))
    }
  }

  /// The attribute `name`, or `nil` if loops have none of that name.
  func attribute(_ name: Text) throws(TemplateError) -> Value? {
    guard let attribute = Attribute(rawValue: name.string) else { return nil }
    return try value(of: attribute)
  }

  /// `loop.changed`: whether the values differ from those of the last call.
  func changed(_ values: [Value]) throws(TemplateError) -> Bool {
    let value = try Value.tuple(of: values)
    if let lastChanged, lastChanged.isEqual(to: value) { return false }
    lastChanged = value
    return true
  }

  var displayText: String { "<LoopContext \(index0 + 1)/\((try? length()) ?? 0)>" }
}

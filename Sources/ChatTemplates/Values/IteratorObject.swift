/// An iterator over values, used up as it is read, as Python's iterators and generators are.
final class IteratorObject {
  private enum Source {
    case elements([Value], next: Int)
    case range(RangeObject, next: Int)
    case view(MappingView, next: Int)
    case text(Text, offset: Int)
    case generated(() throws(TemplateError) -> Value?)
    case exhausted
  }

  private var source: Source
  let typeName: String
  /// The name of the function that a generator runs, where it shows.
  let functionName: String?
  let depth: Int

  /// Reads the elements of `value`, which Python must be able to iterate.
  init(over value: Value) throws(TemplateError) {
    switch value {
    case .list(let sequence), .tuple(let sequence): source = .elements(sequence.elements, next: 0)
    case .mapping(let mapping): source = .elements(mapping.keys, next: 0)
    case .text(let text): source = .text(text, offset: 0)
    case .range(let range): source = .range(range, next: 0)
    case .view(let view): source = .view(view, next: 0)
    case .bytes(let value):
      source = .elements(value.bytes.map { .integer(Int($0)) }, next: 0)
    case .undefined: source = .exhausted
    case .iterator(let iterator): source = .generated(iterator.next)
    case .loop(let loop): source = .generated { () throws(TemplateError) in try loop.nextPair() }
    default: throw .type("'\(value.typeName)' object is not iterable")
    }
    typeName = "iterator"
    functionName = nil
    depth = try ValueExtent.depth(around: value.depth)
  }

  /// Makes values on demand from `upstream`, which bounds how deeply generators are stacked.
  init(
    _ typeName: String = "generator",
    named functionName: String? = nil,
    from upstream: Value,
    _ next: @escaping () throws(TemplateError) -> Value?
  ) throws(TemplateError) {
    source = .generated(next)
    self.typeName = typeName
    self.functionName = functionName
    depth = try ValueExtent.depth(around: upstream.depth)
  }

  /// A generator: what makes its values begins to work when the first is wanted.
  convenience init(
    named functionName: String,
    lazilyFrom upstream: Value,
    _ prepare: @escaping () throws(TemplateError) -> () throws(TemplateError) -> Value?
  ) throws(TemplateError) {
    var prepared: (() throws(TemplateError) -> Value?)?
    try self.init(named: functionName, from: upstream) { () throws(TemplateError) in
      if let prepared { return try prepared() }
      let next = try prepare()
      prepared = next
      return try next()
    }
  }

  /// The next element, or `nil` behind the last.
  func next() throws(TemplateError) -> Value? {
    switch source {
    case .elements(let elements, let next):
      guard next < elements.count else { break }
      source = .elements(elements, next: next + 1)
      return elements[next]
    case .range(let range, let next):
      guard next < range.count else { break }
      source = .range(range, next: next + 1)
      return .integer(range[next])
    case .view(let view, let next):
      guard next < view.mapping.count else { break }
      source = .view(view, next: next + 1)
      return try view.element(next)
    case .text(let text, let offset):
      guard offset < text.bytes.count else { break }
      let end = text.scalar(at: offset).next
      source = .text(text, offset: end)
      return .text(Text(text.bytes[offset..<end]))
    case .generated(let generate):
      if let value = try generate() { return value }
    case .exhausted: break
    }
    source = .exhausted
    return nil
  }
}

extension Evaluator {
  /// The values of `value`, of which there must be `count`.
  func unpack(_ value: Value, count: Int) throws(TemplateError) -> [Value] {
    if case .tuple(let sequence) = value, sequence.elements.count == count {
      return sequence.elements
    }
    let iterator: IteratorObject
    do {
      iterator = try IteratorObject(over: value)
    } catch {
      guard case .runtime(.typeError, _) = error else { throw error }
      throw .type("cannot unpack non-iterable \(value.typeName) object")
    }
    var values: [Value] = []
    while let value = try iterator.next() {
      if values.count == count { throw .value("too many values to unpack (expected \(count))") }
      values.append(value)
    }
    guard values.count == count else {
      throw .value("not enough values to unpack (expected \(count), got \(values.count))")
    }
    return values
  }

  /// Sets an attribute, whose name must be public.
  func set(
    _ name: Text,
    of namespace: NamespaceObject,
    to value: Value
  ) throws(TemplateError) {
    if name.hasPrefix("_") {
      throw .runtime(
        .securityError,
        message:
          "Chat templates cannot store underscore-prefixed attributes on a namespace, but got"
          + " \(name.representation.string). Please rename the attribute."
      )
    }
    namespace.set(name, value)
  }
}

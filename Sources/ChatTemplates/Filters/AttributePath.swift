/// The way from a value to a part of it that filters take as `attribute`, such as `function.name`.
struct AttributePath {
  private let parts: [Value]
  private let fallback: Value?

  /// The path that `attribute` names; the value itself for `nil`.
  init(_ attribute: Value?, fallback: Value? = nil) throws(TemplateError) {
    self.fallback = fallback
    switch attribute {
    case nil: parts = []
    case .text(let text):
      parts = text.split(on: ".", limit: -1).map { part in
        let isNumber = part.isNonemptyAnd(all: \.isPythonDigit)
        return isNumber ? Int(part.string).map(Value.integer) ?? .text(part) : .text(part)
      }
    case .some(let value): parts = [value]
    }
  }

  /// Follows the path from `value`.
  func value(in value: Value, _ evaluator: Evaluator) throws(TemplateError) -> Value {
    var value = value
    for part in parts {
      value = try evaluator.element(part, of: value)
      if let fallback, value.isUndefined { value = fallback }
    }
    return value
  }
}

/// The keys that filters order and compare values by.
struct SortKey {
  private let paths: [AttributePath]
  private let isCaseSensitive: Bool
  private let isList: Bool

  /// Keys at `attribute`, which may name several paths with commas between them.
  init(_ attribute: Value?, isCaseSensitive: Bool, isList: Bool = false) throws(TemplateError) {
    self.isCaseSensitive = isCaseSensitive
    self.isList = isList
    if isList, case .text(let text) = attribute {
      var paths: [AttributePath] = []
      for part in text.split(on: ",", limit: -1) { paths.append(try AttributePath(.text(part))) }
      self.paths = paths
    } else {
      paths = [try AttributePath(attribute)]
    }
  }

  init(path: AttributePath, isCaseSensitive: Bool) {
    paths = [path]
    isList = false
    self.isCaseSensitive = isCaseSensitive
  }

  /// The keys of `value`, texts in lower case unless case matters.
  func keys(of value: Value, _ evaluator: Evaluator) throws(TemplateError) -> [Value] {
    var keys: [Value] = []
    try evaluator.charge(4)
    for path in paths {
      let key = try path.value(in: value, evaluator)
      if !isCaseSensitive, case .text(let text) = key {
        keys.append(.text(text.lowercased()))
      } else {
        keys.append(key)
      }
    }
    return keys
  }

  /// Whether `left` comes first; keys that are no lists are compared without asking if they are equal.
  func isOrdered(_ left: [Value], _ right: [Value]) throws(TemplateError) -> Bool {
    if !isList { return try left[0].isOrdered(.less, right[0]) }
    for (first, second) in zip(left, right) where !first.isEqual(to: second) {
      return try first.isOrdered(.less, second)
    }
    return false
  }
}

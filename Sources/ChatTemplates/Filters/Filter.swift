/// A filter: a function applied to a value with `|`.
struct Filter: Sendable {
  typealias Body = @Sendable (Evaluator, [Value?]) throws(TemplateError) -> Value
  typealias VariadicBody = @Sendable (Evaluator, CallArguments) throws(TemplateError) -> Value

  private enum Kind: Sendable {
    case fixed(Signature, Body)
    case variadic(VariadicBody)
  }

  private let kind: Kind
  /// Whether the filter turns what it is given into text.
  private var displaysArguments = false

  /// A filter with these parameters; the body gets one value for each.
  init(_ signature: Signature, _ body: @escaping Body) { kind = .fixed(signature, body) }

  /// A filter that takes any arguments.
  init(variadic body: @escaping VariadicBody) { kind = .variadic(body) }

  /// The filter, as one that turns what it is given into text.
  private var displaying: Filter {
    var filter = self
    filter.displaysArguments = true
    return filter
  }

  /// Applies the filter to the first of `arguments`.
  func apply(
    _ evaluator: Evaluator,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    if displaysArguments {
      for argument in arguments.positional { try evaluator.charge(displaying: argument) }
      for (_, argument) in arguments.keywords { try evaluator.charge(displaying: argument) }
    }
    switch kind {
    case .fixed(let signature, let body): return try body(evaluator, try signature.bind(arguments))
    case .variadic(let body): return try body(evaluator, arguments)
    }
  }

  /// The filter of that name.
  static func named(_ name: String) -> Filter? { all[name] }

  static let all: [String: Filter] =
    textFilters
    .mapValues(\.displaying)
    .merging(markupFilters.mapValues(\.displaying)) { first, _ in first }
    .merging(numberFilters.mapValues(\.displaying)) { first, _ in first }
    .merging(sequenceFilters) { first, _ in first }
    .merging(selectionFilters) { first, _ in first }
    .merging(orderFilters) { first, _ in first }
}

/// The values bound to a filter's parameters.
extension [Value?] {
  func value(_ index: Int) -> Value { self[index] ?? .none }

  func isTrue(_ index: Int) -> Bool { self[index]?.isTrue ?? false }

  /// The integer at `index`, or `fallback` if none was passed.
  func integer(_ index: Int, _ fallback: Int) throws(TemplateError) -> Int {
    guard let value = self[index] else { return fallback }
    return try value.expectedIndex()
  }

  /// The value at `index` unless it is none or was not passed.
  func some(_ index: Int) -> Value? {
    guard let value = self[index], !value.isNone else { return nil }
    return value
  }
}

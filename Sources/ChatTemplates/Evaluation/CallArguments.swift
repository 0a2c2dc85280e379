/// The values passed to a call.
struct CallArguments {
  var positional: [Value] = []
  var keywords: [(name: Text, value: Value)] = []

  /// Removes and returns the keyword argument `name`.
  mutating func take(_ name: Text) -> Value? {
    guard let index = keywords.firstIndex(where: { $0.name == name }) else { return nil }
    return keywords.remove(at: index).value
  }

  /// Adds the members of `value` as keyword arguments.
  mutating func spread(_ value: Value) throws(TemplateError) {
    guard case .mapping(let mapping) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw .type("argument after ** must be a mapping, not \(value.typeName)")
    }
    for index in mapping.keys.indices {
      guard case .text(let name) = mapping.keys[index] else {
        throw .type("keywords must be strings")
      }
      if keywords.contains(where: { $0.name == name }) {
        throw .type(
          "jinja2.sandbox.SandboxedEnvironment.call() got multiple values for keyword argument"
            + " '\(name.string)'"
        )
      }
      keywords.append((name, mapping.values[index]))
    }
  }

  /// The arguments behind the first `count` positional ones.
  func dropping(_ count: Int) -> CallArguments {
    CallArguments(positional: Array(positional.dropFirst(count)), keywords: keywords)
  }
}

/// The parameters of a function that is written in Python in the reference.
struct Signature: Sendable {
  /// The name that Python's messages show.
  let name: String
  let parameters: [Text]
  let requiredCount: Int
  /// How many arguments the reference passes by itself, which its messages count.
  let implicitCount: Int
  /// Whether the function is one of Python's operators, whose messages are their own.
  let isOperator: Bool
  /// Whether the function is built into Python's interpreter and takes positional arguments alone.
  let isBuiltin: Bool
  /// Whether the function is a method of Python's `str` or `bytes` whose parameters have names.
  let isMethod: Bool

  init(
    _ name: String,
    _ parameters: [Text],
    required: Int = 1,
    implicit: Int = 0,
    isOperator: Bool = false,
    isBuiltin: Bool = false,
    isMethod: Bool = false
  ) {
    self.name = name
    self.isMethod = isMethod
    self.isBuiltin = isBuiltin
    self.isOperator = isOperator
    self.parameters = parameters
    requiredCount = required
    implicitCount = implicit
  }

  /// The value for each parameter; `nil` where the default applies.
  func bind(_ arguments: CallArguments) throws(TemplateError) -> [Value?] {
    if isBuiltin {
      if !arguments.keywords.isEmpty { throw .type("\(name)() takes no keyword arguments") }
      if arguments.positional.count != requiredCount {
        throw .type(
          "\(name)() takes exactly one argument (\(arguments.positional.count) given)"
        )
      }
    }
    if isMethod { try check(arguments) }
    if isOperator { try arguments.expect(name, requiredCount...requiredCount) }
    var values: [Value?] = arguments.positional
    while values.count < parameters.count { values.append(nil) }
    for (name, value) in arguments.keywords {
      guard let index = parameters.firstIndex(of: name) else {
        throw .type("\(self.name)() got an unexpected keyword argument '\(name.string)'")
      }
      guard values[index] == nil else {
        throw .type("\(self.name)() got multiple values for argument '\(name.string)'")
      }
      values[index] = value
    }
    guard values.count == parameters.count else { throw tooMany(values.count) }
    let missing = (0..<requiredCount).filter { values[$0] == nil }
    if !missing.isEmpty { throw missingError(missing.map { "'\(parameters[$0].string)'" }) }
    return values
  }

  /// The checks of Python's methods, whose messages are their own.
  private func check(_ arguments: CallArguments) throws(TemplateError) {
    let given = arguments.positional.count + arguments.keywords.count
    if given > parameters.count {
      let kind = arguments.positional.isEmpty ? "keyword argument" : "argument"
      let plural = parameters.count == 1 ? "" : "s"
      throw .type("\(name)() takes at most \(parameters.count) \(kind)\(plural) (\(given) given)")
    }
    for (index, parameter) in parameters.prefix(arguments.positional.count).enumerated()
    where arguments.keywords.contains(where: { $0.name == parameter }) {
      throw .type(
        "argument for \(name)() given by name ('\(parameter.string)') and position (\(index + 1))"
      )
    }
    if let (unknown, _) = arguments.keywords.first(where: { !parameters.contains($0.name) }) {
      throw .type("'\(unknown.string)' is an invalid keyword argument for \(name)()")
    }
  }

  private func tooMany(_ given: Int) -> TemplateError {
    let most = parameters.count + implicitCount
    let least = requiredCount + implicitCount
    let count = least == most ? "\(most)" : "from \(least) to \(most)"
    let plural = most == 1 ? "" : "s"
    return .type(
      "\(name)() takes \(count) positional argument\(plural) but \(given + implicitCount)"
        + " \(given + implicitCount == 1 ? "was" : "were") given"
    )
  }

  private func missingError(_ names: [String]) -> TemplateError {
    let list: String
    switch names.count {
    case 1: list = names[0]
    case 2: list = "\(names[0]) and \(names[1])"
    default: list = names.dropLast().joined(separator: ", ") + ", and \(names[names.count - 1])"
    }
    let plural = names.count == 1 ? "" : "s"
    return .type("\(name)() missing \(names.count) required positional argument\(plural): \(list)")
  }
}

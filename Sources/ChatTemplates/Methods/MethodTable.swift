/// Which methods the types of values have.
enum MethodTable {
  static let text: Set<Text> = [
    "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
    "format",
    "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
    "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join",
    "ljust", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace", "rfind",
    "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
    "strip", "swapcase", "title", "translate", "upper", "zfill",
  ]
  static let list: Set<Text> = [
    "index", "count", "copy", "append", "clear", "pop", "reverse", "insert", "sort", "extend",
    "remove",
  ]
  static let changingList: Set<Text> = [
    "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
  ]
  static let tuple: Set<Text> = ["index", "count"]
  static let mapping: Set<Text> = [
    "get", "items", "keys", "values", "copy", "fromkeys", "clear", "pop", "popitem", "setdefault",
    "update",
  ]
  static let changingMapping: Set<Text> = ["clear", "pop", "popitem", "setdefault", "update"]
}

extension Value {
  /// Whether Python's type of the value has a method `name`.
  func hasMethod(_ name: Text) -> Bool {
    switch self {
    case .text: MethodTable.text.contains(name)
    case .mapping: MethodTable.mapping.contains(name)
    case .list: MethodTable.list.contains(name)
    case .tuple, .range: MethodTable.tuple.contains(name)
    case .function(let function): function == .dict && name == "fromkeys"
    case .cycler: name == "next" || name == "reset"
    case .bytes: name == "decode" || name == "hex"
    case .float: MethodTable.float.contains(name)
    case .integer, .large, .boolean: MethodTable.integer.contains(name)
    default: false
    }
  }

  /// Whether the method would change the value, which the sandbox forbids.
  func isChanged(byMethod name: Text) -> Bool {
    switch self {
    case .mapping: MethodTable.changingMapping.contains(name)
    case .list: MethodTable.changingList.contains(name)
    default: false
    }
  }
}

extension Evaluator {
  /// Calls a method that `receiver` has.
  func callMethod(
    _ name: Text,
    of receiver: Value,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    try charge(reading: receiver)
    for argument in arguments.positional { try charge(reading: argument) }
    switch receiver {
    case .text(let text): return try callTextMethod(name.string, text, arguments)
    case .mapping(let mapping): return try callMappingMethod(name.string, mapping, arguments)
    case .list(let sequence), .tuple(let sequence):
      return try callSequenceMethod(name.string, receiver, sequence.elements, arguments)
    case .range:
      return try callSequenceMethod(name.string, receiver, values(of: receiver), arguments)
    case .loop(let loop):
      if name == "changed" { return .boolean(try loop.changed(arguments.positional)) }
      guard !arguments.positional.isEmpty else { throw .type("no items for cycling given") }
      return arguments.positional[max(0, loop.index0) % arguments.positional.count]
    case .cycler(let cycler):
      if name == "next" { return cycler.next() }
      cycler.reset()
      return .none
    case .bytes(let value): return try callBytesMethod(name.string, value, arguments)
    case .function: return try makeMapping(fromKeys: arguments)
    default: return try callNumberMethod(name.string, receiver, arguments)
    }
  }

  private func makeMapping(fromKeys arguments: CallArguments) throws(TemplateError) -> Value {
    try arguments.expect("fromkeys", 1...2)
    var builder = MappingBuilder()
    for key in try values(of: arguments.positional[0]) {
      try builder.set(key, arguments[1] ?? .none)
    }
    return .mapping(try builder.finish())
  }

  private func callMappingMethod(
    _ name: String,
    _ mapping: MappingObject,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    if name == "fromkeys" { return try makeMapping(fromKeys: arguments) }
    if !arguments.keywords.isEmpty { throw .type("dict.\(name)() takes no keyword arguments") }
    if name == "get" {
      try arguments.expect("get", 1...2)
      return try mapping.value(of: arguments.positional[0]) ?? arguments[1] ?? .none
    }
    try arguments.expectNone("dict.\(name)")
    switch name {
    case "items": return .view(MappingView(mapping, .items))
    case "keys": return .view(MappingView(mapping, .keys))
    case "values": return .view(MappingView(mapping, .values))
    default:
      var builder = MappingBuilder()
      for index in mapping.keys.indices {
        try builder.set(mapping.keys[index], mapping.values[index])
      }
      return .mapping(try builder.finish())
    }
  }

  private func callSequenceMethod(
    _ name: String,
    _ receiver: Value,
    _ elements: [Value],
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    let typeName = receiver.typeName
    if !arguments.keywords.isEmpty {
      throw .type("\(typeName).\(name)() takes no keyword arguments")
    }
    try charge(elements.count)
    switch name {
    case "copy":
      try arguments.expectNone("list.copy")
      return try .list(of: elements)
    case "count":
      try arguments.expectOne("\(typeName).count")
      let value = arguments.positional[0]
      return .integer(elements.count { $0.isEqual(to: value) })
    default:
      if case .range = receiver { try arguments.expectOne("range.index") }
      try arguments.expect("index", 1...3)
      let value = arguments.positional[0]
      func bound(_ value: Value?, _ fallback: Int) -> Int {
        guard let index = value?.index else { return fallback }
        return max(0, min(elements.count, index < 0 ? index &+ elements.count : index))
      }
      let start = bound(arguments[1], 0)
      let end = max(start, bound(arguments[2], elements.count))
      if let found = elements[start..<end].firstIndex(where: { $0.isEqual(to: value) }) {
        return .integer(found)
      }
      if case .range = receiver {
        guard value.wholeNumber == nil else {
          throw .value("\(value.representation.string) is not in range")
        }
        throw .value("sequence.index(x): x not in sequence")
      }
      if case .list = receiver { throw .value("\(value.representation.string) is not in list") }
      throw .value("tuple.index(x): x not in tuple")
    }
  }
}

/// The checks of built-in methods, with Python's messages.
extension CallArguments {
  subscript(index: Int) -> Value? { index < positional.count ? positional[index] : nil }

  func expectNone(_ name: String) throws(TemplateError) {
    if !positional.isEmpty {
      throw .type("\(name)() takes no arguments (\(positional.count) given)")
    }
  }

  func expectOne(_ name: String) throws(TemplateError) {
    if positional.count != 1 {
      throw .type("\(name)() takes exactly one argument (\(positional.count) given)")
    }
  }

  func expect(_ name: String, _ range: ClosedRange<Int>) throws(TemplateError) {
    let count = positional.count
    if count < range.lowerBound {
      let least = range.lowerBound
      let plural = least == 1 ? "" : "s"
      let quantity = range.count == 1 ? "\(least)" : "at least \(least)"
      throw .type("\(name) expected \(quantity) argument\(plural), got \(count)")
    }
    if count > range.upperBound {
      let most = range.upperBound
      let plural = most == 1 ? "" : "s"
      let quantity = range.count == 1 ? "\(most)" : "at most \(most)"
      throw .type("\(name) expected \(quantity) argument\(plural), got \(count)")
    }
  }
}

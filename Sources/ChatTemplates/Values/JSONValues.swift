import JSON

/// Makes values of JSON. Objects with the same keys share them, as the messages of a conversation do, and so do
/// equal short texts.
struct JSONValues {
  private static let shortLength = 15
  private static let shortTextCount = 8

  /// The object read last whose keys are short, and these keys.
  private var pattern: (names: [String], mapping: MappingObject)?
  private var shortTexts: [(string: String, text: Text)] = []

  /// The value of `json`, which is at `depth` in lists and mappings.
  mutating func value(of json: JSON, depth: Int = 0) throws(TemplateError) -> Value {
    guard depth < TemplateLimits.valueDepth else { throw ValueExtent.depthError }
    switch json {
    case .null: return .none
    case .bool(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .largeInteger(let digits): return try Self.integer(digits)
    case .number(let value): return .float(value)
    case .string(let value): return .text(text(value))
    case .array(let elements):
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      for element in elements { values.append(try value(of: element, depth: depth + 1)) }
      return try .list(of: values)
    case .object(let members): return .mapping(try mapping(members, depth: depth))
    }
  }

  private static func integer(_ digits: String) throws(TemplateError) -> Value {
    let isNegative = digits.utf8.first == UInt8(ascii: "-")
    guard let value = BigInteger(digits.utf8.dropFirst(isNegative ? 1 : 0), radix: 10) else {
      throw .value("'\(digits)' is not an integer")
    }
    return try .integer(isNegative ? value.negated : value)
  }

  private mutating func text(_ string: String) -> Text {
    guard string.utf8.count <= Self.shortLength else { return Text(string) }
    for known in shortTexts where Self.areSame(known.string, string) { return known.text }
    let text = Text(string)
    if shortTexts.count < Self.shortTextCount { shortTexts.append((string, text)) }
    return text
  }

  /// Whether both have the same code points; strings that are only equal differ in length.
  private static func areSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left == right
  }

  private mutating func mapping(
    _ members: JSONObject,
    depth: Int
  ) throws(TemplateError) -> MappingObject {
    if let pattern, pattern.names.count == members.count {
      var sources: [MappingObject.Source] = []
      sources.reserveCapacity(members.count)
      for (name, member) in members {
        guard Self.areSame(name, pattern.names[sources.count]) else { break }
        if case .string(let string) = member, string.utf8.count > Self.shortLength {
          sources.append(.string(string))
        } else {
          sources.append(.value(try value(of: member, depth: depth + 1)))
        }
      }
      if sources.count == members.count {
        return try MappingObject(keysOf: pattern.mapping, sources)
      }
    }
    var builder = MappingBuilder()
    for (name, member) in members {
      builder.set(text(name), try value(of: member, depth: depth + 1))
    }
    let mapping = try builder.finish()
    let names = members.keys
    if names.allSatisfy({ $0.utf8.count <= Self.shortLength }) { pattern = (names, mapping) }
    return mapping
  }
}

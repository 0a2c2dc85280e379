import JSON

/// The members of a request's body, read by name; faults name the field.
struct RequestFields: Sendable {
  let object: JSONObject

  /// These members.
  init(_ object: JSONObject) { self.object = object }

  /// The members of `json`.
  ///
  /// - Throws: a schema error for anything but an object.
  init(_ json: JSON) throws(APIError) {
    guard let object = json.objectValue else {
      throw .schema("body: Input should be a valid dictionary, found \(json.kindDescription)")
    }
    self.object = object
  }

  /// The value of `name`; `nil` where it is absent or null.
  subscript(name: String) -> JSON? {
    guard let value = object[name], value != .null else { return nil }
    return value
  }

  func bool(_ name: String) throws(APIError) -> Bool? {
    guard let value = self[name] else { return nil }
    switch value {
    case .bool(let bool): return bool
    case .integer(let number) where number == 0 || number == 1: return number == 1
    default: throw mismatch(name, "boolean", value)
    }
  }

  func integer(_ name: String) throws(APIError) -> Int? {
    guard let value = self[name] else { return nil }
    if case .bool(let bool) = value { return bool ? 1 : 0 }
    guard let integer = value.integerValue else { throw mismatch(name, "integer", value) }
    return integer
  }

  /// A whole number in `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let value = try integer(name) else { return nil }
    guard value >= range.lowerBound else {
      throw .schema(
        "\(name): Input should be greater than or equal to \(range.lowerBound), got \(value)",
        name
      )
    }
    guard value <= range.upperBound else {
      throw .schema(
        "\(name): Input should be less than or equal to \(range.upperBound), got \(value)",
        name
      )
    }
    return value
  }

  func number(_ name: String) throws(APIError) -> Double? {
    guard let value = self[name] else { return nil }
    guard let number = value.doubleValue else { throw mismatch(name, "number", value) }
    return number
  }

  func string(_ name: String) throws(APIError) -> String? {
    guard let value = self[name] else { return nil }
    guard let string = value.stringValue else { throw mismatch(name, "string", value) }
    return string
  }

  /// One string, or a list of them.
  func strings(_ name: String) throws(APIError) -> [String]? {
    guard let value = self[name] else { return nil }
    if let string = value.stringValue { return [string] }
    guard let list = value.arrayValue else { throw mismatch(name, "string or list", value) }
    var strings: [String] = []
    for element in list {
      guard let string = element.stringValue else { throw mismatch(name, "string", element) }
      strings.append(string)
    }
    return strings
  }

  func integers(_ name: String) throws(APIError) -> [Int]? {
    guard let value = self[name] else { return nil }
    guard let list = value.arrayValue else { throw mismatch(name, "list", value) }
    var integers: [Int] = []
    for element in list {
      guard let integer = element.integerValue else { throw mismatch(name, "integer", element) }
      integers.append(integer)
    }
    return integers
  }

  func object(_ name: String) throws(APIError) -> RequestFields? {
    guard let value = self[name] else { return nil }
    guard value.objectValue != nil else { throw mismatch(name, "dictionary", value) }
    return try RequestFields(value)
  }

  /// The error for a value of another type.
  func mismatch(_ name: String, _ expected: String, _ found: JSON) -> APIError {
    .schema("\(name): Input should be a valid \(expected), found \(found.kindDescription)", name)
  }
}

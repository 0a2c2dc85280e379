/// A JSON value. Objects keep the order of their members, as chat templates need it.
public indirect enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction or exponent that fits `Int`.
  case integer(Int)
  /// A number written without fraction or exponent that does not fit `Int`: its digits, perhaps behind a minus.
  case largeInteger(String)
  /// Any other number.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case array([JSON])
  /// Members in the order of the text.
  case object(JSONObject)

  /// Reads `text`, which must be one JSON value and white space.
  public init(parsing text: String) throws(JSONError) {
    try self.init(parsing: Array(text.utf8))
  }

  /// Reads `bytes`, which must be one JSON value and white space, in UTF-8.
  public init(parsing bytes: [UInt8], depthLimit: Int = JSONReader.defaultDepthLimit)
    throws(JSONError)
  {
    var reader = JSONReader(bytes.span, depthLimit: depthLimit)
    self = try reader.readValue()
    try reader.finish()
  }

  /// The member `key` of an object; `nil` if there is none or this is no object.
  public subscript(key: String) -> JSON? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The text of a string, else `nil`.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The value of a bool, else `nil`.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A whole number (also one written as `2.0`), else `nil`.
  public var integerValue: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// Any number as a `Double`, else `nil`.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .largeInteger(let digits): Double(digits)
    case .number(let value): value
    default: nil
    }
  }

  /// The elements of an array, else `nil`.
  public var arrayValue: [JSON]? { if case .array(let value) = self { value } else { nil } }

  /// The members of an object, else `nil`.
  public var objectValue: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// What the value is, for messages: "null", "a bool", "a number", "a string", "an array", "an object".
  public var kindDescription: String {
    switch self {
    case .null: "null"
    case .bool: "a bool"
    case .integer, .largeInteger, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A bool.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An array.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// An object with its members in this order.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}

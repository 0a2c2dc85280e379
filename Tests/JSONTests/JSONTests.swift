import JSON
import Testing

@Suite struct `JSON reading` {
  static let values: [(String, JSON)] = [
    ("null", JSON.null), (" true ", true), ("-12", -12), ("1.5e2", 150.0), ("1e0", 1.0),
    ("\"a\\u00e9\\n\\ud83d\\ude00\"", "aé\n😀"), ("[]", []), ("[1,[2]]", [1, [2]]),
    ("{\"b\":1,\"a\":{}}", ["b": 1, "a": [:]]),
    ("12345678901234567890", .largeInteger("12345678901234567890")),
  ]

  @Test(arguments: values)
  func `reads a value`(_ text: String, _ expected: JSON) throws {
    #expect(try JSON(parsing: text) == expected)
  }

  @Test func `keeps the order of members and the last of equal keys`() throws {
    let object = try #require(try JSON(parsing: #"{"z":1,"a":2,"z":3}"#).objectValue)
    #expect(object.keys == ["z", "a"])
    #expect(object["z"] == 3)
  }

  @Test func `tells keys apart by their bytes`() throws {
    let object = try #require(
      try JSON(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}").objectValue
    )
    #expect(object.count == 2)
    #expect(object["e\u{301}"] == 2)
  }

  @Test(arguments: [
    "", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "[,1]", "01", "1.",
    "-",
    "1e", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"", "\"\n\"", "1 2", "{1:2}", "'a'", "[1 2]",
    "NaN",
    "{\"a\" 1}", "]", "\u{FEFF}1",
  ])
  func `refuses what is not JSON`(_ text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  @Test func `refuses bytes that are not UTF-8`() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0x5C, 0x6E, 0xFF, 0x22]) }
  }

  @Test func `replaces a lone surrogate`() throws {
    #expect(try JSON(parsing: #""\ud800x""#) == "\u{FFFD}x")
    #expect(try JSON(parsing: #""\udc00\ud800\u0041""#) == "\u{FFFD}\u{FFFD}A")
  }

  @Test func `stops at the depth limit with its place`() {
    let text = String(repeating: "[", count: 200)
    #expect(throws: JSONError.tooDeep(offset: 128, limit: 128)) { try JSON(parsing: text) }
  }

  @Test func `every prefix of a document is refused`() throws {
    let text = Array(#"{"a":[1,2.5,"x\u00e9"],"b":{"c":null,"d":true}}"#.utf8)
    _ = try JSON(parsing: text)
    for length in 0..<text.count {
      #expect(throws: JSONError.self) { try JSON(parsing: Array(text[..<length])) }
    }
  }

  @Test func `writes what it reads`() throws {
    let text = #"{"a":[1,-2.5,"q\"\\\n\u0001é😀"],"b":{},"c":[],"d":[null,true,false]}"#
    #expect(try JSON(parsing: text).text == text)
  }
}

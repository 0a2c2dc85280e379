import JSON
import Testing

@Suite struct `Strings read into a buffer` {
  @Test(arguments: [#""""#, #""abc""#, #""a\u0120\n\"é日\ud83d\ude00""#, #""\ud800x""#])
  func `equal those read as strings`(text: String) throws {
    let bytes = Array(text.utf8)
    var one = JSONReader(bytes.span)
    var other = JSONReader(bytes.span)
    var buffer: [UInt8] = [1]
    try one.readString(appendingTo: &buffer)
    let string = try other.readString()
    let (end, otherEnd) = (one.offset, other.offset)
    #expect(buffer.dropFirst().elementsEqual(string.utf8))
    #expect(end == otherEnd)
  }

  @Test func `serve as keys`() throws {
    let bytes = Array(#"{"a":1, "é":2}"#.utf8)
    var reader = JSONReader(bytes.span)
    var buffer: [UInt8] = []
    try reader.beginObject()
    var values: [Int] = []
    while try reader.nextKey(appendingTo: &buffer) { values.append(try reader.readInteger()) }
    #expect(values == [1, 2])
    #expect(buffer == Array("aé".utf8))
  }

  @Test func `are refused where they are no UTF-8, cut or hold control characters`() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0x61], [0x22, 0x0A, 0x22], [0x22, 0x5C, 0x22],
    ] {
      #expect(throws: JSONError.self) {
        var reader = JSONReader(bytes.span)
        var buffer: [UInt8] = []
        try reader.readString(appendingTo: &buffer)
      }
    }
  }
}

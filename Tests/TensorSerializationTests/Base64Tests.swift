import Foundation
import TestSupport
import Testing

@testable import TensorSerialization

@Suite struct `Base64 text` {
  @Test(arguments: 0..<200) func `stands for its bytes`(count: Int) throws {
    var random = SeededGenerator(UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let text = Base64.encode(bytes)
    #expect(String(decoding: text, as: UTF8.self) == Data(bytes).base64EncodedString())
    #expect(try Base64.decode(text) == bytes)
  }

  /// As Python's `b64decode(text, validate=True)`, which also takes what the last bits should not be.
  @Test func `takes unused bits that are set`() throws {
    #expect(try Base64.decode("QR==") == [0x41])
  }

  @Test(arguments: [
    "Q", "QQ", "QQ=", "QUI", "=", "====", "Q===", "QQ==QQ==", "QQ==\n", " QQ==", "QQ-_", "Q=Q=",
    "QUJD=", "QU\u{0}D", "QÜ=",
  ])
  func `refuses what Python refuses`(_ text: String) {
    #expect(throws: TensorFileError.self) { try Base64.decode(text) }
  }

  @Test func `finds a wrong character anywhere`() throws {
    let text = Base64.encode([UInt8](repeating: 0xA5, count: 96))
    for (position, character) in zip(text.indices, (0...UInt8.max).filter { !Base64.isDigit($0) }) {
      var damaged = text
      damaged[position] = character
      #expect(throws: TensorFileError.invalid("character that is not base64", offset: position)) {
        try Base64.decode(damaged)
      }
    }
  }

  @Test func `says where a wrong character is`() {
    #expect(throws: TensorFileError.invalid("character that is not base64", offset: 5)) {
      try Base64.decode("QUJDQ!JD")
    }
  }
}

import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Pickles that would cost far more than their size if they were followed.
@Suite struct `Pickle limits` {
  /// A torch stream around `pickle`, without storages.
  private func stream(_ pickle: [UInt8]) -> SharedBytes {
    let start = TorchFile.streamStart + [UInt8(ascii: ".")]
    let version: [UInt8] = [0x80, 2, UInt8(ascii: "M"), 0xE9, 3, UInt8(ascii: ".")]
    let system: [UInt8] = [0x80, 2, UInt8(ascii: "}"), UInt8(ascii: ".")]
    let keys: [UInt8] = [0x80, 2, UInt8(ascii: "]"), UInt8(ascii: ".")]
    return SharedBytes(start + version + system + [0x80, 2] + pickle + keys)
  }

  private func refuses(_ pickle: [UInt8], _ what: String, limit: Int) {
    let clock = ContinuousClock()
    let start = clock.now
    #expect(throws: TensorFileError.tooLarge(what, limit: limit)) { try TensorFile(stream(pickle)) }
    #expect(clock.now - start < .seconds(5))
  }

  private func text(_ count: Int) -> [UInt8] {
    let length = withUnsafeBytes(of: UInt32(count).littleEndian) { Array($0) }
    return [UInt8(ascii: "X")] + length + [UInt8](repeating: UInt8(ascii: "a"), count: count)
  }

  @Test func `one long key set many times`() {
    let pairs = (0..<1000).flatMap { _ in Array("h\u{0}N".utf8) }
    let pickle =
      Array("]".utf8) + text(1 << 20) + Array("q\u{0}a}(".utf8) + pairs + Array("u.".utf8)
    refuses(pickle, "size of what the pickle builds", limit: 1 << 26)
  }

  @Test func `a hundred thousand keys that are no numbers`() throws {
    let key: [UInt8] = [UInt8(ascii: "G"), 0x7F, 0xF8, 0, 0, 0, 0, 0, 0]
    let pairs = (0..<100_000).flatMap { _ in key + [UInt8(ascii: "N")] }
    let file = try TensorFile(stream(Array("}(".utf8) + pairs + Array("u.".utf8)))
    #expect(file.tensorNames.isEmpty)
  }

  @Test func `lists in lists`() {
    let opened = [UInt8](repeating: UInt8(ascii: "]"), count: 1000)
    let closed = [UInt8](repeating: UInt8(ascii: "a"), count: 999)
    refuses(opened + closed + Array(".".utf8), "nesting of containers", limit: 128)
  }

  @Test func `a list of itself`() {
    refuses(Array("]q\u{0}h\u{0}a.".utf8), "nesting of containers", limit: 128)
  }

  @Test func `a list shared by lists of lists`() {
    // Each of 40 tuples holds the one before twice.
    var pickle = Array(")q\u{0}".utf8)
    for _ in 0..<40 { pickle += Array("h\u{0}".utf8) + [0x86] + Array("q\u{0}".utf8) }
    refuses(pickle + Array(".".utf8), "number of values", limit: 1 << 20)
  }

  @Test func `many names of a long key`() {
    // A dictionary with a long key, in a list a thousand times.
    let head = Array("](}".utf8) + text(1 << 20) + Array("]sq\u{0}".utf8)
    let uses = (0..<1000).flatMap { _ in Array("h\u{0}".utf8) }
    refuses(head + uses + Array("e.".utf8), "length of all tensor names", limit: 1 << 26)
  }
}

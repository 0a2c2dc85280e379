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

  /// As `refuses`, where the limit grows with the pickle.
  private func refusesToBuild(_ pickle: [UInt8]) {
    let clock = ContinuousClock()
    let start = clock.now
    let error = #expect(throws: TensorFileError.self) { try TensorFile(stream(pickle)) }
    guard case .tooLarge("size of what the pickle builds", let limit) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(limit <= 1 << 20 + 9 * pickle.count)
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
    refusesToBuild(pickle)
  }

  @Test func `a hundred thousand keys that are no numbers`() throws {
    let key: [UInt8] = [UInt8(ascii: "G"), 0x7F, 0xF8, 0, 0, 0, 0, 0, 0]
    let pairs = (0..<100_000).flatMap { _ in key + [UInt8(ascii: "N")] }
    let file = try TensorFile(stream(Array("}(".utf8) + pairs + Array("u.".utf8)))
    #expect(file.tensorNames.isEmpty)
  }

  @Test func `one list made a set many times`() {
    let items = (0..<20_000).flatMap { [UInt8(ascii: "M"), UInt8($0 & 255), UInt8($0 >> 8)] }
    let list = Array("](".utf8) + items + [UInt8(ascii: "e"), 0x85] + Array("q\u{0}".utf8)
    let name = Array("cbuiltins\nset\nq\u{1}".utf8)
    let calls = (0..<1000).flatMap { _ in Array("h\u{1}h\u{0}R".utf8) }
    refusesToBuild(list + name + calls + Array(".".utf8))
  }

  @Test func `one list of sizes many times`() {
    let sizes = Array("](".utf8) + (0..<64).flatMap { _ in [UInt8(ascii: "K"), 1] }
    let arguments = sizes + [UInt8(ascii: "e"), 0x85] + Array("q\u{0}".utf8)
    let name = Array("ctorch\nSize\nq\u{1}".utf8)
    let calls = (0..<500_000).flatMap { _ in Array("h\u{1}h\u{0}R".utf8) }
    refusesToBuild(arguments + name + calls + Array(".".utf8))
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

import Glibc
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
    let start = processorTime()
    let error = #expect(throws: TensorFileError.self) {
      try TensorFile.open(bytes: stream(pickle))
    }
    guard case .tooLarge(what, limit, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(processorTime() - start < Self.timeLimit)
  }

  /// Nanoseconds of processor time for a pickle of a few megabytes.
  private static let timeLimit = 1_000_000_000

  private func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// As `refuses`, where the limit grows with the pickle.
  private func refusesToBuild(_ pickle: [UInt8]) {
    let start = processorTime()
    let error = #expect(throws: TensorFileError.self) {
      try TensorFile.open(bytes: stream(pickle))
    }
    guard case .tooLarge("size of what the pickle builds", let limit, let offset?) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(limit <= 4 << 20 + 17 * pickle.count && offset < pickle.count + 100)
    #expect(processorTime() - start < Self.timeLimit)
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
    let file = try TensorFile.open(bytes: stream(Array("}(".utf8) + pairs + Array("u.".utf8)))
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
    refuses(opened + closed + Array(".".utf8), "nesting of containers in the pickle", limit: 128)
  }

  @Test func `a list of itself`() {
    refuses(Array("]q\u{0}h\u{0}a.".utf8), "nesting of containers in the pickle", limit: 128)
  }

  @Test func `a list shared by lists of lists`() {
    // Each of 40 tuples holds the one before twice.
    var pickle = Array(")q\u{0}".utf8)
    for _ in 0..<40 { pickle += Array("h\u{0}".utf8) + [0x86] + Array("q\u{0}".utf8) }
    refuses(pickle + Array(".".utf8), "number of values in the pickle", limit: 1 << 20)
  }

  @Test func `many names of a long key`() {
    // A dictionary with a long key, in a list a thousand times.
    let head = Array("](}".utf8) + text(1 << 20) + Array("]sq\u{0}".utf8)
    let uses = (0..<1000).flatMap { _ in Array("h\u{0}".utf8) }
    refuses(head + uses + Array("e.".utf8), "length of all tensor names", limit: 1 << 25)
  }

  /// Each repeats one cheap thing, as often as 2.5 MB allow.
  @Test(arguments: [
    ("]", "number of objects in the pickle", 1 << 19),
    ("}", "number of objects in the pickle", 1 << 19),
    ("N", "number of values on the pickle's stack", 1 << 20),
    ("(", "number of marks on the pickle's stack", 1 << 20),
    ("]Na", "number of objects in the pickle", 1 << 19),
    ("}NNs", "number of objects in the pickle", 1 << 19),
  ])
  func `a million small things`(_ opcodes: String, _ what: String, limit: Int) {
    let bytes = opcodes.unicodeScalars.map { UInt8($0.value) }
    let pickle = Array(repeatElement(bytes, count: 2_500_000 / bytes.count).joined())
    refuses(pickle, what, limit: limit)
  }

  @Test func `tensors by the hundred thousand`() {
    // The arguments of one tensor, and then a call for each five bytes.
    let storage =
      Array("(".utf8) + text("storage") + Array("ctorch\nFloatStorage\n".utf8)
      + text("0") + text("cpu") + Array("K\u{1}tQ".utf8)
    let arguments =
      Array("ctorch._utils\n_rebuild_tensor_v2\nq\u{0}(".utf8) + storage
      + Array("K\u{0}))".utf8) + [0x89] + Array("ccollections\nOrderedDict\n)Rtq\u{1}".utf8)
    let calls = (0..<500_000).flatMap { _ in Array("h\u{0}h\u{1}R".utf8) }
    refuses(arguments + calls, "number of tensors in the pickle", limit: 1 << 17)
  }

  private func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X"), UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
  }

  @Test func `keys that share their hash with none`() throws {
    // A hundred thousand texts: found by hash, none compared with all others.
    let members = (0..<100_000).flatMap { text("key \($0)") + [UInt8(ascii: "N")] }
    let start = processorTime()
    _ = try TensorFile.open(bytes: stream(Array("}(".utf8) + members + Array("u.".utf8)))
    #expect(processorTime() - start < Self.timeLimit)
  }
}

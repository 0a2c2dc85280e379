import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Views that say of themselves that signs are flipped.
@Suite struct `Conjugate views` {
  /// A torch stream of a tensor [count] on a storage of `type` with `metadata` set.
  private func stream(_ type: String, _ count: UInt8, byteCount: Int, _ metadata: String)
    -> SharedBytes
  {
    func text(_ text: String) -> [UInt8] {
      [UInt8(ascii: "X"), UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
    }
    func protocol2(_ pickle: [UInt8]) -> [UInt8] { [0x80, 2] + pickle + [UInt8(ascii: ".")] }
    let number: [UInt8] = [UInt8(ascii: "K"), count]
    let storage =
      Array("(".utf8) + text("storage") + Array("ctorch\n\(type)\n".utf8) + text("0") + text("cpu")
      + number + Array("NtQ".utf8)
    let layout = Array("K\u{0}".utf8) + number + [0x85] + Array("K\u{1}".utf8) + [0x85, 0x89]
    let hooks = Array("ccollections\nOrderedDict\n)R".utf8)
    let flags = Array("}".utf8) + text(metadata) + [0x88] + Array("s".utf8)
    let tensor =
      Array("ctorch._utils\n_rebuild_tensor_v2\n(".utf8) + storage + layout + hooks + flags
      + Array("tR".utf8)
    let head =
      TorchFile.streamStart + [UInt8(ascii: ".")] + protocol2(Array("M".utf8) + [0xE9, 3])
      + protocol2(Array("}".utf8))
    let data = [count, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 1, count: byteCount)
    let keys = protocol2(Array("]".utf8) + text("0") + Array("a".utf8))
    return SharedBytes(head + protocol2(tensor) + keys + data)
  }

  private func numbers(in file: TensorFile) throws -> [UInt8] {
    let tensor = try file.tensor("")
    return withExtendedLifetime(tensor) { Array(tensor.bytes) }
  }

  @Test(arguments: [("FloatStorage", 12), ("DoubleStorage", 24), ("HalfStorage", 6)])
  func `of real numbers are refused`(type: String, byteCount: Int) throws {
    let error = #expect(throws: TensorFileError.self) {
      try TensorFile.open(bytes: stream(type, 3, byteCount: byteCount, "conj"))
    }
    #expect("\(String(describing: error))".contains("conjugate view"))
  }

  @Test func `of complex numbers flip the imaginary signs`() throws {
    let file = try TensorFile.open(bytes: stream("ComplexFloatStorage", 3, byteCount: 24, "conj"))
    let flipped = (0..<3).flatMap { _ in [1, 1, 1, 1, 1, 1, 1, 0x81] as [UInt8] }
    #expect(try numbers(in: file) == flipped)
  }

  @Test func `with the other flag negate real numbers`() throws {
    let file = try TensorFile.open(bytes: stream("FloatStorage", 3, byteCount: 12, "neg"))
    #expect(try numbers(in: file) == (0..<3).flatMap { _ in [1, 1, 1, 0x81] as [UInt8] })
  }
}

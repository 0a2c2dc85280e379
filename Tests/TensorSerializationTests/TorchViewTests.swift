import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Files of torch whose numbers are not simply there: complex ones, flipped signs, scaled integers.
@Suite struct `Torch views` {
  @Test func `have the numbers that torch gives, or an error that says why not`() throws {
    let expected = try #require(try Fixtures.tensorJSON("torch_views.json").objectValue)
    for (name, value) in expected {
      let file = try TensorFile.open(path: Fixtures.path("tensors/\(name).pt"))
      #expect(file.tensorNames == [""], "\(name)")
      guard value != .null else {
        let error = #expect(throws: TensorFileError.self, "\(name)") { try file.tensor("") }
        guard case .unsupported(_, offset: .some) = error else {
          Issue.record("\(name): \(String(describing: error))")
          continue
        }
        continue
      }
      let tensor = try file.tensor("")
      #expect(tensor.dtype.rawValue == value["dtype"]?.stringValue, "\(name)")
      #expect(tensor.shape == value["shape"]?.arrayValue?.compactMap(\.integerValue), "\(name)")
      #expect(tensor.digest == value["sha256"]?.stringValue, "\(name)")
    }
    #expect(expected.count == 11)
  }

  @Test(arguments: [
    ("quantized", "a quantized tensor (torch.quint8) at byte "),
    ("quantized_channels", "a quantized tensor (torch.qint8) at byte "),
    ("meta", "a tensor without data (on the meta device) at byte "),
  ])
  func `without numbers say so as rows`(_ name: String, _ message: String) throws {
    let path = Fixtures.path("tensors/\(name).pt")
    let error = #expect(throws: TensorFileError.self) { try TensorFile.rows(from: path) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("cannot read '\(path)': \(message)"), "\(text)")
    #expect(text.hasSuffix(" is not supported"), "\(text)")
  }

  @Test func `of one storage have its checksum compared once`() throws {
    // 3,000 views of 8 MB would take seconds.
    let count = 1 << 21
    let storage = SharedBytes([UInt8](repeating: 7, count: 4 * count))
    let record = ExpectedChecksum(
      CRC32.checksum(storage.span),
      of: storage,
      0..<storage.count
    )
    let region = ByteRegion(storage: storage, range: 0..<storage.count, checksum: record)
    let start = ContinuousClock().now
    for _ in 0..<3000 { try region.check() }
    #expect(ContinuousClock().now - start < .seconds(1))
    let wrong = ExpectedChecksum(1, of: storage, 0..<storage.count)
    for _ in 0..<3000 {
      #expect(throws: TensorFileError.invalid("data whose checksum differs", offset: 0)) {
        try wrong.check()
      }
    }
    #expect(ContinuousClock().now - start < .seconds(2))
  }

  @Test func `that begin between two numbers are looked at for themselves`() throws {
    let nan = withUnsafeBytes(of: Float.nan) { Array($0) }
    let bytes: [UInt8] = [0] + nan + [0, 0, 0]
    let storage = SharedBytes(bytes)
    let pattern = try #require(DType.float32.nonFinite)
    let expected: [(start: Int, holds: Bool?)] = [(0, false), (1, nil), (4, false)]
    for (start, holds) in expected {
      let record = ExpectedChecksum(CRC32.checksum(storage.span), of: storage, 0..<storage.count)
      #expect(try record.check(finding: pattern, from: start) == holds, "from \(start)")
    }
  }

  @Test func `of bytes that begin between two numbers may hold no NaN`() throws {
    func global(_ module: String, _ name: String) -> [UInt8] {
      Array("c\(module)\n\(name)\n".utf8)
    }
    func text(_ text: String) -> [UInt8] {
      [UInt8(ascii: "X"), UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
    }
    func byte(_ value: UInt8) -> [UInt8] { [UInt8(ascii: "K"), value] }
    func tuple(_ items: [UInt8]...) -> [UInt8] {
      [UInt8(ascii: "(")] + items.flatMap { $0 } + [UInt8(ascii: "t")]
    }
    // [1, 4] of float32 in all but the first byte of 17.
    let view = tuple(text("0"), byte(1), byte(16))
    let type = global("torch.storage", "UntypedStorage")
    var storage = tuple(text("storage"), type, text("0"), text("cpu"), byte(17), view)
    storage.append(UInt8(ascii: "Q"))
    var hooks = global("collections", "OrderedDict")
    hooks += Array(")R".utf8)
    let (shape, strides) = (tuple(byte(1), byte(4)), tuple(byte(4), byte(1)))
    var pickle: [UInt8] = [0x80, 2]
    pickle += global("torch._utils", "_rebuild_tensor_v3")
    pickle += tuple(storage, byte(0), shape, strides, [0x89], hooks, global("torch", "float32"))
    pickle += Array("R.".utf8)
    let record = pickle
    func file(_ numbers: [Float]) throws -> TensorFile {
      var output: [UInt8] = []
      func sink(_ span: RawSpan) { output += span.array(0..<span.byteCount) }
      var writer = ZipWriter(folder: "archive")
      writer.add("data.pkl", record.span.bytes, to: sink)
      writer.add("byteorder", Array("little".utf8).span.bytes, to: sink)
      var bytes: [UInt8] = [0]
      for number in numbers { withUnsafeBytes(of: number) { bytes += Array($0) } }
      writer.add("data/0", bytes.span.bytes, to: sink)
      writer.add("version", Array("3\n".utf8).span.bytes, to: sink)
      writer.finish(to: sink)
      return try TensorFile.open(bytes: SharedBytes(output))
    }
    #expect(try file([1, 2, 3, 4]).rows().matrix.storage == [1, 2, 3, 4])
    #expect(throws: TensorFileError.unsuitable("row 0 holds NaN")) {
      try file([1, 2, .nan, 4]).rows()
    }
  }
}

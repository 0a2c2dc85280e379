import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Every layout that torch has; digests of its dense tensors are in sparse_layouts.json.
@Suite struct `Sparse tensors` {
  private func file(byteLimit: Int = TorchFile.defaultByteLimit) throws -> TensorFile {
    try TensorFile.open(path: Fixtures.path("tensors/sparse_layouts.pt"), byteLimit: byteLimit)
  }

  @Test func `become what torch makes of them`() throws {
    let file = try file()
    let expected = try #require(try Fixtures.tensorJSON("sparse_layouts.json").objectValue)
    #expect(file.tensorNames == Array(expected.map(\.key)))
    for (name, value) in expected {
      let tensor = try file.tensor(name)
      #expect(tensor.dtype.rawValue == value["dtype"]?.stringValue, "\(name)")
      #expect(tensor.shape == value["shape"]?.arrayValue?.compactMap(\.integerValue), "\(name)")
      #expect(tensor.digest == value["sha256"]?.stringValue, "\(name)")
    }
  }

  @Test func `are refused above the byte limit before memory is taken`() throws {
    let file = try file(byteLimit: 95)
    #expect(try file.stored("csr").byteCount == 96)
    for name in ["coo", "csr", "csc", "bsr", "bsc"] {
      let error = #expect(throws: TensorFileError.self, "\(name)") { try file.tensor(name) }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("size of the tensors at byte "), "\(name)")
      #expect(text.hasSuffix(" exceeds the limit of 95"), "\(name)")
    }
  }

  @Test func `that repeat one number are refused beyond the machine's memory`() throws {
    let record = TorchTensorRecord(
      storage: 0,
      type: TorchElementType(.float32),
      offset: 0,
      shape: [1 << 36, 64],
      strides: [0, 0]
    )
    let bytes = SharedBytes([0, 0, 0, 0])
    let strided = StridedTensor(
      record: record,
      dtype: .float32,
      storage: ByteRegion(storage: bytes, range: 0..<4),
      isBigEndian: false
    )
    try strided.checkBounds()
    #expect(throws: TensorFileError.self) { try StoredTensor(strided).dense(byteLimit: .max) }
  }
}

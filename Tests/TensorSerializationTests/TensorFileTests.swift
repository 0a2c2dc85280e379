import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite struct `Tensor files` {
  private func file(_ bytes: [UInt8]) throws -> TensorFile { try TensorFile(SharedBytes(bytes)) }

  private func torch(_ tensor: Tensor) throws -> TensorFile { try file(TorchFile.write(tensor)) }

  private let embeddings = tensor(
    .float32,
    [2, 2],
    [0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 192]
  )

  @Test func `holds what torch wrote`() throws {
    for (name, expected) in try #require(try Fixtures.tensorJSON("torch_files.json").objectValue) {
      let file = try file(Fixtures.bytes("tensors/\(name).pt"))
      let tensor = try file.tensor(name == "dictionary" ? "prompt" : "")
      #expect(tensor.dtype.rawValue == expected["dtype"]?.stringValue, "\(name)")
      #expect(tensor.shape == expected["shape"]?.arrayValue?.compactMap(\.integerValue), "\(name)")
      #expect(tensor.digest == expected["sha256"]?.stringValue, "\(name)")
    }
  }

  @Test func `tells formats by their first bytes`() throws {
    #expect(try torch(embeddings).format == .torch)
    #expect(try file(SafetensorsFile.write([("x", embeddings)])).format == .safetensors)
    #expect(try file(NpyFile.write(embeddings)).format == .npy)
    #expect(try file(Fixtures.bytes("tensors/types.gguf")).format == .gguf)
    #expect(try file(Fixtures.bytes("tensors/legacy.pt")).format == .torch)
    for bytes in [[], [1], Array("hello!".utf8), [UInt8](repeating: 0, count: 40)] {
      #expect(throws: TensorFileError.self) { try file(bytes) }
    }
  }

  @Test func `reads base64 text of each, with a line feed`() throws {
    for bytes in try [
      TorchFile.write(embeddings), SafetensorsFile.write([("x", embeddings)]),
      NpyFile.write(embeddings), Fixtures.bytes("tensors/legacy.pt"),
    ] {
      let rows = try file(Base64.encode(bytes) + [0x0A]).rows()
      #expect(rows.matrix == (try file(bytes).rows().matrix))
    }
    #expect(throws: TensorFileError.self) { try file(Array("aGVsbG8=\n".utf8)) }
  }

  @Test func `gives the rows as float32`() throws {
    let rows = try torch(embeddings).rows(columnCount: 2)
    #expect(rows.matrix == Matrix(rowCount: 2, columnCount: 2, storage: [1, 2, 0, -2]))
    #expect(rows.dtype == .float32)
    for dtype in [DType.float16, .bfloat16] {
      let narrow = try torch(try Tensor(rows.matrix, as: dtype)).rows()
      #expect(narrow.matrix == rows.matrix && narrow.dtype == dtype)
    }
    let doubles: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    #expect(try torch(tensor(.float64, [1, 1], doubles)).rows().matrix.storage == [1])
    let float8 = try torch(tensor(.float8E4M3, [1, 2], [0x38, 0xC0])).rows()
    #expect(float8.matrix.storage == [1, -2])
  }

  @Test func `squeezes a batch of one`() throws {
    let batch = try #require(
      Tensor(dtype: .float32, shape: [1, 2, 2], storage: embeddings.storage, byteOffset: 0)
    )
    #expect(try torch(batch).rows().matrix.rowCount == 2)
  }

  @Test(arguments: [
    (ramp(.int64, [2, 2]), "tensor is torch.int64 where floating-point numbers are expected"),
    (ramp(.bool, [2, 2]), "tensor is torch.bool where floating-point numbers are expected"),
    (
      ramp(.complex64, [2, 2]),
      "tensor is torch.complex64 where floating-point numbers are expected"
    ),
    (ramp(.float32, [4]), "tensor has shape [4] where [n, 2] is expected"),
    (ramp(.float32, [2, 2, 2]), "tensor has shape [2, 2, 2] where [n, 2] is expected"),
    (ramp(.float32, []), "tensor has shape [] where [n, 2] is expected"),
    (ramp(.float32, [0, 2]), "tensor of shape [0, 2] has no rows"),
    (ramp(.float32, [3, 5]), "tensor is [3, 5] but the model's hidden size is 2"),
    (tensor(.float16, [2, 2], [0, 0, 0, 0, 0, 0, 0, 0x7C]), "row 1 holds infinity"),
    (tensor(.bfloat16, [2, 2], [0, 0, 0xC0, 0x7F, 0, 0, 0, 0]), "row 0 holds NaN"),
    (
      tensor(.float64, [1, 2], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F]),
      "row 0 holds infinity"
    ),
  ])
  func `refuses what are no rows`(_ tensor: Tensor, _ message: String) throws {
    let file = try torch(tensor)
    #expect(throws: TensorFileError.unsuitable(message)) { try file.rows(columnCount: 2) }
  }

  @Test func `picks the one matrix, or the one that is named`() throws {
    let one = try file(SafetensorsFile.write([("n", ramp(.int64, [1])), ("x", embeddings)]))
    #expect(try one.rows().matrix.storage == [1, 2, 0, -2])
    let two = try file(SafetensorsFile.write([("x", embeddings), ("y", embeddings)]))
    #expect(
      throws: TensorFileError.unsuitable(
        "safetensors file holds 2 tensors, 2 of them matrices; name one: 'x' float32 [2, 2], 'y' float32 [2, 2]"
      )
    ) { try two.rows() }
    #expect(try two.rows(named: "y").matrix.rowCount == 2)
    #expect(throws: TensorFileError.missingTensor("z")) { try two.rows(named: "z") }
  }

  @Test func `takes a name after the path`() throws {
    let path = Fixtures.path("tensors/dictionary.pt")
    #expect(try TensorFile.rows(from: path).matrix.columnCount == 4)
    #expect(try TensorFile.rows(from: path + "#prompt").matrix.rowCount == 2)
    #expect(throws: TensorFileError.file(path: path, .missingTensor("other"))) {
      try TensorFile.rows(from: path + "#other")
    }
    #expect(
      throws: TensorFileError.file(path: "/nowhere", .unreadable("no such file or directory"))
    ) { try TensorFile.rows(from: "/nowhere") }
  }

  @Test func `caps text of the file and escapes its controls`() {
    let name = "\u{1B}[31m" + String(repeating: "x", count: 1000)
    let text = TensorFileError.missingTensor(name).description
    #expect(text.count < 250)
    #expect(text.hasPrefix("no tensor is named '\\u{1b}[31mx"))
  }
}

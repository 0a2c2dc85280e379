import Foundation
import Glibc
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite struct `Tensor files` {
  private func file(_ bytes: [UInt8]) throws -> TensorFile {
    try TensorFile.open(bytes: SharedBytes(bytes))
  }

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

  @Test func `takes the longest path that is there before a name`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = Data(
      try SafetensorsFile.write([("b#c", embeddings), ("c", ramp(.float32, [3, 1]))])
    )
    for name in ["a", "a#b", "x#c"] { try bytes.write(to: folder.appending(path: name)) }
    func split(_ source: String) -> [String?] {
      let (path, name) = TensorFile.split("\(folder.path)/\(source)")
      return [String(path.dropFirst(folder.path.count + 1)), name]
    }
    #expect(split("a") == ["a", nil])
    #expect(split("a#b") == ["a#b", nil])
    #expect(split("a#b#c") == ["a#b", "c"])
    #expect(split("a#c#d") == ["a", "c#d"])
    #expect(split("x#c") == ["x#c", nil])
    #expect(split("y#c#d") == ["y#c", "d"])
    #expect(split("y") == ["y", nil])
    #expect(try TensorFile.rows(from: "\(folder.path)/a#b#c").rowCount == 3)
    #expect(try TensorFile.rows(from: "\(folder.path)/x#c#b#c").rowCount == 2)
  }

  @Test func `checks how much rows would take before they are made`() throws {
    // Of 8 bytes come 32 in float32.
    let float8 = try TorchFile.write(
      tensor(.float8E4M3, [2, 4], [UInt8](repeating: 0x38, count: 8))
    )
    func rows(_ byteLimit: Int, _ rowLimit: Int? = nil) throws -> TensorRows {
      try TensorFile.open(bytes: SharedBytes(float8), byteLimit: byteLimit).rows(rowLimit: rowLimit)
    }
    #expect(try rows(32).rowCount == 2)
    #expect(throws: TensorFileError.tooLarge("size of the rows in float32", limit: 31)) {
      try rows(31)
    }
    #expect(try rows(32, 2).rowCount == 2)
    #expect(throws: TensorFileError.tooManyRows(2, limit: 1)) { try rows(32, 1) }
    // A small file that says it is large: refused by its shape, in no time.
    let expanded = try TensorFile.open(path: Fixtures.path("tensors/expanded.pt"), byteLimit: 95)
    #expect(throws: TensorFileError.tooLarge("size of the rows in float32", limit: 95)) {
      try expanded.rows()
    }
  }

  @Test(arguments: [
    DType.float64, .float32, .float16, .bfloat16, .float8E4M3, .float8E5M2, .float8E4M3FNUZ,
    .float8E5M2FNUZ, .float8E8M0,
  ])
  func `gives each row as it gives all`(_ dtype: DType) throws {
    // Exponents of neither infinity nor NaN.
    let size = dtype.blockByteCount
    let bytes = (0..<700 * 3 * size).map { UInt8(($0 * 7 + 1) % 0x3B) }
    let rows = try torch(tensor(dtype, [700, 3], bytes)).rows()
    let all = rows.matrix
    #expect(all.rowCount == 700 && all.columnCount == 3 && rows.dtype == dtype)
    #expect(all.storage.first { !$0.isFinite } == nil)
    for index in [0, 1, 350, 699] { #expect(rows.row(index) == all.row(index)) }
    #expect(rows.rows(5..<605) == all.rows(5..<605))
    #expect(rows.rows(7..<7).rowCount == 0)
  }

  @Test(arguments: [
    (DType.float64, [0x00, 0, 0, 0xF0, 0xFF, 0xFF, 0xEF, 0x47] as [UInt8], true),
    (.float64, [0xFF, 0xFF, 0xFF, 0xEF, 0xFF, 0xFF, 0xEF, 0x47], false),
    (.float64, [0, 0, 0, 0, 0, 0, 0xF8, 0xFF], true), (.float32, [0, 0, 0x80, 0xFF], true),
    (.float32, [0xFF, 0xFF, 0x7F, 0x7F], false), (.float16, [1, 0x7C], true),
    (.float16, [0xFF, 0x7B], false), (.bfloat16, [0x80, 0xFF], true),
    (.bfloat16, [0x7F, 0x7F], false), (.float8E4M3, [0xFF], true), (.float8E4M3, [0x7E], false),
    (.float8E5M2, [0x7C], true), (.float8E5M2, [0x7B], false), (.float8E4M3FNUZ, [0x80], true),
    (.float8E4M3FNUZ, [0xFF], false), (.float8E5M2FNUZ, [0x80], true),
    (.float8E5M2FNUZ, [0x7F], false), (.float8E8M0, [0xFF], true), (.float8E8M0, [0xFE], false),
  ])
  func `finds what is not finite anywhere`(_ dtype: DType, _ bits: [UInt8], _ isFound: Bool) throws
  {
    for (count, place) in [(1, 0), (100, 99), (1000, 517), (5000, 4999)] {
      var bytes = [UInt8](repeating: 0, count: count * bits.count)
      bytes.replaceSubrange(place * bits.count..<(place + 1) * bits.count, with: bits)
      let file = try torch(tensor(dtype, [count, 1], bytes))
      if isFound {
        let error = #expect(throws: TensorFileError.self) { try file.rows() }
        #expect(error?.description.hasPrefix("row \(place) holds ") == true, "\(dtype)")
      } else {
        #expect(try file.rows().row(place).first { !$0.isFinite } == nil, "\(dtype)")
      }
    }
  }

  @Test func `reads a pipe to its end, but no more than the limit`() throws {
    let path = "/tmp/swiftllm-pipe-\(getpid())"
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    let bytes = try TorchFile.write(ramp(.uint8, [3_000_000]))
    func open(byteLimit: Int) throws -> TensorFile {
      let writer = Thread {
        // Whoever reads may stop early.
        signal(SIGPIPE, SIG_IGN)
        let descriptor = Glibc.open(path, O_WRONLY)
        var done = 0
        while done < bytes.count {
          let got = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
          if got <= 0 { break }
          done += got
        }
        close(descriptor)
      }
      writer.start()
      return try TensorFile.open(path: path, byteLimit: byteLimit)
    }
    #expect(try open(byteLimit: 3_000_000).tensor("").digest == ramp(.uint8, [3_000_000]).digest)
    #expect(
      throws: TensorFileError.file(path: path, .unreadable("more than \(1333 + (1 << 20)) bytes"))
    ) { try open(byteLimit: 1000) }
  }

  @Test func `caps text of the file and escapes its controls`() {
    let name = "\u{1B}[31m" + String(repeating: "x", count: 1000)
    let text = TensorFileError.missingTensor(name).description
    #expect(text.count < 250)
    #expect(text.hasPrefix("no tensor is named '\\u{1b}[31mx"))
  }

  @Test func `gives a GGUF file's tensors where they lie`() throws {
    let bytes = SharedBytes(try Fixtures.bytes("tensors/types.gguf"))
    let file = try TensorFile.open(bytes: bytes)
    let gguf = try #require(file.gguf)
    #expect(gguf.tensorNames == file.tensorNames)
    for name in ["t.F32", "t.F16", "t.Q8_0"] {
      let tensor = try file.tensor(name)
      let place = try gguf.tensor(name).byteOffset
      #expect(tensor.storage === bytes && tensor.byteOffset == place)
    }
    #expect(throws: TensorFileError.invalid("no 'GGUF'", offset: 0)) {
      try TensorFile.open(bytes: SharedBytes(TorchFile.write(embeddings)), as: .gguf)
    }
  }

  @Test(arguments: 0..<50) func `text of pieces is the text of the whole`(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let bytes = (0..<Int.random(in: 0...200_000, using: &random)).map {
      UInt8(truncatingIfNeeded: $0 &* 31)
    }
    var encoder = Base64Encoder()
    var text: [UInt8] = []
    func append(_ span: RawSpan) { text += span.array(0..<span.byteCount) }
    var start = 0
    while start < bytes.count {
      let size =
        Int.random(in: 0...100_000, using: &random) >> Int.random(in: 0...16, using: &random)
      let end = min(bytes.count, start + size)
      encoder.encode(Array(bytes[start..<end]).span.bytes, to: append)
      start = end
    }
    encoder.finish(to: append)
    #expect(text == Base64.encode(bytes))
  }
}

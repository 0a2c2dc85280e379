import Glibc
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Torch files above 4 GiB, in which zip needs wider numbers. What torch wrote around the zeros of
/// such a file is in torch_wide.json.
@Suite(.serialized) struct `Files above 4 GiB` {
  private struct Piece {
    let offset: Int
    let bytes: [UInt8]
  }

  private func torchFile() throws -> (byteCount: Int, pieces: [Piece]) {
    let json = try Fixtures.tensorJSON("torch_wide.json")
    let pieces = try #require(json["pieces"]?.arrayValue).map { item in
      let hex = Array((item.arrayValue?.last?.stringValue ?? "").utf8)
      let bytes = stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)
      }
      return Piece(offset: item.arrayValue?.first?.integerValue ?? -1, bytes: bytes)
    }
    return (try #require(json["size"]?.integerValue), pieces)
  }

  /// Zeros that take no memory.
  private func withZeros(_ count: Int, _ body: (RawSpan) throws -> Void) throws {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let base = try #require(mmap(nil, count, PROT_READ, flags, -1, 0))
    try #require(base != MAP_FAILED)
    defer { munmap(base, count) }
    madvise(base, count, MADV_HUGEPAGE)
    try body(RawSpan(_unsafeStart: base, byteCount: count))
  }

  @Test func `are written as torch writes them`() throws {
    let expected = try torchFile()
    var byteCount = 0
    var compared = 0
    func sink(_ span: RawSpan) {
      defer { byteCount += span.byteCount }
      // Large pieces are of the zeros between.
      guard span.byteCount < 1 << 16 else { return }
      let range = byteCount..<byteCount + span.byteCount
      var bytes = [UInt8](repeating: 0, count: span.byteCount)
      for piece in expected.pieces {
        let overlap = range.clamped(to: piece.offset..<piece.offset + piece.bytes.count)
        for offset in overlap { bytes[offset - byteCount] = piece.bytes[offset - piece.offset] }
        compared += overlap.count
      }
      #expect(span.array(0..<span.byteCount) == bytes, "from byte \(byteCount)")
    }
    // The pickle is torch's: tensors of 4 GiB cannot be made here.
    let first = try #require(expected.pieces.first?.bytes)
    let end = try #require(
      (0..<first.count - 4).first { Array(first[$0..<$0 + 4]) == [0x50, 0x4B, 0x07, 0x08] }
    )
    var writer = ZipWriter(folder: "archive")
    try withZeros(1 << 32 + 5) { zeros in
      writer.add("data.pkl", Array(first[64..<end]).span.bytes, to: sink)
      for (name, text) in [
        (".format_version", "1"), (".storage_alignment", "64"), ("byteorder", "little"),
      ] {
        writer.add(name, Array(text.utf8).span.bytes, to: sink)
      }
      let numbers: [Float] = [0, 1, 2, 3, 4, 5]
      writer.add("data/0", zeros, to: sink)
      writer.add("data/1", numbers.span.bytes, to: sink)
      writer.add("data/2", numbers.span.bytes.extracting(0..<0), to: sink)
      writer.add("data/3", zeros.extracting(0..<1 << 32), to: sink)
      writer.add("data/4", numbers.span.bytes.extracting(0..<16), to: sink)
      writer.add("version", Array("3\n".utf8).span.bytes, to: sink)
      writer.finish(to: sink)
    }
    #expect(byteCount == expected.byteCount)
    #expect(compared == expected.pieces.reduce(0) { $0 + $1.bytes.count })
  }

  @Test func `are read wherever the tensors lie`() throws {
    let expected = try torchFile()
    let path = "/tmp/swiftllm-wide-\(getpid()).pt"
    defer { unlink(path) }
    // Holes take no room on the disk.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    try #require(ftruncate(descriptor, expected.byteCount) == 0)
    for piece in expected.pieces {
      let written = pwrite(descriptor, piece.bytes, piece.bytes.count, piece.offset)
      try #require(written == piece.bytes.count)
    }
    let file = try TensorFile.open(path: path)
    #expect(file.tensorNames == ["zeros", "rows", "empty", "half", "last"])
    #expect(try file.stored("zeros").shape == [1 << 32 + 5])
    #expect(try file.stored("half").byteCount == 1 << 32)
    #expect(try file.tensor("empty").shape == [0, 4])
    #expect(try file.rows(named: "rows").matrix.storage == [0, 1, 2, 3, 4, 5])
    let last = try file.tensor("last")
    #expect(last.byteOffset > 2 << 32 && last.shape == [4])
    // A name is needed where others are matrices too; rows of nothing are none.
    #expect(throws: TensorFileError.self) { try file.rows(named: "empty") }
  }

  @Test func `have sizes in pickles as long as they need`() throws {
    let tensor = try #require(
      Tensor(dtype: .uint8, shape: [0, 1 << 33], storage: SharedBytes([]), byteOffset: 0)
    )
    let read = try TensorFile.open(bytes: SharedBytes(TorchFile.write(tensor)))
    #expect(try read.stored("").shape == [0, 1 << 33])
  }
}

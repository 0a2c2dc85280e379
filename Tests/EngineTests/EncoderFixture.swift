import JSON
import TensorSerialization
import Tensors
import TestSupport
import Tokenization

/// A directory of `Tests/Fixtures/encoders` and what transformers and sentence-transformers say of it.
struct EncoderFixture {
  let path: String
  let texts: [String]
  let tokens: [[TokenID]]
  /// [tokens, hidden], the rows of one text after those of another.
  let hidden: Matrix
  /// [texts, hidden]
  let vectors: Matrix

  init(_ name: String) throws {
    path = Fixtures.path("encoders/\(name)")
    let json = try JSON(parsing: try Fixtures.bytes("encoders/\(name)/reference.json"))
    texts = (json["texts"]?.arrayValue ?? []).compactMap(\.stringValue)
    tokens = (json["tokens"]?.arrayValue ?? []).map { list in
      (list.arrayValue ?? []).compactMap(\.integerValue).map { TokenID(UInt32($0)) }
    }
    let file = try SafetensorsFile(path: "\(path)/reference.safetensors")
    hidden = Self.matrix(try file.tensor("hidden"))
    vectors = Self.matrix(try file.tensor("vectors"))
  }

  /// The numbers of a float32 tensor [n, width].
  static func matrix(_ tensor: Tensor) -> Matrix {
    Matrix(
      rowCount: tensor.shape[0],
      columnCount: tensor.shape[1],
      storage: (0..<tensor.byteCount / 4).map {
        tensor.bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    )
  }
}

extension Matrix {
  /// The largest of 1 - cosine of a row and the same row of `other`.
  func largestCosineDistance(from other: Matrix) -> Double {
    precondition(rowCount == other.rowCount && columnCount == other.columnCount, "shapes differ")
    return (0..<rowCount).map { index in
      let (a, b) = (row(index).map(Double.init), other.row(index).map(Double.init))
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return 1 - dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }.max() ?? 0
  }
}

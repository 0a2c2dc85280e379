public import TensorSerialization
public import Tensors

/// An affine map of vectors to fewer dimensions: y = (x - mean) · componentsᵀ.
public struct VectorProjection: Sendable, Equatable {
  /// What is subtracted, [width].
  public let mean: [Float]
  /// Directions, each scaled as it is to be, [components, width].
  public let components: Matrix

  /// The `count` widest principal components of the rows of `vectors` (`nil`: all of them).
  ///
  /// `whitens` divides each by its standard deviation.
  /// - Throws: `DecompositionError`.
  public init(
    fitting vectors: Matrix,
    count: Int?,
    whitens: Bool
  ) throws(DecompositionError) {
    let principal = try PrincipalComponents(of: vectors, count: count)
    mean = principal.mean.map { Float($0) }
    components = Matrix(
      rowCount: principal.directions.count,
      columnCount: mean.count,
      storage: zip(principal.directions, principal.variances).flatMap { direction, variance in
        let scale = whitens ? 1 / variance.squareRoot() : 1
        return direction.map { Float($0 * scale) }
      }
    )
  }

  /// Reads what `bytes()` wrote.
  ///
  /// - Throws: `TensorFileError`, `ModelError`.
  public init(path: String) throws {
    let file = try TensorFile.open(path: path, as: .safetensors)
    let (mean, components): (Tensor, Tensor)
    do {
      (mean, components) = (try file.tensor("mean"), try file.tensor("components"))
    } catch {
      throw ModelError(path, error)
    }
    guard mean.dtype == .float32, components.dtype == .float32, mean.shape.count == 1,
      components.shape.count == 2, components.shape[1] == mean.shape[0]
    else {
      throw ModelError(
        "cannot load '\(path)': mean is \(mean.dtype.rawValue) \(mean.shape), components are "
          + "\(components.dtype.rawValue) \(components.shape), expected float32 [width] and [n, width]"
      )
    }
    self.mean = Self.numbers(mean)
    self.components = Matrix(
      rowCount: components.shape[0],
      columnCount: components.shape[1],
      storage: Self.numbers(components)
    )
    guard (self.mean + self.components.storage).allSatisfy(\.isFinite) else {
      throw ModelError("cannot load '\(path)': the projection has NaN or infinity")
    }
  }

  /// A safetensors file with the tensors `mean` [width] and `components` [n, width].
  ///
  /// - Throws: `TensorFileError`.
  public func bytes() throws(TensorFileError) -> [UInt8] {
    let row = try Tensor(
      Matrix(rowCount: 1, columnCount: mean.count, storage: mean),
      as: .float32
    )
    guard
      let vector = Tensor(
        dtype: .float32,
        shape: [mean.count],
        storage: row.storage,
        byteOffset: row.byteOffset
      )
    else { preconditionFailure("a vector's bytes are a row's") }
    return try SafetensorsFile.write([
      ("components", try Tensor(components, as: .float32)), ("mean", vector),
    ])
  }

  /// The images of the rows of `vectors` [n, width], [n, components].
  public func callAsFunction(_ vectors: Matrix) -> Matrix {
    precondition(vectors.columnCount == mean.count, "vectors of \(vectors.columnCount) numbers")
    var storage: [Float] = []
    storage.reserveCapacity(vectors.rowCount * components.rowCount)
    for row in 0..<vectors.rowCount {
      let centered = zip(vectors.row(row), mean).map { Double($0) - Double($1) }
      for component in 0..<components.rowCount {
        var sum = 0.0
        for (x, c) in zip(centered, components.row(component)) { sum += x * Double(c) }
        storage.append(Float(sum))
      }
    }
    return Matrix(
      rowCount: vectors.rowCount,
      columnCount: components.rowCount,
      storage: storage
    )
  }

  private static func numbers(_ tensor: Tensor) -> [Float] {
    // Bytes of a file need not be aligned.
    (0..<tensor.byteCount / 4).map { index in
      tensor.bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
    }
  }
}

public import Tensors

/// The weights of a model by name, and which of them have been bound.
///
/// A class because every scope of one model notes its reads in the same place.
public final class WeightSource {
  /// One weight and what its file calls it.
  public struct Entry {
    let fileName: String
    let load: () throws -> Tensor

    /// A weight that its file calls `fileName`, had from `load`.
    public init(fileName: String, load: @escaping () throws -> Tensor) {
      self.fileName = fileName
      self.load = load
    }
  }

  /// What products with the weights may round.
  public var computeType = ComputeType.automatic

  private let entries: [String: Entry]
  private let fileName: (String) -> String
  private var used: Set<String> = []
  /// Rounds matrices for products as they are bound, if there is one.
  public var quantizer: WeightQuantizer?

  /// Weights by the names that Hugging Face checkpoints of the family use.
  ///
  /// `fileName` gives what a weight would be called in the file, for messages about missing ones.
  public init(_ entries: [String: Entry], fileName: @escaping (String) -> String = { $0 }) {
    self.entries = entries
    self.fileName = fileName
  }

  /// The root scope.
  public var root: WeightScope { WeightScope(source: self, path: "") }

  /// Checks that every weight has been bound but those that `isIgnorable` names.
  ///
  /// - Throws: `ConfigurationError.unusedWeights`.
  public func requireAllUsed(ignoring isIgnorable: (String) -> Bool) throws(ConfigurationError) {
    let unused = entries.filter { !used.contains($0.key) && !isIgnorable($0.key) }
    guard unused.isEmpty else {
      throw .unusedWeights(unused.values.map(\.fileName).sorted())
    }
  }

  fileprivate func has(_ name: String) -> Bool { entries[name] != nil }

  fileprivate func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let entry = entries[name] else {
      throw ConfigurationError.missingWeight(fileName(name))
    }
    let tensor = try entry.load()
    guard tensor.shape == shape else {
      throw ConfigurationError.wrongShape(
        weight: entry.fileName,
        expected: shape,
        found: tensor.shape
      )
    }
    used.insert(name)
    return tensor
  }

  fileprivate func fileName(of name: String) -> String {
    entries[name]?.fileName ?? fileName(name)
  }
}

/// The weights below one dotted path: `weights["model"]["layers.0"]`.
public struct WeightScope {
  fileprivate let source: WeightSource
  fileprivate let path: String

  /// The scope of `name` below this one.
  public subscript(name: String) -> WeightScope {
    WeightScope(source: source, path: path.isEmpty ? name : "\(path).\(name)")
  }

  /// Whether a table that is the head as well has to be bound for each use.
  var rounds: Bool { source.quantizer != nil }

  /// Whether the weight `name` is there.
  func has(_ name: String) -> Bool { source.has(self[name].path) }

  /// The weight `name` as a matrix [rowCount, columnCount] for products: in place, or rounded as the
  /// source's quantizer says.
  func matrix(_ name: String, rowCount: Int, columnCount: Int) throws -> WeightMatrix {
    let stored = try table(name, rowCount: rowCount, columnCount: columnCount)
    return try source.quantizer?.quantized(stored, self[name].path) ?? stored
  }

  /// The weight `name` as a matrix [rowCount, columnCount] to look rows up in, in place.
  func table(_ name: String, rowCount: Int, columnCount: Int) throws -> WeightMatrix {
    let path = self[name].path
    let tensor = try source.tensor(path, shape: [rowCount, columnCount])
    do {
      var matrix = try WeightMatrix(tensor)
      matrix.computeType = source.computeType
      return matrix
    } catch {
      throw ConfigurationError.unsupportedWeight(
        source.fileName(of: path),
        reason: "\(error)"
      )
    }
  }

  /// The weight `name` as float32 numbers, [count].
  func vector(_ name: String, count: Int) throws -> [Float] {
    let path = self[name].path
    let tensor = try source.tensor(path, shape: [count])
    guard
      let row = Tensor(
        dtype: tensor.dtype,
        shape: [1, count],
        storage: tensor.storage,
        byteOffset: tensor.byteOffset
      )
    else { preconditionFailure("a vector's bytes are a row's") }
    do {
      return try WeightMatrix(row).dequantizedRows([0]).storage
    } catch {
      throw ConfigurationError.unsupportedWeight(
        source.fileName(of: path),
        reason: "\(error)"
      )
    }
  }
}

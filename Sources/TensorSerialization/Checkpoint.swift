internal import JSON
public import Tensors

/// The weights of a model directory: .safetensors or torch files, one or several with an index.
///
/// Source: https://huggingface.co/docs/transformers/main/en/models#sharded-checkpoints
public struct Checkpoint: Sendable {
  /// What may hold weights, in the order in which transformers looks.
  private static let fileNames = ["model.safetensors", "pytorch_model.bin"]
  private static let indexSuffix = ".index.json"

  /// The names of all tensors, sorted.
  public let tensorNames: [String]
  private let files: [TensorFile]
  /// In which of `files` a tensor is.
  private let locations: [String: Int]

  /// Maps the files of `directory`; a single file goes before an index, as in transformers.
  public init(directory: String) throws(TensorFileError) {
    for name in Self.fileNames {
      let path = "\(directory)/\(name)"
      if fileExists(path) {
        self = try Checkpoint(path: path)
        return
      }
      if fileExists(path + Self.indexSuffix) {
        self = try Checkpoint(index: path + Self.indexSuffix, in: directory)
        return
      }
    }
    let names = Self.fileNames.map { "'\($0)'" }.joined(separator: " nor ")
    throw .file(path: directory, .unreadable("holds neither \(names), nor an index of such files"))
  }

  /// Maps the file at `path` as the whole checkpoint.
  public init(path: String) throws(TensorFileError) {
    let file = try Self.open(path)
    files = [file]
    tensorNames = file.tensorNames.sorted()
    locations = Dictionary(uniqueKeysWithValues: file.tensorNames.map { ($0, 0) })
  }

  private init(index path: String, in directory: String) throws(TensorFileError) {
    let weightMap = try reading(path) { bytes throws(TensorFileError) in
      try Self.readWeightMap(bytes)
    }
    var files: [TensorFile] = []
    var positions: [String: Int] = [:]
    var locations: [String: Int] = [:]
    for shard in Set(weightMap.values).sorted() {
      let file = try Self.open("\(directory)/\(shard)")
      for name in file.tensorNames where locations.updateValue(files.count, forKey: name) != nil {
        throw .file(
          path: "\(directory)/\(shard)",
          .invalid("tensor '\(quoting: name)' that another shard holds as well", offset: 8)
        )
      }
      positions[shard] = files.count
      files.append(file)
    }
    for (name, shard) in weightMap where locations[name] != positions[shard] {
      throw .file(path: "\(directory)/\(shard)", .missingTensor(name))
    }
    self.files = files
    self.locations = locations
    tensorNames = locations.keys.sorted()
  }

  /// Weights may take what memory there is, wherever they are not used in place.
  private static func open(_ path: String) throws(TensorFileError) -> TensorFile {
    let format: TensorFile.Format? = path.hasSuffix(".safetensors") ? .safetensors : nil
    return try TensorFile.open(path: path, as: format, byteLimit: .max)
  }

  /// The tensor `name`, in place where it lies dense in its file.
  ///
  /// - Throws: `.missingTensor`, or `.unsupported` for a type of less than a byte.
  public func tensor(_ name: String) throws(TensorFileError) -> Tensor {
    guard let location = locations[name] else { throw .missingTensor(name) }
    return try files[location].tensor(name)
  }

  /// The shape of the tensor `name`.
  public func shape(of name: String) -> [Int]? {
    guard let location = locations[name] else { return nil }
    return try? files[location].stored(name).shape
  }

  /// Tensor names and the shards that hold them; a shard must be a plain name beside the index.
  private static func readWeightMap(_ bytes: SharedBytes) throws(TensorFileError)
    -> [String: String]
  {
    let index: JSON
    do throws(JSONError) {
      index = try JSON(parsing: bytes.span.array(0..<bytes.count))
    } catch {
      throw .invalid("index (\(error))", offset: 0)
    }
    guard let members = index["weight_map"]?.objectValue else {
      throw .invalid("index without 'weight_map'", offset: 0)
    }
    var weightMap: [String: String] = [:]
    for (name, value) in members {
      guard let shard = value.stringValue, !shard.isEmpty, shard != ".", shard != "..",
        !shard.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
      else {
        throw .invalid("shard of tensor '\(quoting: name)' that is no plain file name", offset: 0)
      }
      weightMap[name] = shard
    }
    return weightMap
  }
}

internal import Tensors

/// The tensors of a file by name, in order; of equal names the last counts.
struct TensorList {
  /// Nested containers can stand in a pickle's tree many times, and each gives longer names.
  private static let maximumNameByteCount = 1 << 25
  private static let maximumNameCount = 1 << 17

  private(set) var names: [String] = []
  private(set) var tensors: [String: Result<StoredTensor, TensorFileError>] = [:]
  private var nameByteCount = 0

  /// Adds the tensor `name`, or why it cannot be read.
  mutating func append(_ tensor: Result<StoredTensor, TensorFileError>, name: String) {
    if tensors.updateValue(tensor, forKey: name) == nil { names.append(name) }
  }

  /// Adds what `tensor` gives for `name`.
  mutating func append(_ name: String, _ tensor: (String) throws(TensorFileError) -> Tensor) {
    let result = Result { () throws(TensorFileError) in StoredTensor(try tensor(name)) }
    append(result, name: name)
  }

  /// Adds the tensors inside `value`; what is no tensor and holds none is left out.
  mutating func append(_ value: TorchValue, name: String) throws(TensorFileError) {
    nameByteCount += name.utf8.count
    guard nameByteCount <= Self.maximumNameByteCount else {
      throw .tooLarge("length of all tensor names", limit: Self.maximumNameByteCount)
    }
    guard names.count < Self.maximumNameCount else {
      throw .tooLarge("number of tensor names", limit: Self.maximumNameCount)
    }
    let prefix = name.isEmpty ? "" : name + "."
    switch value {
    case .tensor(let tensor): append(.success(tensor), name: name)
    case .unreadable(let error): append(.failure(error), name: name)
    case .list(let items), .tuple(let items), .set(let items):
      for (index, item) in items.enumerated() where item.mayHoldTensors {
        try append(item, name: "\(prefix)\(index)")
      }
    case .dictionary(let members):
      for (key, item) in members where item.mayHoldTensors {
        switch key {
        case .string(let text): try append(item, name: prefix + text)
        case .integer(let number): try append(item, name: "\(prefix)\(number)")
        default: continue
        }
      }
    default: return
    }
  }
}

extension TorchValue {
  fileprivate var mayHoldTensors: Bool {
    switch self {
    case .tensor, .unreadable, .list, .tuple, .set, .dictionary: true
    default: false
    }
  }
}

/// A value on the stack of a `PickleReader`.
///
/// Whatever can hold other values lies on a heap and is named by its place there. So values that
/// contain themselves leak nothing, and no depth of nesting can exhaust the stack when they are freed.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number too large for `Int`, in two's complement, lowest byte first.
  case largeInteger([UInt8])
  case number(Double)
  case complex(Double, Double)
  case string(String)
  case bytes([UInt8])
  /// Something without a use here, described as Python prints it.
  case opaque(String)
  /// Index on the heap.
  case object(Int)
}

/// What lies on the heap of a `PickleReader`.
enum PickleObject {
  case list([PickleValue])
  case tuple([PickleValue])
  case set([PickleValue])
  case dictionary(PickleDictionary)
  case global(PickleGlobal)
  case storage(TorchStorage)
  case tensor(TorchTensorRecord)
  case sparse(TorchSparseRecord)
}

/// A pickle that has been read: its value, and the heap that the value points into.
struct PickleDocument {
  let root: PickleValue
  let heap: [PickleObject]

  /// The object that `value` points to, if it does.
  func object(_ value: PickleValue) -> PickleObject? {
    if case .object(let index) = value { heap[index] } else { nil }
  }
}

/// Members in the order of their first appearance; of equal keys the last value wins.
struct PickleDictionary {
  private(set) var members: [(key: PickleValue, value: PickleValue)] = []
  private var positions: [Key: Int] = [:]

  /// Keys that Python takes to be equal are equal here; tuples only if they are the same object.
  private enum Key: Hashable {
    case none
    case integer(Int)
    /// The bits, as no NaN equals another.
    case number(UInt64)
    case other([UInt8])
    case string([UInt8])
    case object(Int)
  }

  subscript(_ key: PickleValue) -> PickleValue? {
    get { positions[Self.identity(key)].map { members[$0].value } }
    set {
      guard let newValue else { return }
      let identity = Self.identity(key)
      if let position = positions[identity] {
        members[position].value = newValue
      } else {
        positions[identity] = members.count
        members.append((key, newValue))
      }
    }
  }

  private static func identity(_ key: PickleValue) -> Key {
    switch key {
    case .none: .none
    case .bool(let value): .integer(value ? 1 : 0)
    case .integer(let value): .integer(value)
    case .number(let value): Int(exactly: value).map { .integer($0) } ?? .number(value.bitPattern)
    case .string(let text): .string(Array(text.utf8))
    case .bytes(let bytes), .largeInteger(let bytes): .other(bytes)
    case .complex(let real, let imaginary): .string(Array("\(real) \(imaginary)j".utf8))
    case .opaque(let text): .string([0] + Array(text.utf8))
    case .object(let index): .object(index)
    }
  }
}

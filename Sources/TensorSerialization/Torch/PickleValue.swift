internal import Tensors

/// A value on the stack of a `PickleReader`.
///
/// It is small, as a pickle can make one with a single byte: text stays in the pickle's bytes, and
/// whatever holds other values lies on a heap and is named by its place there. So values that contain
/// themselves leak nothing, and no depth of nesting can exhaust the stack when they are freed.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(PickleText)
  /// Bytes of Python 2.
  case bytes(PickleText)
  case device(PickleText)
  case layout(PickleText)
  case global(PickleGlobal)
  /// Index on the heap.
  case object(Int)
}

/// Where text stands in a pickle, counted from its start.
struct PickleText: Hashable {
  let start: UInt32
  let count: UInt32
}

/// What lies on the heap of a `PickleReader`; each case is no larger than a pointer.
enum PickleObject {
  case list([PickleValue])
  case tuple([PickleValue])
  case set([PickleValue])
  case dictionary(PickleDictionary)
  case bytes([UInt8])
  /// A whole number too large for `Int`, in two's complement, lowest byte first.
  case largeInteger([UInt8])
  case complex(PickleBox<(Double, Double)>)
  case storage(PickleBox<TorchStorage>)
  case tensor(PickleBox<TorchTensorRecord>)
  case sparse(PickleBox<TorchSparseRecord>)
}

/// Something on the heap that is large and rare.
final class PickleBox<Value> {
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// A pickle that has been read: its value, the heap that the value points into, and its bytes.
struct PickleDocument {
  let root: PickleValue
  let heap: [PickleObject]
  private let storage: SharedBytes
  /// Where the pickle's text is counted from.
  private let base: Int

  init(root: PickleValue, heap: [PickleObject], storage: SharedBytes, base: Int) {
    self.root = root
    self.heap = heap
    self.storage = storage
    self.base = base
  }

  /// The object that `value` points to, if it does.
  func object(_ value: PickleValue) -> PickleObject? {
    if case .object(let index) = value { heap[index] } else { nil }
  }

  /// The bytes of `text`.
  func bytes(_ text: PickleText) -> [UInt8] {
    storage.span.array(base + Int(text.start)..<base + Int(text.start) + Int(text.count))
  }

  /// `text` as a string; lone surrogates become U+FFFD.
  func string(_ text: PickleText) -> String {
    let bytes = bytes(text)
    return String(validating: bytes, as: UTF8.self) ?? String(bytesWithSurrogates: bytes) ?? ""
  }
}

/// A storage as a pickle names it.
struct TorchStorage {
  /// The name of its record.
  let key: String
  let type: TorchElementType
  /// Elements of the whole record.
  let elementCount: Int
  /// The part that this storage is, in elements: all, but for views of legacy files.
  let view: Range<Int>
  /// Where the pickle names it.
  let position: Int
}

/// A strided tensor as a pickle describes it; nothing has been checked against the storage.
struct TorchTensorRecord {
  /// Index of the storage on the heap; `nil` for a tensor without data (on the "meta" device).
  let storage: Int?
  let type: TorchElementType
  /// The first element, counted in elements of `type`.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// Whether the stored numbers are the conjugates of the tensor's.
  var isConjugate = false
  /// Whether the stored numbers are the negatives of the tensor's.
  var isNegative = false
  /// Whether integers stand for scaled numbers.
  var isQuantized = false
  /// Where the pickle puts it together.
  var position = 0
}

/// A sparse tensor as a pickle describes it.
struct TorchSparseRecord {
  enum Layout: String {
    case coordinates = "torch.sparse_coo"
    case rows = "torch.sparse_csr"
    case columns = "torch.sparse_csc"
    case blockRows = "torch.sparse_bsr"
    case blockColumns = "torch.sparse_bsc"
  }
  let layout: Layout
  /// Tensors on the heap: indices and values, or compressed indices, plain indices and values.
  let parts: [Int]
  let shape: [Int]
  /// Whether the file says that indices are sorted and distinct.
  let isCoalesced: Bool
  /// Where the pickle puts it together.
  let position: Int
}

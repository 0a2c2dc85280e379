/// What a torch file holds: tensors, and the Python containers and plain values around them.
public enum TorchValue: Sendable {
  /// `None`.
  case none
  /// `True` or `False`.
  case bool(Bool)
  /// A whole number that fits.
  case integer(Int)
  /// Another whole number: two's complement, lowest byte first.
  case largeInteger([UInt8])
  /// A float.
  case number(Double)
  /// A complex number.
  case complex(real: Double, imaginary: Double)
  /// A `str`; lone surrogates have become U+FFFD.
  case string(String)
  /// A `bytes` or `bytearray`.
  case bytes([UInt8])
  /// A `list`.
  case list([TorchValue])
  /// A `tuple` or `torch.Size`.
  case tuple([TorchValue])
  /// A `set`, in the order of the file.
  case set([TorchValue])
  /// A `dict`, `OrderedDict` or `Counter`, in the order of the file.
  case dictionary([(key: TorchValue, value: TorchValue)])
  /// A tensor or `Parameter`.
  indirect case tensor(StoredTensor)
  /// A tensor whose numbers cannot be had, such as a quantized one, and why.
  indirect case unreadable(TensorFileError)
  /// Something with no use here (a dtype, a device, a storage), described.
  case opaque(String)
}

public import Tensors

extension TorchFile {
  /// The bytes that `torch.save(tensor, buffer)` of torch 2.13 writes; ``TorchOutput`` gives them in pieces.
  ///
  /// - Throws: `.unsupported` for quantized types.
  public static func write(_ tensor: Tensor) throws(TensorFileError) -> [UInt8] {
    try TorchOutput(tensor).bytes
  }

  /// The bytes that `torch.save` writes for a list of tensors, none of them sharing memory.
  public static func write(list tensors: [Tensor]) throws(TensorFileError) -> [UInt8] {
    try TorchOutput(list: tensors).bytes
  }

  /// The bytes that `torch.save` writes for a dictionary of tensors, none of them sharing memory.
  ///
  /// - Parameter isOrdered: Whether it is an `OrderedDict`, as a state dictionary is.
  public static func write(
    dictionary members: [(name: String, tensor: Tensor)],
    isOrdered: Bool = false
  ) throws(TensorFileError) -> [UInt8] {
    try TorchOutput(dictionary: members, isOrdered: isOrdered).bytes
  }
}

public import Tensors

extension TorchFile {
  /// The bytes that `torch.save(tensor, buffer)` of torch 2.13 writes.
  ///
  /// - Throws: `.unsupported` for quantized types, `.tooLarge` from 4 GiB on.
  public static func write(_ tensor: Tensor) throws(TensorFileError) -> [UInt8] {
    var pickle = PickleWriter()
    try pickle.write(tensor)
    return try container(&pickle)
  }

  /// The bytes that `torch.save` writes for a list of tensors, none of them sharing memory.
  public static func write(list tensors: [Tensor]) throws(TensorFileError) -> [UInt8] {
    var pickle = PickleWriter()
    try pickle.write(list: tensors)
    return try container(&pickle)
  }

  /// The bytes that `torch.save` writes for a dictionary of tensors, none of them sharing memory.
  ///
  /// - Parameter isOrdered: Whether it is an `OrderedDict`, as a state dictionary is.
  public static func write(
    dictionary members: [(name: String, tensor: Tensor)],
    isOrdered: Bool = false
  ) throws(TensorFileError) -> [UInt8] {
    var pickle = PickleWriter()
    try pickle.write(dictionary: members, isOrdered: isOrdered)
    return try container(&pickle)
  }

  private static func container(_ pickle: inout PickleWriter) throws(TensorFileError) -> [UInt8] {
    let content = pickle.finish()
    let tensors = pickle.tensors
    // Headers take less than 512 bytes a record, with padding and directory.
    let size = tensors.reduce(4096 + content.count) { $0 + $1.byteCount + 512 }
    var archive = ZipWriter(folder: "archive", reserving: size)
    try archive.add("data.pkl", content)
    try archive.add(".format_version", Array("1".utf8))
    try archive.add(".storage_alignment", Array("\(ZipWriter.alignment)".utf8))
    try archive.add("byteorder", Array("little".utf8))
    for (index, tensor) in tensors.enumerated() { try archive.add("data/\(index)", tensor.span) }
    try archive.add("version", Array("3\n".utf8))
    return try archive.finish()
  }
}

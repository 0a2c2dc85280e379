public import Tensors

/// A torch file that is about to be written: the bytes that `torch.save(…, buffer)` of torch 2.13 writes,
/// given piece by piece, so that tensors need not be copied.
public struct TorchOutput: Sendable {
  private let pickle: [UInt8]
  private let tensors: [Tensor]

  /// A file of one tensor.
  ///
  /// - Throws: `.unsupported` for quantized types.
  public init(_ tensor: Tensor) throws(TensorFileError) {
    var pickle = PickleWriter()
    try pickle.write(tensor)
    self.init(&pickle)
  }

  /// A file of a list of tensors, none of them sharing memory.
  public init(list tensors: [Tensor]) throws(TensorFileError) {
    var pickle = PickleWriter()
    try pickle.write(list: tensors)
    self.init(&pickle)
  }

  /// A file of a dictionary of tensors, none of them sharing memory.
  ///
  /// - Parameter isOrdered: Whether it is an `OrderedDict`, as a state dictionary is.
  public init(
    dictionary members: [(name: String, tensor: Tensor)],
    isOrdered: Bool = false
  ) throws(TensorFileError) {
    var pickle = PickleWriter()
    try pickle.write(dictionary: members, isOrdered: isOrdered)
    self.init(&pickle)
  }

  private init(_ writer: inout PickleWriter) {
    pickle = writer.finish()
    tensors = writer.tensors
  }

  /// Not less than the bytes of the file.
  private var byteCountBound: Int {
    let names = 2 * "archive/.data/serialization_id".utf8.count
    let records = (tensors.count + 6) * (ZipWriter.recordByteCount + names)
    return tensors.reduce(records + pickle.count + 1024) { $0 + $1.byteCount }
  }

  /// Hands the file to `sink`, in order.
  public func write<Failure>(
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var archive = ZipWriter(folder: "archive")
    unsafe try archive.add("data.pkl", pickle.span.bytes, to: sink)
    for (name, text) in [
      (".format_version", "1"), (".storage_alignment", "\(ZipWriter.alignment)"),
      ("byteorder", "little"),
    ] {
      unsafe try archive.add(name, Array(text.utf8).span.bytes, to: sink)
    }
    for (index, tensor) in tensors.enumerated() {
      try archive.add("data/\(index)", tensor.span, to: sink)
    }
    unsafe try archive.add("version", Array("3\n".utf8).span.bytes, to: sink)
    try archive.finish(to: sink)
  }

  /// The whole file.
  public var bytes: [UInt8] {
    var output = ByteWriter(reserving: byteCountBound)
    write { output.append(contentsOf: $0) }
    return output.bytes
  }
}

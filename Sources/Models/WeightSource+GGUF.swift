public import TensorSerialization

extension WeightSource {
  /// The weights of a GGUF file by the names of Hugging Face checkpoints.
  ///
  /// Rows of Llama's query and key projections stay in the file's order, which pairs neighbors:
  /// `RotationLayout.interleaved` accounts for it.
  public convenience init(gguf file: GGUFFile) {
    var entries: [String: Entry] = [:]
    for name in file.tensorNames {
      entries[GGUFNames.checkpointName(name)] = Entry(fileName: name) { try file.tensor(name) }
    }
    self.init(entries, fileName: GGUFNames.fileName)
  }
}

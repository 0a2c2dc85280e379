public import TensorSerialization

extension WeightSource {
  /// The weights of a GGUF file by the names of Hugging Face checkpoints.
  ///
  /// Rows of Llama's query and key projections stay in the file's order, which pairs neighbors:
  /// `RotationLayout.interleaved` accounts for it.
  ///
  /// - Throws: `ConfigurationError.repeatedWeight` for two names of one weight.
  public convenience init(gguf file: GGUFFile) throws(ConfigurationError) {
    var entries: [String: Entry] = [:]
    for name in file.tensorNames {
      let entry = Entry(fileName: name) { try file.weights(of: name) }
      guard entries.updateValue(entry, forKey: GGUFNames.checkpointName(name)) == nil else {
        throw .repeatedWeight(name)
      }
    }
    self.init(entries, fileName: GGUFNames.fileName)
  }
}

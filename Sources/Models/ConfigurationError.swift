/// Why a model's files do not describe a model that can run.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// A setting is absent.
  case missing(key: String)
  /// A setting has a value that cannot be meant or is not supported.
  case invalid(key: String, found: String, expected: String)
  /// The model is of a family that this program does not know.
  case unknownArchitecture(String, known: [String])
  /// The model needs a weight that the files do not have.
  case missingWeight(String)
  /// Two of the file's weights stand for the same one.
  case repeatedWeight(String)
  /// The files have weights that the model does not use.
  case unusedWeights([String])
  /// A weight has another shape than the configuration asks for.
  case wrongShape(weight: String, expected: [Int], found: [Int])
  /// A weight is stored in a way that products cannot use.
  case unsupportedWeight(String, reason: String)
  /// A weight that is to be quantized is quantized already.
  case alreadyQuantized(weight: String, dtype: String)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .missing(let key): return "model configuration has no '\(key)'"
    case .invalid(let key, let found, let expected):
      return "model configuration '\(key)' is \(found), expected \(expected)"
    case .unknownArchitecture(let name, let known):
      return "model architecture '\(name)' is not supported, expected one of "
        + known.joined(separator: ", ")
    case .missingWeight(let name): return "model has no weight '\(name)'"
    case .repeatedWeight(let name):
      return "weight '\(name)' stands under another name as well"
    case .unusedWeights(let names):
      let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      return "model has weights that its architecture does not use: \(shown)\(more)"
    case .wrongShape(let weight, let expected, let found):
      return "weight '\(weight)' is \(found), expected \(expected)"
    case .unsupportedWeight(let name, let reason): return "weight '\(name)': \(reason)"
    case .alreadyQuantized(let name, let dtype):
      return "weight '\(name)' is \(dtype) already, quantization is for float weights"
    }
  }
}

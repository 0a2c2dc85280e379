public import JSON

/// Why a tokenizer cannot be made of a file.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
  /// The file is not JSON.
  case json(JSONError)
  /// The member at `path` is absent.
  case missing(path: String)
  /// The member at `path` is not what it has to be.
  case invalid(path: String, expected: String)
  /// The member at `path` names something that this program does not know.
  case unsupported(path: String, name: String)
  /// A merge speaks of a token that is not in the vocabulary.
  case mergeOutOfVocabulary(merge: Int, token: String)
  /// A token has an id beyond what a vocabulary may hold.
  case idOutOfRange(id: Int, limit: Int)
  /// A regular expression of the tokenizer would take too long on a text.
  case patternTooSlow(String)
  /// The normalizer or pre-tokenizer would make too much of a text.
  case textTooLong(limit: Int)
  /// A text is to be cut so that texts overlap by more tokens than are left of each.
  case strideTooLong(stride: Int, length: Int)
  /// A text cannot be cut to a length: the one to be cut is absent or too short.
  case cannotTruncate(length: Int)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .json(let error): error.description
    case .missing(let path): "tokenizer has no '\(path)'"
    case .invalid(let path, let expected): "invalid '\(path)' in tokenizer: expected \(expected)"
    case .unsupported(let path, let name): "unsupported '\(path)' in tokenizer: '\(name)'"
    case .mergeOutOfVocabulary(let merge, let token):
      "merge \(merge) needs the token '\(token)', which is not in the vocabulary"
    case .idOutOfRange(let id, let limit):
      "token id \(id) is out of range: a vocabulary may have \(limit) tokens"
    case .patternTooSlow(let pattern):
      "the tokenizer's pattern '\(pattern)' takes too long on the text"
    case .textTooLong(let limit):
      "the tokenizer would rewrite the text to more than \(limit) bytes"
    case .strideTooLong(let stride, let length):
      "texts of \(length) tokens cannot overlap by \(stride)"
    case .cannotTruncate(let length): "the text cannot be cut to \(length) tokens"
    }
  }
}

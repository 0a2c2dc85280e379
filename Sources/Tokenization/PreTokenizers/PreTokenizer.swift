/// Cuts a normalized text into the pieces that the model encodes one by one.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/pre_tokenizers
indirect enum PreTokenizer: Sendable {
  /// `mapsBytes` is false where the model takes raw bytes: then only the cuts are made.
  case byteLevel(addsPrefixSpace: Bool, cutsWords: Bool, mapsBytes: Bool)
  case split(SplitPattern, SplitBehavior, inverted: Bool)
  case digits(individual: Bool)
  case metaspace(Metaspace)
  case whitespaceSplit
  /// Words and other signs, without white space.
  case words
  case punctuation(SplitBehavior)
  /// Words and punctuation, without white space.
  case bert
  /// Cuts at a character, which goes.
  case delimiter(Unicode.Scalar)
  case scripts
  /// Pieces of so many characters.
  case fixedLength(Int)
  case sequence([PreTokenizer])

  /// Cuts, and for some kinds rewrites, `pieces`.
  func apply(to pieces: inout Pieces) throws(TokenizerError) {
    try cut(&pieces)
    try pieces.text.checkLength()
  }

  private func cut(_ pieces: inout Pieces) throws(TokenizerError) {
    switch self {
    case .byteLevel(let addsPrefixSpace, let cutsWords, let mapsBytes):
      if addsPrefixSpace { pieces.prependSpaces() }
      if cutsWords { try pieces.split(.scanner(.words(.gpt2)), .isolated, inverted: false) }
      if mapsBytes { pieces.mapBytes() }
    case .split(let pattern, let behavior, let inverted):
      try pieces.split(pattern, behavior, inverted: inverted)
    case .digits(let individual): pieces.split(individual ? .isolated : .contiguous, at: .numeric)
    case .metaspace(let metaspace): try metaspace.apply(to: &pieces)
    case .whitespaceSplit: pieces.split(.removed, at: .space)
    case .words: pieces.splitWords()
    case .punctuation(let behavior): pieces.split(behavior, at: .separator)
    case .bert:
      pieces.split(.removed, at: .space)
      pieces.split(.isolated, at: .separator)
    case .delimiter(let delimiter): pieces.split(.removed, at: delimiter)
    case .scripts: pieces.splitScripts()
    case .fixedLength(let length): pieces.splitEvenly(length)
    case .sequence(let steps): for step in steps { try step.apply(to: &pieces) }
    }
  }

  /// Whether the last step maps bytes to the byte alphabet.
  var endsInByteLevel: Bool {
    switch self {
    case .byteLevel: true
    case .sequence(let steps): steps.last?.endsInByteLevel ?? false
    default: false
    }
  }

  /// The same without the mapping in the last step.
  var withoutFinalMapping: PreTokenizer {
    switch self {
    case .byteLevel(let addsPrefixSpace, let cutsWords, _):
      return .byteLevel(addsPrefixSpace: addsPrefixSpace, cutsWords: cutsWords, mapsBytes: false)
    case .sequence(var steps):
      guard let last = steps.popLast() else { return self }
      return .sequence(steps + [last.withoutFinalMapping])
    default: return self
    }
  }
}

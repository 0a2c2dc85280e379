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
  case punctuation(SplitBehavior)
  /// Words and punctuation, without white space.
  case bert
  case sequence([PreTokenizer])

  /// Cuts, and for some kinds rewrites, `pieces`.
  func apply(to pieces: inout Pieces) {
    switch self {
    case .byteLevel(let addsPrefixSpace, let cutsWords, let mapsBytes):
      if addsPrefixSpace { pieces.prependSpaces() }
      if cutsWords { pieces.split(.words(.gpt2), .isolated, inverted: false) }
      if mapsBytes {
        pieces.rewrite { text, range, _, output in ByteAlphabet.encode(text, range, to: &output) }
      }
    case .split(let pattern, let behavior, let inverted):
      pieces.split(pattern, behavior, inverted: inverted)
    case .digits(let individual): pieces.split(individual ? .isolated : .contiguous, at: .number)
    case .metaspace(let metaspace): metaspace.apply(to: &pieces)
    case .whitespaceSplit: pieces.split(.removed, at: .space)
    case .punctuation(let behavior): pieces.splitAtPunctuation(behavior)
    case .bert:
      pieces.split(.removed, at: .space)
      pieces.splitAtPunctuation(.isolated)
    case .sequence(let steps): for step in steps { step.apply(to: &pieces) }
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

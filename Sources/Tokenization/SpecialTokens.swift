/// A token's text and number.
public struct NamedToken: Sendable, Equatable {
  /// The text, as the vocabulary spells it.
  public var text: String
  /// The number.
  public var id: TokenID

  /// The token `text` numbered `id`.
  public init(text: String, id: TokenID) {
    self.text = text
    self.id = id
  }
}

/// The tokens that have a part to play, as far as the files name them.
public struct SpecialTokens: Sendable, Equatable {
  /// Begins a text (`bos_token`).
  public var beginOfSequence: NamedToken?
  /// Ends a text or an answer (`eos_token`).
  public var endOfSequence: NamedToken?
  /// Ends a turn of a conversation, where it is not the end of sequence (`eot_token_id` in GGUF).
  public var endOfTurn: NamedToken?
  /// Stands for text outside the vocabulary (`unk_token`).
  public var unknown: NamedToken?
  /// Fills rows of a batch (`pad_token`).
  public var padding: NamedToken?
}

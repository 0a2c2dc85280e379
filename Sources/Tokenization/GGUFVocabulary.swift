/// The `tokenizer.ggml.*` facts of a GGUF file, as they stand there.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFVocabulary: Sendable {
  /// `tokenizer.ggml.model`: `gpt2` (byte-level pairs), `llama` (SentencePiece pairs), ….
  public var model: String
  /// `tokenizer.ggml.pre`: the name of the pre-tokenizer.
  public var pre: String?
  /// The text of each token, in the order of their ids.
  public var tokens: PackedStrings
  /// 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; empty when the file has none.
  public var types: [Int32]
  /// Merges as "left right", best first.
  public var merges: PackedStrings
  /// The score of each token, for SentencePiece models.
  public var scores: [Float]?
  /// `bos_token_id`.
  public var beginOfSequence: TokenID?
  /// `eos_token_id`.
  public var endOfSequence: TokenID?
  /// `unknown_token_id`.
  public var unknown: TokenID?
  /// `padding_token_id`.
  public var padding: TokenID?
  /// `eot_token_id`.
  public var endOfTurn: TokenID?
  /// `add_bos_token`; each model has its own default.
  public var addBOS: Bool?
  /// `add_eos_token`.
  public var addEOS: Bool?
  /// `add_space_prefix`.
  public var addSpacePrefix: Bool?

  /// A vocabulary with the given tokens and nothing else known.
  public init(model: String, pre: String?, tokens: PackedStrings, merges: PackedStrings) {
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.merges = merges
    types = []
  }
}

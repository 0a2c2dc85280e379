/// The `tokenizer.ggml.*` facts of a GGUF file, as they stand there.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFVocabulary: Sendable {
  /// `tokenizer.ggml.model`: `gpt2` (byte-level pairs), `llama` (SentencePiece pairs), `bert` (WordPiece),
  /// `t5` (Unigram), `gemma4` (pairs with byte fallback).
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
  /// `seperator_token_id`, as the key is spelled.
  public var separator: TokenID?
  /// `cls_token_id`: begins a text of BERT's.
  public var classification: TokenID?
  /// `add_bos_token`; each model has its own default.
  public var addBOS: Bool?
  /// `add_eos_token`.
  public var addEOS: Bool?
  /// `add_space_prefix`.
  public var addSpacePrefix: Bool?
  /// `remove_extra_whitespaces`, for Unigram models.
  public var removesExtraSpaces: Bool?
  /// `precompiled_charsmap`, for Unigram models.
  public var characterMap: [UInt8]?
  /// `normalizer.lowercase`, for WordPiece models.
  public var lowercases: Bool?
  /// `normalizer.strip_accents`, for WordPiece models; as ``lowercases`` if it is not there.
  public var stripsAccents: Bool?
  /// `general.name`, by which some models' tokens are known to take the white space beside them.
  public var modelName: String?
  /// `general.architecture`, for the same.
  public var architecture: String?

  /// A vocabulary with the given tokens and nothing else known.
  public init(model: String, pre: String?, tokens: PackedStrings, merges: PackedStrings) {
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.merges = merges
    types = []
  }
}

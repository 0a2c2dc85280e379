public import Models
import Tensors
public import Tokenization

/// What a model reads: runs of tokens and runs of ready-made embeddings, in order.
public struct Prompt: Sendable, Equatable {
  /// Neighboring positions of one kind.
  public enum Segment: Sendable, Equatable {
    /// Tokens, to be looked up in the model's table.
    case tokens([TokenID])
    /// Rows that somebody computed, [length, hidden].
    case embeddings(Embeddings)

    /// The number of positions.
    public var length: Int {
      switch self {
      case .tokens(let tokens): tokens.count
      case .embeddings(let embeddings): embeddings.rowCount
      }
    }
  }

  /// The segments in order; none is empty.
  public private(set) var segments: [Segment] = []

  /// A prompt with no position.
  public init() {}

  /// A prompt of `segments`.
  public init(_ segments: [Segment]) {
    for segment in segments { append(segment) }
  }

  /// The number of positions.
  public var length: Int { segments.reduce(0) { $0 + $1.length } }

  /// The tokens, where all positions are tokens; `nil` where some are rows.
  public var tokenIDs: [TokenID]? {
    var all: [TokenID] = []
    for segment in segments {
      guard case .tokens(let tokens) = segment else { return nil }
      all += tokens
    }
    return all
  }

  /// Adds `segment` at the end.
  public mutating func append(_ segment: Segment) {
    guard segment.length > 0 else { return }
    if case .tokens(let new) = segment, case .tokens(let old) = segments.last {
      segments[segments.count - 1] = .tokens(old + new)
    } else {
      segments.append(segment)
    }
  }

  /// Checks that a model of `configuration` can read the prompt and add a token within `contextLength`.
  ///
  /// - Throws: `PromptError`.
  public func validate(
    for configuration: Configuration,
    contextLength: Int
  ) throws(PromptError) {
    guard length > 0 else { throw .empty }
    guard length < contextLength else {
      throw .tooLong(length: length, contextLength: contextLength)
    }
    try validateContent(for: configuration)
  }

  /// Checks that each position is a row of the model's width or a token of its vocabulary.
  ///
  /// - Throws: `PromptError`.
  public func validateContent(for configuration: Configuration) throws(PromptError) {
    for segment in segments {
      switch segment {
      case .tokens(let tokens):
        for token in tokens where token.index >= configuration.vocabularySize {
          throw .tokenOutOfRange(
            token: token.index,
            vocabularySize: configuration.vocabularySize
          )
        }
      case .embeddings(let embeddings):
        guard embeddings.columnCount == configuration.hiddenSize else {
          throw .wrongWidth(
            found: embeddings.columnCount,
            expected: configuration.hiddenSize
          )
        }
      }
    }
  }

  /// Positions `range` as embeddings [range.count, hidden]; `embed` looks up tokens.
  public func embeddings(
    in range: Range<Int>,
    embed: (ArraySlice<TokenID>) -> Embeddings
  ) -> Embeddings {
    var rows: Matrix?
    var start = 0
    for segment in segments {
      let overlap = range.clamped(to: start..<start + segment.length)
      if !overlap.isEmpty {
        let local = overlap.lowerBound - start..<overlap.upperBound - start
        let part =
          switch segment {
          case .tokens(let tokens): embed(tokens[local]).rows
          case .embeddings(let given): given.rows(local)
          }
        if rows == nil { rows = part } else { rows?.append(part) }
      }
      start += segment.length
    }
    return Embeddings(rows: rows ?? Matrix(rowCount: 0, columnCount: 0))
  }
}

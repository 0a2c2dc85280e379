import Models
import Prompts
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite struct `Prompt segments` {
  /// Token t stands for the row [t, -t].
  private func embed(_ tokens: ArraySlice<TokenID>) -> Embeddings {
    Embeddings(
      rows: Matrix(
        rowCount: tokens.count,
        columnCount: 2,
        storage: tokens.flatMap { [Float($0.rawValue), -Float($0.rawValue)] }
      )
    )
  }

  private func rows(_ values: Float...) -> Prompt.Segment {
    .embeddings(
      Embeddings(
        rows: Matrix(
          rowCount: values.count,
          columnCount: 2,
          storage: values.flatMap { [$0, -$0] }
        )
      )
    )
  }

  @Test func `joins neighboring tokens and leaves out empty segments`() {
    let prompt = Prompt([.tokens([1]), .tokens([]), .tokens([2, 3]), rows(), rows(4)])
    #expect(prompt.segments == [.tokens([1, 2, 3]), rows(4)])
    #expect(prompt.length == 4)
    #expect(prompt.tokenIDs == nil)
    #expect(Prompt([.tokens([1, 2])]).tokenIDs == [1, 2])
  }

  @Test func `gives any range of positions as rows`() {
    let prompt = Prompt([.tokens([1, 2]), rows(3, 4, 5), .tokens([6])])
    for start in 0...6 {
      for end in start...6 where end > start {
        let numbers = prompt.embeddings(in: start..<end, embed: embed).rows
        #expect(numbers.rowCount == end - start)
        let expected = (start..<end).flatMap { (position: Int) -> [Float] in
          [Float(position + 1), -Float(position + 1)]
        }
        #expect(numbers.storage == expected)
      }
    }
  }

  @Test func `refuses what a model cannot read`() throws {
    var configuration = Configuration.tiny
    configuration.hiddenSize = 2
    configuration.vocabularySize = 10
    func check(_ prompt: Prompt, context: Int = 8) throws(PromptError) {
      try prompt.validate(for: configuration, contextLength: context)
    }
    try check(Prompt([.tokens([0, 9]), rows(1)]))
    #expect(throws: PromptError.empty) { try check(Prompt()) }
    #expect(throws: PromptError.tokenOutOfRange(token: 10, vocabularySize: 10)) {
      try check(Prompt([.tokens([3, 10])]))
    }
    #expect(throws: PromptError.tooLong(length: 3, contextLength: 3)) {
      try check(Prompt([.tokens([1, 2, 3])]), context: 3)
    }
    configuration.hiddenSize = 3
    #expect(throws: PromptError.wrongWidth(found: 2, expected: 3)) {
      try check(Prompt([rows(1)]))
    }
  }
}

extension Configuration {
  /// The smallest configuration that means something.
  static let tiny = Configuration(
    architecture: "llama",
    hiddenSize: 2,
    layerCount: 1,
    headCount: 1,
    keyValueHeadCount: 1,
    headSize: 2,
    feedForwardSize: 2,
    vocabularySize: 10,
    contextLength: 16,
    normEpsilon: 1e-5,
    tiesEmbeddings: true,
    biases: nil,
    rotary: RotaryConfiguration(base: 10_000, dimension: 2, layout: .halves, scaling: .none),
    slidingWindows: [nil]
  )
}

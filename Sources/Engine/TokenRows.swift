import Models
import Tensors
import Tokenization

/// Finds the token whose row of the embedding table is equal, bit for bit, to a given row.
///
/// Rows are told apart by a few of their numbers first, so the table is read once and not kept.
struct TokenRows {
  private var tokens: [UInt64: [TokenID]] = [:]
  private let model: any CausalLM

  /// Rows that differ in none of the numbers looked at; a table of many equal rows needs but one.
  private static let mostAlike = 8

  /// Reads the table of `model`.
  init(_ model: any CausalLM) {
    self.model = model
    let vocabularySize = model.configuration.vocabularySize
    tokens.reserveCapacity(vocabularySize)
    for start in stride(from: 0, to: vocabularySize, by: 1024) {
      let part = (start..<min(start + 1024, vocabularySize)).map { TokenID(UInt32($0)) }
      let rows = model.embed(part).rows
      for (index, token) in part.enumerated() {
        let mark = Self.mark(of: rows.row(index))
        if tokens[mark, default: []].count < Self.mostAlike {
          tokens[mark, default: []].append(token)
        }
      }
    }
  }

  /// The first token whose row is `row`, [hidden].
  func token(for row: ArraySlice<Float>) -> TokenID? {
    guard let candidates = tokens[Self.mark(of: row)] else { return nil }
    let rows = model.embed(candidates).rows
    return candidates.indices.first { index in
      rows.row(index).elementsEqual(row) { $0.bitPattern == $1.bitPattern }
    }.map { candidates[$0] }
  }

  /// Eight numbers of `row` as one.
  private static func mark(of row: ArraySlice<Float>) -> UInt64 {
    var mark: UInt64 = 0
    for index in stride(from: row.startIndex, to: row.endIndex, by: max(1, row.count / 8)) {
      mark = (mark ^ UInt64(row[index].bitPattern)) &* 0x9E37_79B9_7F4A_7C15
      mark ^= mark >> 29
    }
    return mark
  }
}

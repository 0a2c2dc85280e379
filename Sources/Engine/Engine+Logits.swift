import Models
import Tensors
import Tokenization

extension Engine {
  /// A row of hidden states whose logits are wanted.
  private struct WantedRow {
    let row: Int
    let generation: Generation
    /// The position that it stands at; its logits tell of the next one.
    let position: Int
    /// Whether a token is to be chosen; else the prompt's next token is only to be judged.
    let choosesToken: Bool
  }

  /// Rows whose logits are made at once: a vocabulary's worth of numbers each.
  private static let rowsAtOnce = 64

  /// Chooses a token for each generation that has been read to its end in `batch`.
  func readLogits(of batch: Batch, _ hidden: HiddenStates, _ outputs: inout [Output]) {
    let wanted = wantedRows(of: batch)
    for start in stride(from: 0, to: wanted.count, by: Self.rowsAtOnce) {
      let part = wanted[start..<min(start + Self.rowsAtOnce, wanted.count)]
      let rows =
        part.count == hidden.rows.rowCount ? hidden.rows : hidden.rows.rows(at: part.map(\.row))
      var logits = model.logits(HiddenStates(rows: rows), on: pool)
      choose(Array(part), &logits, &outputs)
    }
  }

  private func wantedRows(of batch: Batch) -> [WantedRow] {
    var wanted: [WantedRow] = []
    var row = 0
    for slice in batch.slices {
      defer { row += slice.positions.count }
      guard let generation = generations[slice.generation] else { continue }
      if generation.request.promptLogprobCount != nil {
        let judged = slice.positions.clamped(to: 0..<generation.promptLength - 1)
        for position in judged {
          wanted.append(
            WantedRow(
              row: row + position - slice.positions.lowerBound,
              generation: generation,
              position: position,
              choosesToken: false
            )
          )
        }
      }
      if slice.isLast {
        wanted.append(
          WantedRow(
            row: row + slice.positions.count - 1,
            generation: generation,
            position: slice.positions.upperBound - 1,
            choosesToken: true
          )
        )
      }
    }
    return wanted
  }

  private func choose(_ wanted: [WantedRow], _ logits: inout Logits, _ outputs: inout [Output]) {
    // Choosing changes scores, but logprobs are those of the model.
    var raw: [Int: ArraySlice<Float>] = [:]
    for (index, item) in wanted.enumerated() {
      if item.choosesToken {
        if item.generation.request.logprobCount != nil {
          raw[index] = ArraySlice(Array(logits.rows.row(index)))
        }
      } else {
        judge(item, logits.rows.row(index))
      }
    }
    let tokens = chosenTokens(wanted, &logits)
    let now = clock.now
    for (index, item) in wanted.enumerated() where item.choosesToken {
      let generation = item.generation
      if generation.request.promptLogprobCount != nil, generation.tokens.isEmpty {
        outputs.append(
          Output(generation: generation.id, event: .promptLogprobs(generation.promptLogprobs))
        )
      }
      guard generation.limit > 0 else {
        let result = end(generation, .length, nil, at: now)
        outputs.append(Output(generation: generation.id, event: .finished(result)))
        continue
      }
      let logprobs = raw[index].map {
        TokenLogprobs(
          of: tokens[index],
          among: $0,
          topCount: generation.request.logprobCount ?? 0
        )
      }
      take(tokens[index], logprobs, generation, at: now, &outputs)
    }
  }

  private func judge(_ item: WantedRow, _ scores: ArraySlice<Float>) {
    let position = item.position + 1
    let logprobs = item.generation.promptTokens[position].map {
      TokenLogprobs(
        of: $0,
        among: scores,
        topCount: item.generation.request.promptLogprobCount ?? 0
      )
    }
    item.generation.note(logprobs, at: position)
  }

  /// The token that each generation's sampler chooses; where none is to be chosen, any.
  private func chosenTokens(_ wanted: [WantedRow], _ logits: inout Logits) -> [TokenID] {
    let vocabularySize = logits.rows.columnCount
    var tokens = [TokenID](repeating: 0, count: wanted.count)
    logits.rows.storage.withUnsafeMutableBufferPointer { scores in
      tokens.withUnsafeMutableBufferPointer { tokens in
        pool.run(taskCount: wanted.count) { index in
          guard wanted[index].choosesToken else { return }
          let row = index * vocabularySize..<(index + 1) * vocabularySize
          tokens[index] = wanted[index].generation.sample(
            UnsafeMutableBufferPointer(rebasing: scores[row])
          )
        }
      }
    }
    return tokens
  }
}

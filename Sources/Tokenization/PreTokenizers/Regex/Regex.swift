/// A regular expression, matched at a place by trying alternatives in order, as Oniguruma does.
///
/// The text is a piece that stands for itself: anchors and looks see nothing outside it.
struct Regex: Sendable {
  private let program: RegexProgram

  /// The expression `expression`; `nil` if it uses what is not supported.
  init?(_ expression: String) {
    do { program = try RegexProgram(RegexParser.parse(expression)) } catch { return nil }
  }

  /// Where to go on when a way fails.
  private struct Choice {
    let instruction: Int
    let position: Int
    /// A run may give back scalars down to here; `position` for a plain choice.
    let limit: Int
  }

  /// The end of the match that begins at `index` of `text[piece]`; `nil` if none does.
  func matchEnd(in text: Span<UInt8>, at index: Int, of piece: Range<Int>) -> Int? {
    run(0, text, index, piece)
  }

  private func run(_ first: Int, _ text: Span<UInt8>, _ index: Int, _ bounds: Range<Int>) -> Int? {
    var choices: [Choice] = []
    var instruction = first
    var position = index
    while true {
      var succeeded = true
      switch program.instructions[instruction] {
      case .match: return position
      case .jump(let target):
        instruction = target
        continue
      case .set(let set):
        if position < bounds.upperBound, case let scalar = text.scalar(at: position),
          program.sets[set].contains(scalar.value)
        {
          position += scalar.length
        } else {
          succeeded = false
        }
      case .run(let set, let minimum, let maximum, let givesBack):
        guard let shortest = takeRun(set, minimum, maximum, text, &position, bounds) else {
          succeeded = false
          break
        }
        if givesBack, shortest < position {
          choices.append(
            Choice(instruction: instruction + 1, position: position, limit: shortest)
          )
        }
      case .fork(let first, let second):
        choices.append(Choice(instruction: second, position: position, limit: position))
        instruction = first
        continue
      case .anchor(let anchor): succeeded = holds(anchor, text, position, bounds)
      case .atomic(let next):
        if let end = run(instruction + 1, text, position, bounds) {
          position = end
          instruction = next
          continue
        }
        succeeded = false
      case .look(let behind, let negated, let next):
        let start = stepBack(behind, text, position, bounds)
        let found = start.flatMap { run(instruction + 1, text, $0, bounds) } != nil
        if found != negated {
          instruction = next
          continue
        }
        succeeded = false
      }
      if succeeded {
        instruction += 1
      } else {
        guard let choice = choices.popLast() else { return nil }
        instruction = choice.instruction
        position = choice.position
        if choice.limit < position {
          let before = stepBack(1, text, position, bounds) ?? choice.limit
          position = before
          if before > choice.limit {
            choices.append(
              Choice(instruction: instruction, position: before, limit: choice.limit)
            )
          }
        }
      }
    }
  }

  /// Moves `position` to the end of a run of one set; gives the end of the shortest that would do.
  private func takeRun(
    _ set: Int,
    _ minimum: Int,
    _ maximum: Int,
    _ text: Span<UInt8>,
    _ position: inout Int,
    _ bounds: Range<Int>
  ) -> Int? {
    var count = 0
    var shortest = position
    var index = position
    while count < maximum, index < bounds.upperBound {
      let scalar = text.scalar(at: index)
      guard program.sets[set].contains(scalar.value) else { break }
      index += scalar.length
      count += 1
      if count == minimum { shortest = index }
    }
    guard count >= minimum else { return nil }
    position = index
    return shortest
  }

  private func stepBack(_ count: Int, _ text: Span<UInt8>, _ position: Int, _ bounds: Range<Int>)
    -> Int?
  {
    var index = position
    for _ in 0..<count {
      guard index > bounds.lowerBound else { return nil }
      index -= text.scalar(before: index).length
    }
    return index
  }

  private func holds(
    _ anchor: RegexNode.Anchor,
    _ text: Span<UInt8>,
    _ position: Int,
    _ bounds: Range<Int>
  ) -> Bool {
    let newline = UInt8(ascii: "\n")
    let isStart = position == bounds.lowerBound
    let isEnd = position == bounds.upperBound
    switch anchor {
    case .textStart: return isStart
    case .textEnd: return isEnd
    case .textEndOrLastNewline:
      return isEnd || position + 1 == bounds.upperBound && text[position] == newline
    case .lineStart: return isStart || text[position - 1] == newline && !isEnd
    case .lineEnd: return isEnd || text[position] == newline
    case .wordBoundary, .noWordBoundary:
      let before = !isStart && ScalarProperty.word.holds(for: text.scalar(before: position).value)
      let after = !isEnd && ScalarProperty.word.holds(for: text.scalar(at: position).value)
      return (before != after) == (anchor == .wordBoundary)
    }
  }
}

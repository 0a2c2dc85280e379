import Tensors

/// The positions that go through the model in one step.
struct Batch {
  /// The positions of one generation.
  struct Slice: Equatable {
    let generation: Int
    let positions: Range<Int>
    /// The blocks that hold positions 0..<32, 32..<64, … of the generation.
    let blocks: [Int]
    /// Whether these are the last positions that the generation owes: a token follows.
    let isLast: Bool
  }

  var slices: [Slice] = []
  /// Generations that began, or began again, with this step, and the positions found computed.
  var admitted: [(generation: Int, cachedCount: Int)] = []

  /// Positions of all slices.
  var positionCount: Int { slices.reduce(0) { $0 + $1.positions.count } }

  /// Where rows and positions lie, for the model.
  var layout: BatchLayout {
    var row = 0
    return BatchLayout(
      slices: slices.map { slice in
        defer { row += slice.positions.count }
        return BatchLayout.Slice(
          rows: row..<row + slice.positions.count,
          firstPosition: slice.positions.lowerBound,
          blocks: slice.blocks
        )
      }
    )
  }
}

/// Which generations the rows of one step belong to, and where their keys and values are kept.
public struct BatchLayout: Sendable {
  /// The rows of one generation: consecutive positions of it, few or many.
  public struct Slice: Sendable, Equatable {
    /// Rows of this generation in the step's matrices.
    public let rows: Range<Int>
    /// The position of the first of them.
    public let firstPosition: Int
    /// The blocks of the cache that hold positions 0..<32, 32..<64, … of this generation.
    public let blocks: [Int]

    /// A slice whose `blocks` reach at least to its last position.
    public init(rows: Range<Int>, firstPosition: Int, blocks: [Int]) {
      precondition(firstPosition >= 0, "first position \(firstPosition)")
      for block in blocks { precondition(block >= 0, "block \(block)") }
      precondition(
        firstPosition + rows.count <= blocks.count * KeyValueCache.blockSize,
        "position \(firstPosition + rows.count - 1) in \(blocks.count) blocks"
      )
      self.rows = rows
      self.firstPosition = firstPosition
      self.blocks = blocks
    }
  }

  /// The slices, in order of rows, which they cover without gaps.
  public let slices: [Slice]
  /// The position of each row in its generation, [n].
  public let positions: [Int]
  /// The place of each row in the cache, block * blockSize + offset, [n].
  public let slots: [Int]
  /// The blocks of all slices, one after the other.
  let blocks: [Int]
  /// The greatest block, or -1.
  let lastBlock: Int
  /// The number of rows, n.
  public var rowCount: Int { positions.count }

  /// Whole texts of `lengths` positions, one after the other, each in blocks of its own.
  public init(packing lengths: [Int]) {
    var (row, block) = (0, 0)
    var slices: [Slice] = []
    slices.reserveCapacity(lengths.count)
    for length in lengths {
      let blockCount = (length + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
      slices.append(
        Slice(
          rows: row..<row + length,
          firstPosition: 0,
          blocks: Array(block..<block + blockCount)
        )
      )
      row += length
      block += blockCount
    }
    self.init(slices: slices)
  }

  /// The blocks that a cache must have at least.
  public var blockCount: Int { lastBlock + 1 }

  /// The layout of a step over `slices`.
  public init(slices: [Slice]) {
    self.slices = slices
    blocks = slices.flatMap(\.blocks)
    lastBlock = blocks.max() ?? -1
    var positions: [Int] = []
    var slots: [Int] = []
    for slice in slices {
      precondition(
        slice.rows.lowerBound == positions.count,
        "a slice begins at row \(slice.rows.lowerBound) after \(positions.count) rows"
      )
      for position in slice.firstPosition..<slice.firstPosition + slice.rows.count {
        let (block, offset) = position.quotientAndRemainder(dividingBy: KeyValueCache.blockSize)
        positions.append(position)
        slots.append(slice.blocks[block] * KeyValueCache.blockSize + offset)
      }
    }
    self.positions = positions
    self.slots = slots
  }
}

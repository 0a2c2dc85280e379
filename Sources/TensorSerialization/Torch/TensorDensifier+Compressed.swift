internal import Tensors

extension TensorDensifier {
  /// Compressed indices [batches, rows + 1], plain indices [batches, count] and values
  /// [batches, count, block rows, block columns, dense dimensions]; by columns, rows and columns of the
  /// indices change places. Only blocked layouts have the block's two.
  mutating func compressedPlaces(
    _ record: TorchSparseRecord,
    _ compressed: Tensor,
    _ plain: Tensor,
    values valueShape: [Int]
  ) throws(TensorFileError) -> SparseSum.Places {
    guard compressed.dtype == plain.dtype else {
      throw record.fault("types of indices: \(compressed.dtype.rawValue), \(plain.dtype.rawValue)")
    }
    let grid = try CompressedGrid(record, compressed.shape, plain.shape, valueShape)
    let ends = try integers(compressed, allowsShort: true, record)
    let minors = try integers(plain, allowsShort: true, record)
    try charge(minors.count, of: MemoryLayout<Int>.stride, at: record.position)
    var starts: [Int] = []
    starts.reserveCapacity(minors.count)
    for batch in 0..<grid.batchCount {
      let first = batch * (grid.majorCount + 1)
      let offset = batch * grid.count
      guard ends[first] == 0, ends[first + grid.majorCount] == grid.count else {
        throw record.fault("compressed indices")
      }
      for major in 0..<grid.majorCount {
        let (start, end) = (ends[first + major], ends[first + major + 1])
        guard start >= 0, start <= end, end <= grid.count else {
          throw record.fault("compressed indices")
        }
        var previous = -1
        for minor in minors[offset + start..<offset + end] {
          guard minor > previous, minor < grid.minorCount else {
            throw record.fault("index \(minor) of \(grid.minorCount)")
          }
          previous = minor
          starts.append(grid.start(batch: batch, major: major, minor: minor))
        }
      }
    }
    return SparseSum.Places(
      starts: starts,
      rowCount: grid.block[0],
      rowStride: grid.rowStride,
      rowLength: grid.block[1] * grid.denseCount
    )
  }
}

/// How a tensor in compressed layout is cut into batches, rows, columns and blocks.
private struct CompressedGrid {
  let batchCount: Int
  /// Blocks along the dimension whose indices are compressed, and along the other.
  let majorCount: Int
  let minorCount: Int
  /// Blocks of each batch.
  let count: Int
  /// Rows and columns of a block.
  let block: [Int]
  /// Numbers at each place.
  let denseCount: Int
  /// Numbers from one row to the next, and from one batch to the next.
  let rowStride: Int
  private let batchStride: Int
  private let isByRow: Bool

  init(
    _ record: TorchSparseRecord,
    _ compressed: [Int],
    _ plain: [Int],
    _ values: [Int]
  ) throws(TensorFileError) {
    let isBlocked = record.layout == .blockRows || record.layout == .blockColumns
    isByRow = record.layout == .rows || record.layout == .blockRows
    let shape = record.shape
    let batchRank = compressed.count - 1
    let valueRank = batchRank + (isBlocked ? 3 : 1)
    guard batchRank >= 0, plain.count == batchRank + 1, values.count >= valueRank,
      shape.count == batchRank + 2 + values.count - valueRank,
      let count = plain.last, values[batchRank] == count
    else { throw record.fault("number of dimensions") }
    let batches = shape[..<batchRank]
    guard batches.elementsEqual(compressed.dropLast()), batches.elementsEqual(plain.dropLast()),
      batches.elementsEqual(values.prefix(batchRank)),
      values[valueRank...].elementsEqual(shape[(batchRank + 2)...])
    else { throw record.fault("shapes of indices or values") }
    let (rows, columns) = (shape[batchRank], shape[batchRank + 1])
    block = isBlocked ? Array(values[batchRank + 1..<valueRank]) : [1, 1]
    guard block[0] > 0, block[1] > 0, rows % block[0] == 0, columns % block[1] == 0 else {
      throw record.fault("blocks \(quoting: block)")
    }
    let counts = (rows / block[0], columns / block[1])
    (majorCount, minorCount) = isByRow ? counts : (counts.1, counts.0)
    guard compressed[batchRank] - 1 == majorCount else {
      throw record.fault("number of compressed indices")
    }
    // These products are all parts of the dense tensor's size, which fits.
    batchCount = batches.reduce(1, *)
    denseCount = values[valueRank...].reduce(1, *)
    rowStride = columns * denseCount
    batchStride = rows * rowStride
    self.count = count
  }

  /// Where the numbers of a block begin.
  func start(batch: Int, major: Int, minor: Int) -> Int {
    let (row, column) = isByRow ? (major, minor) : (minor, major)
    return batch * batchStride + row * block[0] * rowStride + column * block[1] * denseCount
  }
}

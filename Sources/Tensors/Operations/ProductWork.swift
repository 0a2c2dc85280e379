internal import CKernels

/// Products with the same rows of x, split into tasks by rows of the weights and, if x is long, by
/// slabs of its rows.
struct ProductWork {
  /// What of x should stay in a core's second cache while it meets one part of the weights after the
  /// other.
  private static let slabByteCount = 640 << 10
  /// Fewer rows would not be worth widening weights for, more gain nothing.
  private static let slabRowCounts = 64...512
  /// Rows of x with which reading weights takes longer than multiplying.
  private static let fewRowCount = 32
  /// Weights that one task reads at most, so that a slow core does not keep others waiting for long.
  private static let longestTaskByteCount = 2 << 20
  /// Rows of the weights in a task with more rows of x, at most.
  private static let longestTaskRowCount = 64

  private let rowCount: Int
  private let instructionSet: sl_isa
  /// For quantized weights, for weights that meet bfloat16s, and for other float weights.
  private var packedRows: Rows?
  private var roundedRows: Rows?
  private var floatRows: Rows?
  private var products: [(product: sl_product, rowCount: Int)] = []

  /// x as some products read it.
  private struct Rows {
    let start: UnsafeRawPointer
    let rowByteCount: Int
    var terms: Int32 = 0
    var layout = SL_LAYOUT_ROWS
  }

  /// No products yet, of x [rowCount, in].
  init(rowCount: Int, instructionSet: sl_isa) {
    self.rowCount = rowCount
    self.instructionSet = instructionSet
  }

  /// Puts x [rowCount, columnCount] as products with `ws` read it: as integers for quantized weights, as
  /// bfloat16s for others where that is faster, as floats in the order in which they are added.
  mutating func pack(
    _ x: UnsafePointer<Float>,
    columnCount: Int,
    for ws: [WeightMatrix],
    team: WorkerTeam
  ) {
    let (rowCount, instructionSet) = (rowCount, instructionSet)
    let integerTerms =
      ws.lazy.filter(\.dtype.isQuantized).map { $0.integerTerms(instructionSet) }.max() ?? 0
    let integerBytes = integerTerms > 0 ? sl_packed_row_bytes(columnCount) * rowCount : 0
    let terms = ws.map { $0.bfloat16Terms(instructionSet) }.max() ?? 0
    let bfloat16Bytes = terms > 0 ? sl_bfloat16_bytes(rowCount, columnCount, terms) : 0
    let needsFloats = ws.contains { !$0.dtype.isQuantized && $0.bfloat16Terms(instructionSet) == 0 }
    let floatLayout = sl_choose_layout(instructionSet, 0, rowCount)
    let packsFloats = needsFloats && floatLayout != SL_LAYOUT_ROWS
    let floatBytes = packsFloats ? sl_float_bytes(rowCount, columnCount) : 0
    floatRows = Rows(
      start: UnsafeRawPointer(x),
      rowByteCount: columnCount * MemoryLayout<Float>.stride
    )
    guard integerBytes + bfloat16Bytes + floatBytes > 0,
      let start = team.scratch(byteCount: integerBytes + bfloat16Bytes + floatBytes)
    else { return }
    func share(multiple: Int, _ body: (_ first: Int, _ end: Int) -> Void) {
      let size = max(1, 16_384 / columnCount / multiple) * multiple
      team.run(taskCount: (rowCount + size - 1) / size) { task, _ in
        body(task * size, min(rowCount, (task + 1) * size))
      }
    }
    if floatBytes > 0 {
      let packed = start.assumingMemoryBound(to: Float.self)
      share(multiple: SL_STRIP_ROWS) { first, end in
        sl_pack_floats(instructionSet, packed, x, rowCount, columnCount, first, end)
      }
      floatRows = Rows(
        start: UnsafeRawPointer(start),
        rowByteCount: sl_float_bytes(1, columnCount),
        layout: floatLayout
      )
    }
    if bfloat16Bytes > 0 {
      let packed = start + floatBytes
      let layout = sl_choose_layout(instructionSet, terms, rowCount)
      share(multiple: SL_STRIP_ROWS) { first, end in
        sl_pack_bfloat16(
          instructionSet,
          packed,
          x,
          rowCount,
          columnCount,
          terms,
          layout,
          first,
          end
        )
      }
      roundedRows = Rows(
        start: UnsafeRawPointer(packed),
        rowByteCount: sl_bfloat16_bytes(1, columnCount, terms),
        terms: terms,
        layout: layout
      )
    }
    if integerBytes > 0 {
      let packed = start + floatBytes + bfloat16Bytes
      share(multiple: 1) { first, end in
        sl_pack(instructionSet, packed, x, rowCount, columnCount, integerTerms, first, end)
      }
      packedRows = Rows(
        start: UnsafeRawPointer(packed),
        rowByteCount: sl_packed_row_bytes(columnCount),
        terms: integerTerms
      )
    }
  }

  /// Adds y [rowCount, out] = x · Wᵀ, W's bytes being at `weights`.
  mutating func append(
    _ w: WeightMatrix,
    weights: UnsafeRawPointer,
    y: UnsafeMutablePointer<Float>
  ) {
    let float = w.bfloat16Terms(instructionSet) > 0 ? roundedRows : floatRows
    guard let rows = w.dtype.isQuantized ? packedRows : float else {
      preconditionFailure("x was not packed for these weights")
    }
    let size = slabSize(byteCount: rows.rowByteCount)
    for first in stride(from: 0, to: rowCount, by: size) {
      let product = sl_product(
        type: w.kernelType,
        weights: weights.assumingMemoryBound(to: UInt8.self),
        row_bytes: w.rowByteCount,
        columns: w.columnCount,
        x: rows.start + first * rows.rowByteCount,
        layout: rows.layout,
        terms: rows.terms,
        n: min(size, rowCount - first),
        y: y + first * w.rowCount,
        y_stride: w.rowCount,
        next: nil
      )
      products.append((product, w.rowCount))
    }
  }

  /// Rows of x in a slab: slabs are about as long as each other, and end where a packed tile ends.
  private func slabSize(byteCount: Int) -> Int {
    let range = Self.slabRowCounts
    let largest = max(range.lowerBound, min(range.upperBound, Self.slabByteCount / byteCount))
    let slabCount = (rowCount + largest - 1) / largest
    return ((rowCount + slabCount - 1) / slabCount + SL_STRIP_ROWS - 1) / SL_STRIP_ROWS
      * SL_STRIP_ROWS
  }

  /// Computes all products.
  func run(team: WorkerTeam) {
    let sizes = products.map { rowsPerTask(of: $0.product, rowCount: $0.rowCount, team: team) }
    let counts = zip(products, sizes).map { ($0.rowCount + $1 - 1) / $1 }
    // Workers' numbers stay below the number of threads, for each of which there is scratch memory.
    let scratch = (0..<team.threadCount).map { team.scratch(ofWorker: $0) }
    func place(ofTask task: Int) -> (index: Int, firstRow: Int) {
      var (index, part) = (0, task)
      while part >= counts[index] {
        part -= counts[index]
        index += 1
      }
      return (index, part * sizes[index])
    }
    let taskCount = counts.reduce(0, +)
    team.run(taskCount: taskCount) { task, worker in
      let (index, firstRow) = place(ofTask: task)
      var product = products[index].product
      // Threads take turns, so this one will probably go on there.
      if task + team.threadCount < taskCount {
        let following = place(ofTask: task + team.threadCount)
        let weights = products[following.index].product
        product.next = weights.weights + following.firstRow * weights.row_bytes
      }
      let endRow = min(products[index].rowCount, firstRow + sizes[index])
      sl_product_rows(instructionSet, &product, firstRow, endRow, scratch[worker])
    }
  }

  /// For few rows of x, which wait for memory, tasks are long, about two for each thread: where a task
  /// begins, nothing was asked for ahead. For more rows they are the largest that leave each thread about
  /// as much to do.
  private func rowsPerTask(
    of product: sl_product,
    rowCount: Int,
    team: WorkerTeam
  ) -> Int {
    let strip = SL_STRIP_ROWS
    if product.n <= Self.fewRowCount {
      let even = rowCount / (2 * team.threadCount) / strip * strip
      return max(strip, min(Self.longestTaskByteCount / product.row_bytes / strip * strip, even))
    }
    func longest(_ size: Int) -> Int {
      let taskCount = (rowCount + size - 1) / size
      return (taskCount + team.threadCount - 1) / team.threadCount * size
    }
    let sizes = stride(from: Self.longestTaskRowCount, to: 0, by: -strip)
    return sizes.min { longest($0) < longest($1) } ?? strip
  }
}

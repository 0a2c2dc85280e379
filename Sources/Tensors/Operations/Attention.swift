import CKernels

extension KeyValueCache {
  /// Whether attention to heads of `headSize` bfloat16 numbers is faster here if it rounds what meets them.
  public static func isFasterRounding(headSize: Int) -> Bool {
    let tables = [OperationTable.rounding, .best].map { $0.dividing(headSize: headSize) }
    return tables[0].pointer != tables[1].pointer
  }

  /// Grouped-query attention of `queries` [n, heads * headSize] over the cache: [n, heads * headSize].
  ///
  /// The row at position p of a slice sees positions 0...p of its generation, or the last
  /// `slidingWindow` of them, which must have been appended, its own too. If not `isCausal` it sees all
  /// positions up to the slice's last, and there is no window. A row's result is the same
  /// to the last bit whatever rows it is computed with, on however many threads.
  ///
  /// If `rounds`, queries and weights are rounded to bfloat16 for a cache of such numbers, where the
  /// processor is faster so.
  /// Source: torch.nn.functional.scaled_dot_product_attention with `enable_gqa=True`.
  public borrowing func attend(
    queries: Matrix,
    layer: Int,
    layout: BatchLayout,
    scale: Float,
    slidingWindow: Int? = nil,
    isCausal: Bool = true,
    rounds: Bool = false,
    on pool: WorkerPool
  ) -> Matrix {
    attend(
      queries: queries,
      layer: layer,
      layout: layout,
      scale: scale,
      slidingWindow: slidingWindow,
      isCausal: isCausal,
      on: pool,
      operations: rounds ? .rounding : .best
    )
  }

  borrowing func attend(
    queries: Matrix,
    layer: Int,
    layout: BatchLayout,
    scale: Float,
    slidingWindow: Int?,
    isCausal: Bool = true,
    on pool: WorkerPool,
    operations: OperationTable
  ) -> Matrix {
    let headCount = queries.columnCount / headSize
    precondition(
      queries.columnCount % headSize == 0 && headCount % keyValueHeadCount == 0
        && queries.rowCount == layout.rowCount,
      "queries [\(queries.rowCount), \(queries.columnCount)] for \(layout.rowCount) rows, \(keyValueHeadCount) heads of \(headSize)"
    )
    precondition(slidingWindow.map { $0 > 0 } ?? true, "a window of no positions")
    precondition(isCausal || slidingWindow == nil, "a window of positions that are not causal")
    precondition(layout.lastBlock < blockCount, "block \(layout.lastBlock) of \(blockCount)")
    return Matrix(rowCount: queries.rowCount, columnCount: queries.columnCount) { output in
      queries.storage.withUnsafeBufferPointer { queries in
        layout.blocks.withUnsafeBufferPointer { blockTable in
          guard let queries = queries.baseAddress, var blocks = blockTable.baseAddress else {
            return
          }
          var groups: [HeadGroup] = []
          groups.reserveCapacity(layout.slices.count * keyValueHeadCount)
          let group = headCount / keyValueHeadCount
          for slice in layout.slices {
            defer { blocks += slice.blocks.count }
            guard !slice.rows.isEmpty else { continue }
            for head in 0..<keyValueHeadCount {
              guard let (keys, values) = start(layer: layer, head: head) else { return }
              let start = (slice.rows.lowerBound * headCount + head * group) * headSize
              let arguments = sl_attention(
                queries: queries + start,
                output: output + start,
                position_stride: headCount * headSize,
                head_size: headSize,
                group: group,
                scale: scale,
                first_position: slice.firstPosition,
                window: slidingWindow ?? 0,
                length: isCausal ? 0 : slice.firstPosition + slice.rows.count,
                type: type.kernelType,
                keys: keys,
                values: values,
                block_stride: blockStride,
                blocks: blocks
              )
              groups.append(HeadGroup(arguments: arguments, positionCount: slice.rows.count))
            }
          }
          let plan = AttentionPlan(groups, threadCount: pool.threadCount)
          plan.run(on: pool, with: operations.dividing(headSize: headSize).functions)
        }
      }
    }
  }
}

import CKernels

/// The query heads of one generation that share one key/value head.
struct HeadGroup {
  var arguments: sl_attention
  let positionCount: Int

  var rowCount: Int { positionCount * arguments.group }

  /// About as many products as scores take.
  var productCount: Int {
    let context =
      arguments.length == 0 ? arguments.first_position + positionCount : arguments.length
    let seen = arguments.window == 0 ? context : min(context, arguments.window)
    return rowCount * seen * arguments.head_size
  }

  /// The chunks of context that any of `rows` sees.
  func chunks(ofRows rows: Range<Int>) -> Range<Int> {
    if arguments.length != 0 {
      return 0..<(arguments.length - 1) / Int(SL_CHUNK_SIZE) + 1
    }
    let first = arguments.first_position + rows.lowerBound / arguments.group
    let last = arguments.first_position + (rows.upperBound - 1) / arguments.group
    let begin = arguments.window == 0 ? 0 : max(0, first + 1 - arguments.window)
    let chunkSize = Int(SL_CHUNK_SIZE)
    return begin / chunkSize..<last / chunkSize + 1
  }
}

/// One call of attention as tasks for a pool.
///
/// A task is a tile of rows, over its whole context or, where that leaves threads without work, over
/// one chunk of it. Chunks merge in the same order either way, so the division never shows in results.
struct AttentionPlan {
  /// Rows of one group that go through their context together, so that it is read less often.
  private static let tileRowCount = 64

  private struct Tile {
    let group: Int
    let rows: Range<Int>
    let chunks: Range<Int>
    /// Where the states of the chunks begin among all that are merged later; `nil`: none are.
    var statesOffset: Int?

    var cost: Int { rows.count * chunks.count }
  }

  private struct Task {
    let tile: Int
    let chunks: Range<Int>
  }

  private let groups: [HeadGroup]
  private var tiles: [Tile] = []
  private var tasks: [Task] = []
  /// Numbers in the states of all tiles that are divided.
  private var statesCount = 0
  private let stateSize: Int
  private let headSize: Int

  init(_ groups: [HeadGroup], threadCount: Int) {
    self.groups = groups
    headSize = groups.first?.arguments.head_size ?? 0
    stateSize = headSize + 2
    tiles.reserveCapacity(
      groups.reduce(0) { $0 + ($1.rowCount + Self.tileRowCount - 1) / Self.tileRowCount }
    )
    for (index, group) in groups.enumerated() {
      for start in stride(from: 0, to: group.rowCount, by: Self.tileRowCount) {
        let rows = start..<min(start + Self.tileRowCount, group.rowCount)
        tiles.append(Tile(group: index, rows: rows, chunks: group.chunks(ofRows: rows)))
      }
    }
    // A tile that takes more than a third of a thread's share would leave others waiting at the end.
    let limit = tiles.reduce(0) { $0 + $1.cost } / (3 * threadCount)
    tasks.reserveCapacity(
      tiles.reduce(0) { $0 + ($1.cost > limit ? $1.chunks.count : 1) }
    )
    for index in tiles.indices.reversed() {
      let tile = tiles[index]
      if threadCount > 1, tile.chunks.count > 1, tile.cost > limit {
        tiles[index].statesOffset = statesCount
        statesCount += tile.cost * stateSize
        for chunk in tile.chunks { tasks.append(Task(tile: index, chunks: chunk..<chunk + 1)) }
      } else {
        tasks.append(Task(tile: index, chunks: tile.chunks))
      }
    }
  }

  func run(on pool: WorkerPool, with operations: sl_operations) {
    pool.withExclusiveUse { team in
      let states = team.scratch(byteCount: statesCount * MemoryLayout<Float>.stride)?
        .assumingMemoryBound(to: Float.self)
      // Waking threads takes longer than a few positions.
      if groups.reduce(0, { $0 + $1.productCount }) < 1 << 16 {
        for task in tasks { run(task, states: states, team: team, worker: 0, with: operations) }
      } else {
        team.run(taskCount: tasks.count) { task, worker in
          run(tasks[task], states: states, team: team, worker: worker, with: operations)
        }
      }
      for tile in tiles {
        guard let offset = tile.statesOffset, let states else { continue }
        let (first, size) = (states + offset, tile.rows.count * stateSize)
        for chunk in 1..<tile.chunks.count {
          operations.merge(first, first + chunk * size, tile.rows.count, headSize)
        }
        finish(tile, states: first, with: operations)
      }
    }
  }

  private func run(
    _ task: Task,
    states: UnsafeMutablePointer<Float>?,
    team: WorkerTeam,
    worker: Int,
    with operations: sl_operations
  ) {
    let tile = tiles[task.tile]
    let scratchCount = sl_attention_scratch(headSize)
    let size = tile.rows.count * stateSize
    team.withScratch(ofWorker: worker, count: scratchCount + size) { scratch in
      let own = scratch + scratchCount
      let merged = tile.statesOffset.flatMap { offset in
        states.map { $0 + offset + (task.chunks.lowerBound - tile.chunks.lowerBound) * size }
      }
      withUnsafePointer(to: groups[tile.group].arguments) { arguments in
        operations.attend(
          arguments,
          tile.rows.lowerBound,
          tile.rows.count,
          task.chunks.lowerBound,
          task.chunks.upperBound,
          merged ?? own,
          scratch
        )
      }
      if merged == nil { finish(tile, states: own, with: operations) }
    }
  }

  private func finish(
    _ tile: Tile,
    states: UnsafePointer<Float>,
    with operations: sl_operations
  ) {
    withUnsafePointer(to: groups[tile.group].arguments) { arguments in
      operations.finish(arguments, tile.rows.lowerBound, tile.rows.count, states)
    }
  }
}

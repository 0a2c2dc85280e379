import CKernels
import Glibc
import TestSupport
import Testing

@testable import Tensors

/// Queries, keys and values of one generation.
private struct Attended {
  let queries: Matrix  // [n, heads * headSize]
  let keys: Matrix  // [n, keyValueHeads * headSize]
  let values: Matrix

  init(_ seed: UInt64, count: Int, heads: Int, keyValueHeads: Int, headSize: Int) {
    var random = SeededGenerator(seed)
    queries = .uniform(count, heads * headSize, using: &random)
    keys = .uniform(count, keyValueHeads * headSize, using: &random)
    values = .uniform(count, keyValueHeads * headSize, using: &random)
  }

  init(queries: Matrix, keys: Matrix, values: Matrix) {
    (self.queries, self.keys, self.values) = (queries, keys, values)
  }
}

@Suite struct `Attention` {
  static let one = WorkerPool(threadCount: 1)

  /// How far attention to rounded keys and values may be from torch's to exact ones, which are all
  /// below 3.5, at scores below 10.
  ///
  /// A value that is rounded to b bits is off by 2^-b of itself; so is each term of a score, whose
  /// change e turns weights by a factor of 1 + e. float16 has 11 bits, bfloat16 8, bytes 7 of the
  /// greatest number among 32. Rounding is random: the sums stay below 4 units of the greatest value.
  static let tolerances: [(KeyValueCache.ElementType, Float)] = [
    (.float32, 0), (.float16, 4 * 3.5 * 0x1p-11), (.bfloat16, 4 * 3.5 * 0x1p-8),
    (.q8_0, 4 * 3.5 * 0x1p-7),
  ]

  @Test(arguments: OperationFixture.all("attention"), tolerances)
  func `equals torch on every level`(
    _ fixture: OperationFixture,
    _ rounding: (type: KeyValueCache.ElementType, tolerance: Float)
  ) throws {
    let numbers = fixture.numbers
    let (q, k) = (fixture.matrix("q"), fixture.matrix("k"))
    let blocks = Array((0..<(k.rowCount + 31) / 32).reversed())
    var cache = try KeyValueCache(
      layerCount: 2,
      keyValueHeadCount: numbers.keyValueHeadCount,
      headSize: numbers.headSize,
      blockCount: blocks.count,
      type: rounding.type
    )
    let context = BatchLayout(slices: [
      .init(rows: 0..<k.rowCount, firstPosition: 0, blocks: blocks)
    ])
    cache.append(keys: k, values: fixture.matrix("v"), layer: 1, slots: context.slots)
    let first = k.rowCount - q.rowCount
    let layout = BatchLayout(slices: [
      .init(rows: 0..<q.rowCount, firstPosition: first, blocks: blocks)
    ])
    for table in OperationTable.all {
      let y = cache.attend(
        queries: q,
        layer: 1,
        layout: layout,
        scale: numbers.scale,
        slidingWindow: numbers.slidingWindow == 0 ? nil : numbers.slidingWindow,
        on: Self.one,
        operations: table
      )
      // The numbers are float64's; torch itself is off by `torchError` in float32.
      let difference = zip(y.storage, fixture.vector("y")).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 2 * numbers.torchError + rounding.tolerance)
    }
  }

  @Test(arguments: OperationFixture.all("packedAttention"))
  func `of whole texts equals torch's of each text`(_ fixture: OperationFixture) throws {
    let numbers = fixture.numbers
    let (q, k) = (fixture.matrix("q"), fixture.matrix("k"))
    let layout = BatchLayout(packing: numbers.positions)
    var cache = try KeyValueCache(
      layerCount: 1,
      keyValueHeadCount: q.columnCount / numbers.headSize,
      headSize: numbers.headSize,
      blockCount: layout.blockCount
    )
    cache.append(keys: k, values: fixture.matrix("v"), layer: 0, slots: layout.slots)
    for table in OperationTable.all {
      let y = cache.attend(
        queries: q,
        layer: 0,
        layout: layout,
        scale: numbers.scale,
        slidingWindow: nil,
        isCausal: false,
        on: WorkerPool(threadCount: 2),
        operations: table
      )
      let difference = zip(y.storage, fixture.vector("y")).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 2 * numbers.torchError)
    }
  }

  /// The weight of a lone position is 1, so that its value comes back as it is kept.
  @Test(arguments: KeyValueCache.ElementType.allCases)
  func `numbers are rounded to the nearest that the cache can hold`(
    type: KeyValueCache.ElementType
  ) throws {
    // Ends and ties: 65520 is the first that float16 has no number for, 2^-24 its smallest.
    let numbers: [Float] = [
      65504, 65519, 65520, -1e6, 0x1p-24, 0x1p-25, 0x1.8p-25, -0x1.8p-24, 0x1.ffcp-15, 0x1.ffep-15,
      1 + 0x1p-11, 1 + 0x1.8p-10, 1 + 0x1p-8, 1 + 0x1.8p-7, 0, -0.0, 3.14159, -2.71828, 1e-30,
      -1e30,
      0.1, 12345.678, -0x1.fep5, 0x1.01p3,
    ]
    let values = Matrix(rowCount: 1, columnCount: numbers.count, storage: numbers)
    let expected = RoundedNumbers.matrix(values, headSize: numbers.count, type)
    for table in OperationTable.all {
      let input = Attended(
        queries: Matrix(rowCount: 1, columnCount: numbers.count),
        keys: Matrix(rowCount: 1, columnCount: numbers.count),
        values: values
      )
      let y = try run(input, headSize: numbers.count, steps: [1], type: type, operations: table)
      #expect(y == expected)
    }
  }

  @Test func `there are fixtures`() {
    #expect(OperationFixture.all("packedAttention").count == 3)
    #expect(OperationFixture.all("attention").count == 6)
  }

  /// Shapes of no particular kind, against a plain loop in double precision over rounded numbers.
  @Test(arguments: UInt64(0)..<10, KeyValueCache.ElementType.allCases)
  func `equals the definition for any shape`(
    seed: UInt64,
    _ type: KeyValueCache.ElementType
  ) throws {
    var random = SeededGenerator(seed &+ 1000)
    let headSize = [4, 8, 16, 24, 40, 64, 7].randomElement(using: &random) ?? 8
    let keyValueHeads = Int.random(in: 1...2, using: &random)
    let group = Int.random(in: 1...5, using: &random)
    let count = Int.random(in: 1...(seed % 4 == 0 ? 280 : 70), using: &random)
    let window = Bool.random(using: &random) ? Int.random(in: 1...count, using: &random) : nil
    let heads = keyValueHeads * group
    let input = Attended(
      seed,
      count: count,
      heads: heads,
      keyValueHeads: keyValueHeads,
      headSize: headSize
    )
    let results = try OperationTable.all.map {
      try run(input, headSize: headSize, window: window, steps: [count], type: type, operations: $0)
    }
    let keys = RoundedNumbers.matrix(input.keys, headSize: headSize, type)
    let values = RoundedNumbers.matrix(input.values, headSize: headSize, type)
    // One query row in five, with the last: the loop is slow in a debug build.
    for row in Set(stride(from: 0, to: count, by: 5)).union([count - 1]) {
      for head in 0..<heads {
        let shared = head / group * headSize
        let seen = max(0, row + 1 - (window ?? count))...row
        let scores = seen.map { position in
          (0..<headSize).reduce(0.0) {
            $0 + Double(input.queries[row, head * headSize + $1])
              * Double(keys[position, shared + $1])
          } * 2
        }
        let greatest = scores.max() ?? 0
        let weights = scores.map { exp($0 - greatest) }
        let sum = weights.reduce(0, +)
        for column in 0..<headSize {
          let expected =
            zip(seen, weights).reduce(0.0) {
              $0 + $1.1 * Double(values[$1.0, shared + column])
            } / sum
          for y in results {
            // Scores reach 25, where a float32 number is within 1e-6.
            #expect(abs(Double(y[row, head * headSize + column]) - expected) < 4e-6)
          }
        }
      }
    }
  }

  @Test(arguments: [nil, 50, 300], KeyValueCache.ElementType.allCases)
  func `results do not depend on chunks, blocks or threads`(
    window: Int?,
    type: KeyValueCache.ElementType
  ) throws {
    let count = 310
    let input = Attended(3, count: count, heads: 3, keyValueHeads: 1, headSize: 16)
    let ones = [Int](repeating: 1, count: 13)
    let threads = WorkerPool(threadCount: 3)
    for table in OperationTable.all {
      func result(_ steps: [Int], on pool: WorkerPool = Self.one, seed: UInt64 = 1) throws -> Matrix
      {
        try run(
          input,
          headSize: 16,
          window: window,
          steps: steps,
          on: pool,
          seed: seed,
          type: type,
          operations: table
        )
      }
      let whole = try result([count])
      #expect(try result([256, 54]) == whole)
      #expect(try result(ones + [7, 7, 7, 256, 1, 19]) == whole)
      #expect(try result([300] + ones.prefix(10)) == whole)
      for steps in [[count], [303, 7], [309, 1]] {
        #expect(try result(steps, on: threads, seed: 9) == whole)
      }
    }
  }

  @Test(arguments: KeyValueCache.ElementType.allCases)
  func `a context divided among threads is merged in order`(
    type: KeyValueCache.ElementType
  ) throws {
    let count = 1100
    let input = Attended(5, count: count, heads: 2, keyValueHeads: 1, headSize: 16)
    let layout = BatchLayout(slices: [
      .init(rows: 0..<count, firstPosition: 0, blocks: Array(0..<35))
    ])
    var cache = try KeyValueCache(
      layerCount: 1,
      keyValueHeadCount: 1,
      headSize: 16,
      blockCount: 35,
      type: type
    )
    cache.append(keys: input.keys, values: input.values, layer: 0, slots: layout.slots)
    for owed in [1, 2, 20] {
      let rows = count - owed..<count
      let last = BatchLayout(slices: [
        .init(rows: 0..<owed, firstPosition: rows.lowerBound, blocks: Array(0..<35))
      ])
      let results = [1, 2, 5].map { threads in
        cache.attend(
          queries: input.queries.rows(rows),
          layer: 0,
          layout: last,
          scale: 2,
          on: WorkerPool(threadCount: threads)
        )
      }
      #expect(results[1] == results[0])
      #expect(results[2] == results[0])
    }
  }

  @Test func `a step without rows gives none`() throws {
    let cache = try KeyValueCache(layerCount: 1, keyValueHeadCount: 1, headSize: 8, blockCount: 1)
    let empty = BatchLayout(slices: [.init(rows: 0..<0, firstPosition: 0, blocks: [])])
    let queries = Matrix(rowCount: 0, columnCount: 16)
    let y = cache.attend(queries: queries, layer: 0, layout: empty, scale: 1, on: Self.one)
    #expect(y == queries)
  }

  @Test func `results do not depend on other generations in the step`() throws {
    let inputs = [(1, 300), (2, 40), (3, 1), (4, 33)].map { seed, count in
      Attended(seed, count: count, heads: 4, keyValueHeads: 1, headSize: 16)
    }
    let alone = try inputs.map { try run($0, headSize: 16, steps: [$0.queries.rowCount]) }

    var cache = try KeyValueCache(layerCount: 1, keyValueHeadCount: 1, headSize: 16, blockCount: 64)
    var free = Array(0..<64).shuffled()
    let tables = inputs.map { input in
      (0..<(input.keys.rowCount + 31) / 32).map { _ in free.removeLast() }
    }
    // All but the last positions first; then those of the last, some many, some one, in one step.
    let owed = [1, 40, 1, 7]
    for (input, (blocks, owed)) in zip(inputs, zip(tables, owed)) {
      let layout = BatchLayout(slices: [
        .init(rows: 0..<input.keys.rowCount - owed, firstPosition: 0, blocks: blocks)
      ])
      let rows = 0..<layout.rowCount
      cache.append(
        keys: input.keys.rows(rows),
        values: input.values.rows(rows),
        layer: 0,
        slots: layout.slots
      )
    }
    var slices: [BatchLayout.Slice] = []
    var (q, k, v) = (
      Matrix(rowCount: 0, columnCount: 64), Matrix(rowCount: 0, columnCount: 16),
      Matrix(rowCount: 0, columnCount: 16)
    )
    for (input, (blocks, owed)) in zip(inputs, zip(tables, owed)) {
      let first = input.keys.rowCount - owed
      slices.append(
        .init(rows: q.rowCount..<q.rowCount + owed, firstPosition: first, blocks: blocks)
      )
      q.append(input.queries.rows(first..<first + owed))
      k.append(input.keys.rows(first..<first + owed))
      v.append(input.values.rows(first..<first + owed))
    }
    let layout = BatchLayout(slices: slices)
    cache.append(keys: k, values: v, layer: 0, slots: layout.slots)
    for threads in [1, 4] {
      let pool = WorkerPool(threadCount: threads)
      let y = cache.attend(queries: q, layer: 0, layout: layout, scale: 2, on: pool)
      for (slice, whole) in zip(slices, alone) {
        let range = slice.firstPosition..<slice.firstPosition + slice.rows.count
        #expect(y.rows(slice.rows) == whole.rows(range))
      }
    }
  }

  /// A freed block keeps what its last owner left there, and a later row may hold anything.
  @Test(arguments: KeyValueCache.ElementType.allCases)
  func `nothing after a row's position reaches it`(type: KeyValueCache.ElementType) throws {
    let count = 40
    var input = Attended(8, count: count, heads: 3, keyValueHeads: 1, headSize: 8)
    let clean = try run(input, headSize: 8, steps: [count], type: type)
    var (keys, values) = (input.keys, input.values)
    for column in 0..<8 {
      keys[36, column] = .nan
      values[36, column] = .infinity
    }
    input = Attended(queries: input.queries, keys: keys, values: values)
    for steps in [[count], [36, 4], [35, 1, 1, 3]] {
      let y = try run(input, headSize: 8, steps: steps, type: type)
      #expect(y.rows(0..<36) == clean.rows(0..<36))
      #expect(y.rows(36..<40).storage.filter(\.isNaN).count == 4 * 24)
    }
  }

  /// Queries and weights lose all but 8 bits as keys and values do, so that sums are off by twice as
  /// much as `tolerances` say, at most.
  @Test(arguments: OperationFixture.all("attention"))
  func `with rounding stays near torch`(_ fixture: OperationFixture) throws {
    let numbers = fixture.numbers
    let keys = fixture.matrix("k")
    var input = Attended(queries: fixture.matrix("q"), keys: keys, values: fixture.matrix("v"))
    // As many queries as keys, of which the last ones count.
    let before = Matrix(
      rowCount: keys.rowCount - input.queries.rowCount,
      columnCount: input.queries.columnCount
    )
    var queries = before
    queries.append(input.queries)
    input = Attended(queries: queries, keys: keys, values: input.values)
    let y = try run(
      input,
      headSize: numbers.headSize,
      window: numbers.slidingWindow == 0 ? nil : numbers.slidingWindow,
      steps: [keys.rowCount],
      type: .bfloat16,
      scale: numbers.scale,
      operations: .rounding
    )
    let last = y.rows(before.rowCount..<keys.rowCount)
    let difference = zip(last.storage, fixture.vector("y")).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference <= 8 * 3.5 * 0x1p-8)
  }

  @Test(arguments: [nil, 51, 300], UInt64(1)..<4)
  func `with rounding does not depend on chunks, blocks or threads`(
    window: Int?,
    seed: UInt64
  ) throws {
    let count = 309
    let input = Attended(seed, count: count, heads: Int(seed), keyValueHeads: 1, headSize: 48)
    let ones = [Int](repeating: 1, count: 13)
    let threads = WorkerPool(threadCount: 3)
    func result(_ steps: [Int], on pool: WorkerPool = Self.one, seed: UInt64 = 1) throws -> Matrix {
      try run(
        input,
        headSize: 48,
        window: window,
        steps: steps,
        on: pool,
        seed: seed,
        type: .bfloat16,
        operations: .rounding
      )
    }
    let whole = try result([count])
    #expect(try result([255, 54]) == whole)
    #expect(try result(ones + [7, 7, 7, 255, 1, 19]) == whole)
    #expect(try result([299] + ones.prefix(10)) == whole)
    for steps in [[count], [302, 7], [308, 1]] {
      #expect(try result(steps, on: threads, seed: 9) == whole)
    }
  }

  @Test func `with rounding nothing after a row's position reaches it`() throws {
    let count = 40
    var input = Attended(8, count: count, heads: 3, keyValueHeads: 1, headSize: 16)
    func result(_ steps: [Int]) throws -> Matrix {
      try run(input, headSize: 16, steps: steps, type: .bfloat16, operations: .rounding)
    }
    let clean = try result([count])
    var (keys, values) = (input.keys, input.values)
    for column in 0..<16 {
      keys[35, column] = .nan
      values[35, column] = .infinity
    }
    input = Attended(queries: input.queries, keys: keys, values: values)
    for steps in [[count], [35, 5], [34, 1, 1, 4]] {
      let y = try result(steps)
      #expect(y.rows(0..<35) == clean.rows(0..<35))
      #expect(y.rows(35..<40).storage.filter(\.isNaN).count == 5 * 48)
    }
  }

  /// The result of running `input` in steps of the given numbers of positions.
  private func run(
    _ input: Attended,
    headSize: Int,
    window: Int? = nil,
    steps: [Int],
    on pool: WorkerPool = one,
    seed: UInt64 = 1,
    type: KeyValueCache.ElementType = .float32,
    scale: Float = 2,
    operations: OperationTable = .best
  ) throws -> Matrix {
    let count = input.keys.rowCount
    #expect(steps.reduce(0, +) == count)
    let blockCount = (count + 31) / 32
    var random = SeededGenerator(seed)
    let blocks = Array((0..<blockCount + 3).shuffled(using: &random).prefix(blockCount))
    var cache = try KeyValueCache(
      layerCount: 1,
      keyValueHeadCount: input.keys.columnCount / headSize,
      headSize: headSize,
      blockCount: blockCount + 3,
      type: type
    )
    var y = Matrix(rowCount: 0, columnCount: input.queries.columnCount)
    for step in steps {
      let rows = y.rowCount..<y.rowCount + step
      let layout = BatchLayout(slices: [
        .init(rows: 0..<step, firstPosition: rows.lowerBound, blocks: blocks)
      ])
      cache.append(
        keys: input.keys.rows(rows),
        values: input.values.rows(rows),
        layer: 0,
        slots: layout.slots,
        on: nil,
        operations: operations
      )
      y.append(
        cache.attend(
          queries: input.queries.rows(rows),
          layer: 0,
          layout: layout,
          scale: scale,
          slidingWindow: window,
          on: pool,
          operations: operations
        )
      )
    }
    return y
  }
}

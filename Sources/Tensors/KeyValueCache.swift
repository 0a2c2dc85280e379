import CKernels
import Glibc

/// Keys and values of all layers for all generations, in blocks of 32 positions.
///
/// Who owns which block is decided elsewhere. Memory is reserved at once and taken from the system
/// when a block is first written, so a large `blockCount` costs nothing by itself.
///
/// Layout: [block][layer], then keys [head][headSize][32] and values [head][32][headSize].
public struct KeyValueCache: ~Copyable {
  typealias Element = sl_cached

  /// Positions per block.
  public static let blockSize = Int(SL_BLOCK_SIZE)

  /// The number of layers.
  public let layerCount: Int
  /// Key/value heads per layer.
  public let keyValueHeadCount: Int
  /// Numbers per head.
  public let headSize: Int
  /// Blocks per layer.
  public let blockCount: Int

  private let memory: UnsafeMutableBufferPointer<Element>

  /// Reserves a cache of `blockCount` blocks per layer; its contents are zeros until written.
  ///
  /// - Throws: `KeyValueCacheError` when a size is impossible or the memory cannot be had.
  public init(
    layerCount: Int,
    keyValueHeadCount: Int,
    headSize: Int,
    blockCount: Int
  ) throws(KeyValueCacheError) {
    guard
      let blockByteCount = KeyValueCache.blockByteCount(
        layerCount: layerCount,
        keyValueHeadCount: keyValueHeadCount,
        headSize: headSize
      ),
      case let (byteCount, overflow) = blockByteCount.multipliedReportingOverflow(by: blockCount),
      !overflow, blockCount > 0
    else {
      throw .impossibleSize(
        layerCount: layerCount,
        keyValueHeadCount: keyValueHeadCount,
        headSize: headSize,
        blockCount: blockCount
      )
    }
    let start = mmap(
      nil,
      byteCount,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0
    )
    guard let start, start != MAP_FAILED else {
      throw .outOfMemory(byteCount: byteCount)
    }
    // Faults of small pages would take longer than storing what is written there. Where the system
    // has no huge pages, nothing is lost.
    madvise(start, byteCount, MADV_HUGEPAGE)
    let elementCount = byteCount / MemoryLayout<Element>.stride
    memory = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: Element.self, capacity: elementCount),
      count: elementCount
    )
    self.layerCount = layerCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.blockCount = blockCount
  }

  deinit {
    munmap(memory.baseAddress, memory.count * MemoryLayout<Element>.stride)
  }

  /// The bytes that one block takes in all layers; `nil` if a count is not positive or on overflow.
  public static func blockByteCount(
    layerCount: Int,
    keyValueHeadCount: Int,
    headSize: Int
  ) -> Int? {
    var product = 2 * blockSize * MemoryLayout<Element>.stride
    for factor in [layerCount, keyValueHeadCount, headSize] {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard factor > 0, !overflow else { return nil }
      product = next
    }
    return product
  }

  /// Elements of the keys, or of the values, of one head in one block.
  var headStride: Int { headSize * KeyValueCache.blockSize }
  /// Elements of one layer in one block.
  private var layerStride: Int { 2 * keyValueHeadCount * headStride }
  /// Elements from one block to the next.
  var blockStride: Int { layerCount * layerStride }

  /// The keys and values of `head` in block 0 of `layer`.
  func start(
    layer: Int,
    head: Int
  ) -> (keys: UnsafeMutablePointer<Element>, values: UnsafeMutablePointer<Element>)? {
    precondition(0..<layerCount ~= layer, "layer \(layer) of \(layerCount)")
    guard let base = memory.baseAddress else { return nil }
    let keys = base + layer * layerStride + head * headStride
    return (keys, keys + keyValueHeadCount * headStride)
  }

  /// Stores the rows of `keys` and `values`, both [n, keyValueHeads * headSize], at `slots` [n], on
  /// `pool` if it is given.
  ///
  /// A slot is block * blockSize + offset; `BatchLayout.slots` has those of a step.
  public mutating func append(
    keys: Matrix,
    values: Matrix,
    layer: Int,
    slots: [Int],
    on pool: WorkerPool? = nil
  ) {
    keys.checkShape(of: values)
    precondition(
      keys.columnCount == keyValueHeadCount * headSize && keys.rowCount == slots.count,
      "keys [\(keys.rowCount), \(keys.columnCount)] for \(slots.count) slots of \(keyValueHeadCount) heads of \(headSize)"
    )
    let end = blockCount * KeyValueCache.blockSize
    for slot in slots { precondition(0..<end ~= slot, "slot \(slot) of \(end)") }
    let runs = Self.runs(of: slots)
    let heads = (0..<keyValueHeadCount).compactMap { start(layer: layer, head: $0) }
    let (columnCount, headSize, blockStride) = (keys.columnCount, headSize, blockStride)
    keys.storage.withUnsafeBufferPointer { keys in
      values.storage.withUnsafeBufferPointer { values in
        guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
        func store(head: Int) {
          for (rows, block, offset) in runs {
            let column = rows.lowerBound * columnCount + head * headSize
            sl_cache_store(
              heads[head].keys + block * blockStride,
              heads[head].values + block * blockStride,
              keys + column,
              values + column,
              rows.count,
              columnCount,
              headSize,
              offset
            )
          }
        }
        if let pool {
          pool.run(taskCount: heads.count, store)
        } else {
          for head in heads.indices { store(head: head) }
        }
      }
    }
  }

  /// The rows whose `slots` follow each other in one block, with that block and the first's offset.
  private static func runs(of slots: [Int]) -> [(rows: Range<Int>, block: Int, offset: Int)] {
    var runs: [(rows: Range<Int>, block: Int, offset: Int)] = []
    var row = 0
    while row < slots.count {
      let (block, offset) = slots[row].quotientAndRemainder(dividingBy: blockSize)
      var end = row + 1
      while end < slots.count, slots[end] == slots[row] + end - row,
        offset + end - row < blockSize
      {
        end += 1
      }
      runs.append((row..<end, block, offset))
      row = end
    }
    return runs
  }
}

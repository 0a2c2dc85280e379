import CKernels
import Glibc

/// Keys and values of all layers for all generations, in blocks of 32 positions.
///
/// Who owns which block is decided elsewhere. Memory is reserved at once and taken from the system
/// when a block is first written, so a large `blockCount` costs nothing by itself.
///
/// Layout: [block][layer], then keys [head] and values [head], each laid out as `sl_cache_type` says.
public struct KeyValueCache: ~Copyable {
  /// How keys and values are stored. They are rounded once, when they are stored.
  ///
  /// The largest change of a logit of SmolLM2-135M-Instruct's last position by rounding alone, in six
  /// texts of 1 to 1,542 tokens: float16 0.011, bfloat16 0.21, q8_0 0.33; float32 changes nothing.
  public enum ElementType: String, Sendable, CaseIterable {
    /// As they are computed.
    case float32 = "f32"
    /// 11 bits and a sign; what is beyond 65504 becomes 65504.
    case float16 = "f16"
    /// 8 bits and a sign, with the range of float32.
    case bfloat16 = "bf16"
    /// Bytes, each 32 numbers of a position with a float32 scale: within 1/254 of the greatest of them.
    case q8_0

    var kernelType: sl_cache_type {
      switch self {
      case .float32: SL_CACHE_F32
      case .float16: SL_CACHE_F16
      case .bfloat16: SL_CACHE_BF16
      case .q8_0: SL_CACHE_Q8_0
      }
    }
  }

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
  /// How numbers are stored.
  public let type: ElementType

  private let memory: UnsafeMutableRawBufferPointer
  /// Bytes of the keys of one head in one block.
  private let keyByteCount: Int
  /// Bytes of the values of one head in one block.
  private let valueByteCount: Int

  /// Reserves a cache of `blockCount` blocks per layer; its contents are zeros until written.
  ///
  /// - Throws: `KeyValueCacheError` when a size is impossible or the memory cannot be had.
  public init(
    layerCount: Int,
    keyValueHeadCount: Int,
    headSize: Int,
    blockCount: Int,
    type: ElementType = .float32
  ) throws(KeyValueCacheError) {
    guard
      let blockByteCount = KeyValueCache.blockByteCount(
        layerCount: layerCount,
        keyValueHeadCount: keyValueHeadCount,
        headSize: headSize,
        type: type
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
    memory = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    keyByteCount = sl_cache_key_bytes(type.kernelType, headSize)
    valueByteCount = sl_cache_value_bytes(type.kernelType, headSize)
    self.type = type
    self.layerCount = layerCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.blockCount = blockCount
  }

  deinit {
    munmap(memory.baseAddress, memory.count)
  }

  /// The bytes that one block takes in all layers; `nil` if a count is not positive or on overflow.
  public static func blockByteCount(
    layerCount: Int,
    keyValueHeadCount: Int,
    headSize: Int,
    type: ElementType = .float32
  ) -> Int? {
    // No type takes more than four bytes a number, or 64 more a head and position.
    guard headSize > 0, headSize < Int.max >> 16 else { return nil }
    var product =
      sl_cache_key_bytes(type.kernelType, headSize)
      + sl_cache_value_bytes(type.kernelType, headSize)
    for factor in [layerCount, keyValueHeadCount] {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard factor > 0, !overflow else { return nil }
      product = next
    }
    return product
  }

  /// Bytes of one layer in one block.
  private var layerStride: Int { keyValueHeadCount * (keyByteCount + valueByteCount) }
  /// Bytes from one block to the next.
  var blockStride: Int { layerCount * layerStride }

  /// The keys and values of `head` in block 0 of `layer`.
  func start(
    layer: Int,
    head: Int
  ) -> (keys: UnsafeMutablePointer<UInt8>, values: UnsafeMutablePointer<UInt8>)? {
    precondition(0..<layerCount ~= layer, "layer \(layer) of \(layerCount)")
    guard let base = memory.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return nil }
    let start = base + layer * layerStride
    return (
      start + head * keyByteCount,
      start + keyValueHeadCount * keyByteCount + head * valueByteCount
    )
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
    append(
      keys: keys,
      values: values,
      layer: layer,
      slots: slots,
      on: pool,
      operations: .best
    )
  }

  mutating func append(
    keys: Matrix,
    values: Matrix,
    layer: Int,
    slots: [Int],
    on pool: WorkerPool?,
    operations: OperationTable
  ) {
    keys.checkShape(of: values)
    precondition(
      keys.columnCount == keyValueHeadCount * headSize && keys.rowCount == slots.count,
      "keys [\(keys.rowCount), \(keys.columnCount)] for \(slots.count) slots of \(keyValueHeadCount) heads of \(headSize)"
    )
    let end = blockCount * KeyValueCache.blockSize
    for slot in slots { precondition(0..<end ~= slot, "slot \(slot) of \(end)") }
    guard let start = start(layer: layer, head: 0) else { return }
    let (columnCount, headSize, blockStride) = (keys.columnCount, headSize, blockStride)
    let (keyByteCount, valueByteCount, type) = (keyByteCount, valueByteCount, type.kernelType)
    guard let store = operations.functions.cache_store else { return }
    keys.storage.withUnsafeBufferPointer { keys in
      values.storage.withUnsafeBufferPointer { values in
        guard let keys = keys.baseAddress, let values = values.baseAddress else { return }
        func storeRows(head: Int) {
          var row = 0
          while row < slots.count {
            let (block, offset) = slots[row].quotientAndRemainder(dividingBy: Self.blockSize)
            let count = Self.runLength(of: slots, from: row)
            let column = row * columnCount + head * headSize
            store(
              type,
              start.keys + head * keyByteCount + block * blockStride,
              start.values + head * valueByteCount + block * blockStride,
              keys + column,
              values + column,
              count,
              columnCount,
              headSize,
              offset
            )
            row += count
          }
        }
        if let pool {
          pool.run(taskCount: keyValueHeadCount, storeRows)
        } else {
          for head in 0..<keyValueHeadCount { storeRows(head: head) }
        }
      }
    }
  }

  /// How many slots from `row` on follow each other in one block.
  private static func runLength(of slots: [Int], from row: Int) -> Int {
    let most = min(slots.count - row, blockSize - slots[row] % blockSize)
    var count = 1
    while count < most, slots[row + count] == slots[row] + count { count += 1 }
    return count
  }
}

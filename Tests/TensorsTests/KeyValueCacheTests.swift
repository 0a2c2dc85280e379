import Tensors
import Testing

@Suite struct `Key/value cache` {
  @Test func `refuses sizes that overflow or are not positive`() {
    let sizes = [(1, 1, 8, 0), (0, 1, 8, 1), (1, -1, 8, 1), (1, 1, 0, 1), (.max, 2, 8, 1)]
    for (layers, heads, headSize, blocks) in sizes + [
      (1, 1, 8, .max), (1 << 20, 1 << 20, 1 << 20, 1),
    ] {
      let error = KeyValueCacheError.impossibleSize(
        layerCount: layers,
        keyValueHeadCount: heads,
        headSize: headSize,
        blockCount: blocks
      )
      #expect(throws: error) {
        _ = try KeyValueCache(
          layerCount: layers,
          keyValueHeadCount: heads,
          headSize: headSize,
          blockCount: blocks
        )
      }
    }
  }

  @Test func `says so when there is no such memory`() {
    let byteCount = 2 * 32 * 4 * 8 * (1 << 46)
    #expect(
      throws: KeyValueCacheError.outOfMemory(byteCount: byteCount)
    ) {
      _ = try KeyValueCache(
        layerCount: 1,
        keyValueHeadCount: 1,
        headSize: 8,
        blockCount: 1 << 46
      )
    }
  }

  @Test func `blocks that are not touched cost nothing`() throws {
    let gibibyte = 1 << 30
    let cache = try KeyValueCache(
      layerCount: 30,
      keyValueHeadCount: 3,
      headSize: 64,
      blockCount: 64 * gibibyte / (30 * 3 * 64 * 64 * 4)
    )
    #expect(cache.layerCount == 30)
  }

  @Test func `counts the bytes of a block`() {
    let bytes = KeyValueCache.blockByteCount(layerCount: 30, keyValueHeadCount: 3, headSize: 64)
    #expect(bytes == 30 * 3 * 64 * 32 * 2 * 4)
    let sizes = KeyValueCache.ElementType.allCases.map {
      KeyValueCache.blockByteCount(layerCount: 2, keyValueHeadCount: 3, headSize: 64, type: $0)
    }
    let count = 2 * 3 * 64 * 32 * 2
    // Bytes have a scale of four bytes for each 32.
    #expect(sizes == [count * 4, count * 2, count * 2, count + count / 8])
  }

  @Test func `a slot outside the cache stops the program`() async {
    await #expect(processExitsWith: .failure) {
      var cache = try KeyValueCache(
        layerCount: 1,
        keyValueHeadCount: 1,
        headSize: 8,
        blockCount: 2
      )
      let row = Matrix(rowCount: 1, columnCount: 8)
      cache.append(keys: row, values: row, layer: 0, slots: [64])
    }
  }
}

@Suite struct `Batch layout` {
  @Test func `derives positions and slots`() {
    let layout = BatchLayout(slices: [
      BatchLayout.Slice(rows: 0..<3, firstPosition: 31, blocks: [7, 2]),
      BatchLayout.Slice(rows: 3..<4, firstPosition: 0, blocks: [0]),
    ])
    #expect(layout.positions == [31, 32, 33, 0])
    #expect(layout.slots == [7 * 32 + 31, 64, 65, 0])
    #expect(layout.rowCount == 4)
  }

  @Test func `blocks must reach the last position`() async {
    await #expect(processExitsWith: .failure) {
      _ = BatchLayout.Slice(rows: 0..<2, firstPosition: 31, blocks: [0])
    }
  }

  @Test func `rows must follow each other`() async {
    await #expect(processExitsWith: .failure) {
      _ = BatchLayout(slices: [BatchLayout.Slice(rows: 1..<2, firstPosition: 0, blocks: [0])])
    }
  }
}

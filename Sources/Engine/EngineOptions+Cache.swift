import Models
import Tensors

extension EngineOptions {
  /// Full generations for which the cache has room by default.
  private static let fullGenerationCount = 8

  /// Blocks of a cache of `type` for a model of `c`, at least one.
  func blockCount(
    for c: Configuration,
    _ type: KeyValueCache.ElementType,
    maxModelLength: Int
  ) -> Int {
    let blockByteCount =
      KeyValueCache.blockByteCount(
        layerCount: c.layerCount,
        keyValueHeadCount: c.keyValueHeadCount,
        headSize: c.headSize,
        type: type
      ) ?? .max
    if let kvCacheByteCount { return max(1, kvCacheByteCount / blockByteCount) }
    let blocksPerGeneration =
      (maxModelLength + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
    let generationCount = max(1, min(Self.fullGenerationCount, maxSequenceCount))
    let wanted = blocksPerGeneration * generationCount
    // Pages are taken when they are first written: one generation may always try.
    guard generationCount > 1, let free = Self.availableByteCount() else { return wanted }
    return min(wanted, max(blocksPerGeneration, free / 2 / blockByteCount))
  }

  /// Bytes that the system, or the container around this process, could give; `nil` if it does not say.
  ///
  /// Source: proc_meminfo(5), Linux Documentation/admin-guide/cgroup-v2.rst "memory.max".
  private static func availableByteCount() -> Int? {
    let line = SystemFile.text("/proc/meminfo")?.split(separator: "\n").first {
      $0.hasPrefix("MemAvailable:")
    }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let limit = number("/sys/fs/cgroup/memory.max").flatMap { most in
      number("/sys/fs/cgroup/memory.current").map { max(0, most - $0) }
    }
    return [kilobytes.map { $0 << 10 }, limit].compactMap { $0 }.min()
  }

  private static func number(_ path: String) -> Int? {
    SystemFile.text(path)?.split(separator: "\n").first.flatMap { Int($0) }
  }
}

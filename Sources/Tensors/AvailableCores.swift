internal import CKernels
import Glibc

extension WorkerPool {
  /// Physical cores that this process may use: its affinity, its cgroup's quota, and threads of one
  /// core counted once; at least 1.
  ///
  /// Source: sched_setaffinity(2), Linux Documentation/admin-guide/cgroup-v2.rst "cpu.max",
  /// cputopology.rst.
  public static var defaultThreadCount: Int {
    let cores = physicalCoreCount(processors: allowedProcessors()) { processor in
      SystemFile.text("/sys/devices/system/cpu/cpu\(processor)/topology/thread_siblings_list")
    }
    guard let quota = processorQuota() else { return Swift.max(1, cores) }
    return Swift.max(1, Swift.min(cores, Int(quota.rounded(.up))))
  }

  /// The numbers of the processors in the affinity mask.
  private static func allowedProcessors() -> [Int] {
    var words = [UInt64](repeating: 0, count: 128)  // 8192 processors, the kernel's maximum
    guard sl_allowed_processors(&words, words.count) != 0 else {
      return Array(0..<Swift.max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
    return (0..<words.count * 64).filter { words[$0 / 64] >> ($0 % 64) & 1 == 1 }
  }

  /// Cores behind `processors`; `siblings` tells the list of processors that share a processor's core.
  static func physicalCoreCount(processors: [Int], siblings: (Int) -> String?) -> Int {
    var cores: Set<String> = []
    for processor in processors { cores.insert(siblings(processor) ?? "\(processor)") }
    return cores.count
  }

  /// Processors' worth of time that the cgroup of this process may use; `nil` without a limit.
  private static func processorQuota() -> Double? {
    guard let groups = SystemFile.text("/proc/self/cgroup") else { return nil }
    var quotas: [Double] = []
    for line in groups.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let controllers = fields[1].split(separator: ",")
      let isVersion2 = fields[0] == "0" && controllers.isEmpty
      guard isVersion2 || controllers.contains("cpu") else { continue }
      let root = isVersion2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
      for folder in foldersUpward(from: fields[2]) {
        let quota =
          isVersion2
          ? SystemFile.text(root + folder + "/cpu.max").flatMap(quota(ofVersion2:))
          : quota(
            ofVersion1: SystemFile.text(root + folder + "/cpu.cfs_quota_us"),
            period: SystemFile.text(root + folder + "/cpu.cfs_period_us")
          )
        if let quota { quotas.append(quota) }
      }
    }
    return quotas.min()
  }

  /// `/a/b` gives `/a/b`, `/a` and the empty path: a limit on any of them counts.
  static func foldersUpward(from path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { count in
      names[..<count].map { "/" + $0 }.joined()
    }
  }

  /// The quota in `cpu.max`, "MICROSECONDS PERIOD" or "max PERIOD".
  static func quota(ofVersion2 text: String) -> Double? {
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count == 2, let time = Double(fields[0]), let period = Double(fields[1]),
      time > 0, period > 0
    else { return nil }
    return time / period
  }

  /// The quota in `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us`.
  static func quota(ofVersion1 quota: String?, period: String?) -> Double? {
    guard let quota, let period else { return nil }
    return self.quota(ofVersion2: quota + " " + period)
  }
}

import Glibc
import Tensors

/// How much of the machine other programs used while something was measured.
struct MachineUse {
  private let start: (seconds: Double, busy: Double, own: Double)

  /// Begins to watch.
  init() { start = Self.now() }

  /// The share of all processors that others used since `init`, time stolen by a host included; above
  /// 0.1 a figure is worth little.
  var foreignShare: Double {
    let end = Self.now()
    let processorCount = Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let foreign = (end.busy - start.busy) - (end.own - start.own)
    return max(0, foreign / max(1e-3, (end.seconds - start.seconds) * processorCount))
  }

  /// Source: proc_stat(5): user nice system idle iowait irq softirq steal.
  private static func now() -> (seconds: Double, busy: Double, own: Double) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let own =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    let line = SystemFile.text("/proc/stat")?.prefix { $0 != "\n" } ?? ""
    let ticks = line.split(separator: " ").dropFirst().map { Double($0) ?? 0 }
    let busy = [0, 1, 2, 5, 6, 7].reduce(0) { $0 + ($1 < ticks.count ? ticks[$1] : 0) }
    return (monotonicSeconds(), busy / Double(max(1, sysconf(Int32(_SC_CLK_TCK)))), own)
  }
}

/// What a pickle remembers under numbers, which writers give out in order from 0.
struct PickleMemo {
  private var ordered: [PickleValue] = []
  /// Under numbers that were not the next.
  private var others: [UInt32: PickleValue] = [:]

  /// How many values are remembered.
  var count: Int { ordered.count + others.count }

  subscript(_ key: UInt32) -> PickleValue? {
    get { Int(key) < ordered.count ? ordered[Int(key)] : others[key] }
    set {
      guard let newValue else { return }
      if Int(key) < ordered.count {
        ordered[Int(key)] = newValue
      } else if Int(key) == ordered.count, others.isEmpty {
        ordered.append(newValue)
      } else {
        others[key] = newValue
      }
    }
  }
}

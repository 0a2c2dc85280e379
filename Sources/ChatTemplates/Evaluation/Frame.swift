/// The variables of one call of a function of the template: of the template itself, a macro, a block, a recursive
/// loop's body.
@safe final class Frame {
  /// The frame of the function around, whose variables are seen here.
  let parent: Frame?
  private let slots: UnsafeMutablePointer<Value?>
  private let count: Int
  /// Whether a macro may still refer to the frame.
  var isCaptured = false

  init(slotCount: Int, parent: Frame?) {
    self.parent = parent
    count = slotCount
    unsafe slots = .allocate(capacity: slotCount)
    unsafe slots.initialize(repeating: nil, count: slotCount)
  }

  deinit {
    unsafe slots.deinitialize(count: count)
    unsafe slots.deallocate()
  }

  /// The value at `slot`, one of those that the compiler gave the function; `nil` if nothing is stored there.
  subscript(slot: Int) -> Value? {
    @inline(__always) get {
      assert(slot >= 0 && slot < count)
      return unsafe slots[slot]
    }
    @inline(__always) set {
      assert(slot >= 0 && slot < count)
      unsafe slots[slot] = newValue
    }
  }

  /// The frame `distance` functions further out.
  func outer(_ distance: Int) -> Frame? {
    var frame: Frame? = self
    for _ in 0..<distance { frame = frame?.parent }
    return frame
  }

  /// Forgets all values.
  func clear() {
    for slot in 0..<count { self[slot] = nil }
  }
}

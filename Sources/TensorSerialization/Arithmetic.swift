extension Int {
  /// The product of `sizes`, none negative; `nil` if it overflows, even where a later zero would undo that.
  init?(productOf sizes: [Int]) {
    var product = 1
    var isZero = false
    for size in sizes {
      guard size >= 0 else { return nil }
      isZero = isZero || size == 0
      let (next, overflow) = product.multipliedReportingOverflow(by: Swift.max(size, 1))
      guard !overflow else { return nil }
      product = next
    }
    self = isZero ? 0 : product
  }

  /// The sum of `numbers`; `nil` if it overflows.
  init?(sumOf numbers: Int...) {
    var sum = 0
    for number in numbers {
      let (next, overflow) = sum.addingReportingOverflow(number)
      guard !overflow else { return nil }
      sum = next
    }
    self = sum
  }

  /// The next multiple of `alignment`, a power of two; `nil` if it overflows.
  func roundedUp(to alignment: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }
}

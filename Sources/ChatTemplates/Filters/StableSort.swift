extension Array {
  /// The elements in order, equal ones as they were; a sort that may fail, which Swift's may not.
  ///
  /// Short arrays are compared in the order in which Python compares them, so that the values that
  /// cannot be compared are the same in the message.
  func stablySorted(
    _ isOrdered: (Element, Element) throws(TemplateError) -> Bool
  ) throws(TemplateError) -> [Element] {
    guard count > 1 else { return self }
    if count < 64 { return try insertionSorted(isOrdered) }
    let left = try Array(self[..<(count / 2)]).stablySorted(isOrdered)
    let right = try Array(self[(count / 2)...]).stablySorted(isOrdered)
    var merged: [Element] = []
    merged.reserveCapacity(count)
    var (first, second) = (0, 0)
    while first < left.count, second < right.count {
      if try isOrdered(right[second], left[first]) {
        merged.append(right[second])
        second += 1
      } else {
        merged.append(left[first])
        first += 1
      }
    }
    return merged + left[first...] + right[second...]
  }

  /// Takes the run at the start as it is, and inserts each further element by bisection.
  private func insertionSorted(
    _ isOrdered: (Element, Element) throws(TemplateError) -> Bool
  ) throws(TemplateError) -> [Element] {
    var sorted = self
    var runEnd = 2
    let isDescending = try isOrdered(self[1], self[0])
    while runEnd < count, try isOrdered(self[runEnd], self[runEnd - 1]) == isDescending {
      runEnd += 1
    }
    if isDescending { sorted[..<runEnd].reverse() }
    for index in runEnd..<count {
      let element = sorted[index]
      var low = 0
      var high = index
      while low < high {
        let middle = (low + high) / 2
        if try isOrdered(element, sorted[middle]) { high = middle } else { low = middle + 1 }
      }
      sorted.remove(at: index)
      sorted.insert(element, at: low)
    }
    return sorted
  }
}

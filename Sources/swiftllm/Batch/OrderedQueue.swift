/// Elements that come in any order and leave in the order of their numbers.
struct OrderedQueue<Element> {
  private var waiting: [Int: Element] = [:]
  /// The number of the element to leave next.
  private(set) var next = 0

  /// Takes element `number`.
  mutating func insert(_ element: Element, number: Int) { waiting[number] = element }

  /// Lets the next element leave, if it has come.
  mutating func popNext() -> Element? {
    guard let element = waiting.removeValue(forKey: next) else { return nil }
    next += 1
    return element
  }

  /// Goes on to the number after the next element's, which will not come.
  mutating func skipNext() { next += 1 }
}

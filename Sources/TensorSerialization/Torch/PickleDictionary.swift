/// Members in the order of their first appearance; of equal keys the last value wins.
///
/// Keys that Python takes to be equal are equal here; tuples only if they are the same object.
/// A class, so that it is changed in place on the heap.
final class PickleDictionary {
  private(set) var members: [(key: PickleValue, value: PickleValue)]
  /// Where members are, by the hash of their keys; -1 where none is. Empty while there are few.
  private var slots: [Int32]
  private static let fewCount = 8

  init() {
    members = []
    slots = []
  }

  /// A copy of `other`.
  init(_ other: PickleDictionary) {
    members = other.members
    slots = other.slots
  }

  /// Sets the value of `key`; `keys` tells what is equal.
  func set(_ key: PickleValue, to value: PickleValue, _ keys: PickleKeys) {
    let place = find(keys) {
      keys.areEqual($0, key)
    } hash: {
      keys.hash(key)
    }
    switch place {
    case .member(let index): members[index].value = value
    case .slot(let slot):
      if let slot { slots[slot] = Int32(members.count) }
      members.append((key, value))
      if members.count > Self.fewCount, 2 * members.count > slots.count { grow(keys) }
    }
  }

  /// The value whose key is `text`.
  func value(_ text: StaticString, _ keys: PickleKeys) -> PickleValue? {
    let place = find(keys) {
      keys.isText($0, text)
    } hash: {
      keys.hash(text)
    }
    if case .member(let index) = place { return members[index].value }
    return nil
  }

  private enum Place {
    case member(Int)
    /// Where the key belongs; `nil` while there are no slots.
    case slot(Int?)
  }

  private func find(
    _ keys: PickleKeys,
    isEqual: (PickleValue) -> Bool,
    hash: () -> Int
  ) -> Place {
    guard !slots.isEmpty else {
      return members.firstIndex { isEqual($0.key) }.map { .member($0) } ?? .slot(nil)
    }
    var slot = hash() & (slots.count - 1)
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if isEqual(members[index].key) { return .member(index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return .slot(slot)
  }

  /// Makes room for four times as many members as there are.
  private func grow(_ keys: PickleKeys) {
    slots = [Int32](repeating: -1, count: max(64, 4 * slots.count))
    for (index, member) in members.enumerated() {
      var slot = keys.hash(member.key) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(index)
    }
  }
}

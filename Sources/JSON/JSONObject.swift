/// The members of a JSON object, in the order of their first appearance; of equal keys the last value wins.
public struct JSONObject: Sendable, Equatable, Sequence {
  private var members: [(key: String, value: JSON)] = []
  private var positions: [Key: Int] = [:]

  /// An object with no members.
  public init() {}

  /// The number of members.
  public var count: Int { members.count }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of `key`. Setting a new key appends it; setting `nil` is a programmer's mistake.
  public subscript(key: String) -> JSON? {
    get { positions[Key(text: key)].map { members[$0].value } }
    set {
      guard let newValue else { preconditionFailure("members cannot be removed") }
      if let position = positions[Key(text: key)] {
        members[position].value = newValue
      } else {
        positions[Key(text: key)] = members.count
        members.append((key, newValue))
      }
    }
  }

  /// Goes over the members in order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> {
    members.makeIterator()
  }

  /// Whether both have equal members, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  /// A key compared by its bytes: JSON tells `é` from `e` with an accent, as `String` does not.
  private struct Key: Hashable {
    let text: String

    static func == (left: Key, right: Key) -> Bool {
      left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
      var text = text
      text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
  }
}

/// How short texts are filled up, so that all of a batch have one length.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/utils/padding.rs
public struct Padding: Sendable, Equatable {
  /// Where the filling stands.
  public enum Direction: String, Sendable { case left, right }

  /// The length to reach; `nil` for that of the longest text.
  public var length: Int?
  /// The length is rounded up to a multiple of this.
  public var multiple: Int?
  /// Where the filling stands.
  public var direction: Direction
  /// The filling.
  public var token: TokenID
  /// The filling's type.
  public var typeID: Int

  /// Fills up with `token`.
  public init(
    token: TokenID,
    typeID: Int = 0,
    length: Int? = nil,
    multiple: Int? = nil,
    direction: Direction = .right
  ) {
    self.token = token
    self.typeID = typeID
    self.length = length
    self.multiple = multiple
    self.direction = direction
  }

  /// Fills up all of `encodings`, and what overflows of them, to one length.
  public func apply(to encodings: inout [Encoding]) {
    var target = length ?? encodings.lazy.map(\.tokens.count).max() ?? 0
    if let multiple, multiple > 0, target % multiple > 0 { target += multiple - target % multiple }
    for index in encodings.indices { fill(&encodings[index], to: target) }
  }

  private func fill(_ encoding: inout Encoding, to target: Int) {
    for index in encoding.overflowing.indices { fill(&encoding.overflowing[index], to: target) }
    let count = target - encoding.tokens.count
    guard count > 0 else { return }
    var filling = Encoding(added: Array(repeating: token, count: count), typeID: typeID)
    filling.isPadding = Array(repeating: true, count: count)
    let overflowing = encoding.overflowing
    encoding.overflowing = []
    switch direction {
    case .right: encoding.append(filling)
    case .left:
      filling.append(encoding)
      encoding = filling
    }
    encoding.overflowing = overflowing
  }
}

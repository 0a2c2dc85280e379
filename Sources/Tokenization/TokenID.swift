/// The number of a token in a vocabulary.
public struct TokenID: RawRepresentable, Hashable, Comparable, Sendable,
  ExpressibleByIntegerLiteral,
  CustomStringConvertible
{
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The token numbered `value`.
  public init(_ value: UInt32) { rawValue = value }

  public init(integerLiteral value: UInt32) { rawValue = value }

  /// The number as an index into rows or scores.
  public var index: Int { Int(rawValue) }

  public var description: String { String(rawValue) }

  public static func < (left: TokenID, right: TokenID) -> Bool { left.rawValue < right.rawValue }
}

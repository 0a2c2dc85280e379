/// The number of a token in a vocabulary.
public struct TokenID: RawRepresentable, Hashable, Comparable, Sendable,
  ExpressibleByIntegerLiteral,
  CustomStringConvertible
{
  /// The row of the embedding table.
  public let rawValue: UInt32

  /// The token of row `rawValue`.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The token numbered `value`.
  public init(_ value: UInt32) { rawValue = value }

  /// The token of row `value`.
  public init(integerLiteral value: UInt32) { rawValue = value }

  /// The number as an index into rows or scores.
  public var index: Int { Int(rawValue) }

  /// The number in decimal.
  public var description: String { String(rawValue) }

  /// Whether `left` stands first in the vocabulary.
  public static func < (left: TokenID, right: TokenID) -> Bool { left.rawValue < right.rawValue }
}

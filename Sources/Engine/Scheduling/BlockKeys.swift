import Tensors
import Tokenization

/// The keys of one generation's full blocks, made while its positions become known.
///
/// A key covers all that was read from the first position to the block's end: at each position a
/// token, or the row's bytes, with a mark that tells one from the other.
struct BlockKeys {
  private var digest = SHA256()
  private var positionCount = 0

  /// Keys that equal others' only where `salt` does too.
  init(salt: String?) {
    guard let salt else { return }
    var salted = SHA256()
    Array(salt.utf8).withUnsafeBytes { salted.append($0) }
    digest.append(salted.finished().words)
  }

  /// Adds a position at which `token` is read; the key of the block that it fills, if it does.
  mutating func append(_ token: TokenID) -> SHA256.Digest? {
    digest.append(UInt8(0))
    digest.append(token.rawValue)
    return advance()
  }

  /// Adds a position at which the row `row`, [hidden], is read; the key of the block that it fills.
  mutating func append(_ row: ArraySlice<Float>) -> SHA256.Digest? {
    digest.append(UInt8(1))
    row.withUnsafeBytes { digest.append($0) }
    return advance()
  }

  private mutating func advance() -> SHA256.Digest? {
    positionCount += 1
    guard positionCount % KeyValueCache.blockSize == 0 else { return nil }
    let key = digest.finished()
    digest = SHA256()
    digest.append(key.words)
    return key
  }
}

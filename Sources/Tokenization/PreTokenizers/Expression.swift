import COniguruma

/// A regular expression, run by the engine that the reference uses.
///
/// Source: https://github.com/kkos/oniguruma/blob/master/doc/RE
@safe final class Expression: Sendable {
  /// What a search says.
  enum Result: Equatable {
    case match(Range<Int>)
    case nothing
    /// The search would take too long.
    case exhausted
  }

  /// How often one search in a text of so many bytes may go back and try another way.
  ///
  /// From some tenths of a second to some seconds: a run of white space costs the square of its length with
  /// patterns that models use.
  private static func retryLimit(byteCount: Int) -> UInt {
    10_000_000 + UInt(min(byteCount, 20_000)) * 10_000
  }

  private static let isReady: Bool = oniguruma_initialize() == ONIG_NORMAL

  /// Never changed after ``init(_:)``; searches keep their state elsewhere.
  nonisolated(unsafe) private let regex: OpaquePointer

  /// The expression `text`; `nil` if the engine refuses it.
  init?(_ text: String) {
    guard Self.isReady else { return nil }
    var compiled: OpaquePointer?
    let bytes = Array(Self.spelled(text).utf8)
    let status = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
      // An empty array may have no address.
      guard let start = buffer.baseAddress else {
        var nothing: UInt8 = 0
        return unsafe oniguruma_compile(&compiled, &nothing, &nothing)
      }
      return unsafe oniguruma_compile(&compiled, start, start + buffer.count)
    }
    guard status == ONIG_NORMAL, let compiled = unsafe compiled else { return nil }
    unsafe regex = compiled
  }

  /// `\p{Word}` outside brackets as newer versions of the engine take it: as `\w`, which knows `²`.
  private static func spelled(_ text: String) -> String {
    guard text.contains("{Word}") || text.contains("{^Word}") else { return text }
    var result = ""
    var rest = text[...]
    var depth = 0
    while let character = rest.first {
      let word = [#"\p{Word}"#, #"\P{^Word}"#].first(where: rest.hasPrefix)
      let other = [#"\p{^Word}"#, #"\P{Word}"#].first(where: rest.hasPrefix)
      if depth == 0, let found = word ?? other {
        result += word == nil ? #"\W"# : #"\w"#
        rest = rest.dropFirst(found.count)
        continue
      }
      if character == "[" { depth += 1 }
      if character == "]", depth > 0 { depth -= 1 }
      let length = character == "\\" ? 2 : 1
      result += rest.prefix(length)
      rest = rest.dropFirst(length)
    }
    return result
  }

  deinit { unsafe onig_free(regex) }

  /// The first match in `text` that begins at `index` or later.
  func firstMatch(in text: Span<UInt8>, from index: Int) -> Result {
    guard index <= text.count else { return .nothing }
    guard let region = unsafe onig_region_new() else { return .exhausted }
    defer { unsafe onig_region_free(region, 1) }
    let place = unsafe text.withUnsafeBufferPointer { buffer -> Int32 in
      guard let start = buffer.baseAddress else { return ONIG_MISMATCH }
      return unsafe oniguruma_search(
        regex,
        start,
        start + buffer.count,
        start + index,
        region,
        Self.retryLimit(byteCount: buffer.count)
      )
    }
    guard place >= 0 else { return place == ONIG_MISMATCH ? .nothing : .exhausted }
    guard let start = unsafe region.pointee.beg?.pointee,
      let end = unsafe region.pointee.end?.pointee
    else { return .exhausted }
    // With `\K` in something that looks around, a match may begin before the search or after its own end.
    let matchEnd = max(Int(end), index)
    return .match(min(max(Int(start), index), matchEnd)..<matchEnd)
  }
}

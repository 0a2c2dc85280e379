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

  /// In shorter texts the places alone where a match may begin cannot make a search long.
  private static let leastTimed = 40_000

  /// Never changed after ``init(_:)``; searches keep their state elsewhere.
  nonisolated(unsafe) private let regex: OpaquePointer
  /// The same, but looking at the clock wherever a match may begin; `nil` for what has to stand first.
  nonisolated(unsafe) private let timedRegex: OpaquePointer?

  /// The expression `text`; `nil` if the engine refuses it.
  init?(_ text: String) {
    guard Self.isReady else { return nil }
    let spelled = Self.spelled(text)
    guard let regex = unsafe Self.compiled(spelled) else { return nil }
    unsafe self.regex = regex
    unsafe timedRegex = Self.compiled("(?{})" + spelled)
  }

  private static func compiled(_ text: String) -> OpaquePointer? {
    var compiled: OpaquePointer?
    let bytes = Array(text.utf8)
    let status = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
      // An empty array may have no address.
      guard let start = buffer.baseAddress else {
        var nothing: UInt8 = 0
        return unsafe oniguruma_compile(&compiled, &nothing, &nothing)
      }
      return unsafe oniguruma_compile(&compiled, start, start + buffer.count)
    }
    return status == ONIG_NORMAL ? unsafe compiled : nil
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

  deinit {
    unsafe onig_free(regex)
    if let timedRegex = unsafe timedRegex { unsafe onig_free(timedRegex) }
  }

  /// The first match in `text` that begins at `index` or later.
  ///
  /// - Parameter deadline: when a search of a long text is given up.
  func firstMatch(
    in text: Span<UInt8>,
    from index: Int,
    deadline: ContinuousClock.Instant? = nil
  ) -> Result {
    guard index <= text.count else { return .nothing }
    var limits = OnigurumaLimits()
    limits.deadline = .max
    limits.retries = Self.retryLimit(byteCount: text.count)
    let deadline = text.count - index < Self.leastTimed ? nil : deadline
    if let deadline {
      let rest = (deadline - .now).components
      let nanoseconds = rest.attoseconds / 1_000_000_000
      limits.deadline = oniguruma_now() + rest.seconds * 1_000_000_000 + nanoseconds
    }
    guard let region = unsafe onig_region_new() else { return .exhausted }
    defer { unsafe onig_region_free(region, 1) }
    let place = unsafe text.withUnsafeBufferPointer { buffer -> Int32 in
      guard let start = buffer.baseAddress else { return ONIG_MISMATCH }
      return unsafe oniguruma_search(
        deadline == nil ? regex : timedRegex ?? regex,
        start,
        start + buffer.count,
        start + index,
        region,
        &limits
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

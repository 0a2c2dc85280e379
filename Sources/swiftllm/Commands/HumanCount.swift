/// A number of tokens as vLLM's users write it: `4096`, `4k` for 4000, `4K` for 4096, `1.5k`.
///
/// Source: vllm/engine/arg_utils.py, human_readable_int
struct HumanCount: LosslessStringConvertible, Sendable {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(_ text: String) {
    if let value = Int(text) {
      self.value = value
      return
    }
    guard let unit = text.last, let power = "kmgt".firstIndex(of: Character(unit.lowercased()))
    else { return nil }
    let exponent = "kmgt".distance(from: "kmgt".startIndex, to: power) + 1
    let digits = text.dropLast()
    // A capital unit is a power of 1024, of which there are whole ones only.
    if unit.isUppercase {
      guard let count = Int(digits) else { return nil }
      let (value, overflow) = count.multipliedReportingOverflow(by: 1 << (10 * exponent))
      guard !overflow else { return nil }
      self.value = value
    } else {
      guard digits.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" }), let count = Double(digits)
      else { return nil }
      let factor = (0..<exponent).reduce(1.0) { product, _ in product * 1000 }
      guard let value = Int(exactly: (count * factor).rounded()) else { return nil }
      self.value = value
    }
  }

  var description: String { "\(value)" }
}

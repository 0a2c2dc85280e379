/// English endings that patterns cut off: 's, 't, 're, 've, 'm, 'll, 'd.
enum Contraction: Sendable, Equatable {
  case lowercase
  case anyCase

  /// The end of the contraction that begins at `index`; `nil` if none does.
  func end(in text: Span<UInt8>, at index: Int, end: Int) -> Int? {
    guard index + 1 < end, text[index] == UInt8(ascii: "'") else { return nil }
    let first = letter(text, index + 1)
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return index + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return index + 2 < end && letter(text, index + 2) == UInt8(ascii: "e") ? index + 3 : nil
    case UInt8(ascii: "l"):
      return index + 2 < end && letter(text, index + 2) == first ? index + 3 : nil
    default:
      // U+017F, the long s, is an s in any case.
      let isLongS = self == .anyCase && index + 2 < end && first == 0xC5 && text[index + 2] == 0xBF
      return isLongS ? index + 3 : nil
    }
  }

  private func letter(_ text: Span<UInt8>, _ index: Int) -> UInt8 {
    let byte = text[index]
    let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
    return self == .anyCase && isCapital ? byte | 0x20 : byte
  }
}

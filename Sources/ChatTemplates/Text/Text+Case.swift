/// Changing and testing case, with the full mappings of Unicode.
extension Text {
  private func mapASCII(_ transform: (UInt8) -> UInt8) -> Text? {
    isASCII ? derived(bytes.map(transform)) : nil
  }

  func uppercased() -> Text {
    if let result = mapASCII({ $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 }) { return result }
    var result: [UInt8] = []
    for scalar in scalars { result.append(scalar.properties.uppercaseMapping) }
    return derived(result)
  }

  func lowercased() -> Text {
    if let result = mapASCII({ $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }) { return result }
    let scalars = scalars
    var result: [UInt8] = []
    for index in scalars.indices { Self.appendLower(scalars, index, to: &result) }
    return derived(result)
  }

  /// `casefold`, by way of the upper case; the dotless i alone keeps its own.
  func casefolded() -> Text {
    var result: [UInt8] = []
    for scalar in scalars {
      if scalar == "\u{131}" {
        result.append(scalar: scalar)
      } else {
        for upper in scalar.properties.uppercaseMapping.unicodeScalars {
          result.append(upper.properties.lowercaseMapping)
        }
      }
    }
    return derived(result)
  }

  func capitalized() -> Text {
    let scalars = scalars
    var result: [UInt8] = []
    for index in scalars.indices {
      if index == 0 {
        result.append(scalars[0].properties.titlecaseMapping)
      } else {
        Self.appendLower(scalars, index, to: &result)
      }
    }
    return derived(result)
  }

  func titlecased() -> Text {
    let scalars = scalars
    var result: [UInt8] = []
    var previousIsCased = false
    for (index, scalar) in scalars.enumerated() {
      if previousIsCased {
        Self.appendLower(scalars, index, to: &result)
      } else {
        result.append(scalar.properties.titlecaseMapping)
      }
      previousIsCased = scalar.properties.isCased
    }
    return derived(result)
  }

  func swappingCase() -> Text {
    let scalars = scalars
    var result: [UInt8] = []
    for (index, scalar) in scalars.enumerated() {
      if scalar.properties.isUppercase {
        Self.appendLower(scalars, index, to: &result)
      } else if scalar.properties.isLowercase {
        result.append(scalar.properties.uppercaseMapping)
      } else {
        result.append(scalar: scalar)
      }
    }
    return derived(result)
  }

  /// A capital sigma at the end of a word has its own small letter.
  private static func appendLower(
    _ scalars: [Unicode.Scalar],
    _ index: Int,
    to result: inout [UInt8]
  ) {
    let scalar = scalars[index]
    guard scalar == "\u{3A3}" else {
      result.append(scalar.properties.lowercaseMapping)
      return
    }
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
    result.append(isFinal ? "\u{3C2}" : "\u{3C3}")
  }

  /// `isupper`.
  var isUpper: Bool {
    var hasCased = false
    for scalar in scalars {
      let properties = scalar.properties
      if properties.isLowercase || properties.generalCategory == .titlecaseLetter { return false }
      if properties.isUppercase { hasCased = true }
    }
    return hasCased
  }

  /// `islower`.
  var isLower: Bool {
    var hasCased = false
    for scalar in scalars {
      let properties = scalar.properties
      if properties.isUppercase || properties.generalCategory == .titlecaseLetter { return false }
      if properties.isLowercase { hasCased = true }
    }
    return hasCased
  }

  /// `istitle`.
  var isTitle: Bool {
    var hasCased = false
    var previousIsCased = false
    for scalar in scalars {
      let properties = scalar.properties
      if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
        if previousIsCased { return false }
        previousIsCased = true
        hasCased = true
      } else if properties.isLowercase {
        if !previousIsCased { return false }
        hasCased = true
      } else {
        previousIsCased = false
      }
    }
    return hasCased
  }

  /// `isidentifier`.
  var isIdentifier: Bool {
    let scalars = scalars
    guard let first = scalars.first, first.startsIdentifier else { return false }
    return scalars.dropFirst().allSatisfy(\.continuesIdentifier)
  }

  /// Whether the text is not empty and all its code points satisfy `predicate`.
  func isNonemptyAnd(all predicate: (Unicode.Scalar) -> Bool) -> Bool {
    !isEmpty && scalars.allSatisfy(predicate)
  }
}

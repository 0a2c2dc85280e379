extension String {
  /// Text in UTF-8 in which Python has left lone surrogates; each becomes U+FFFD.
  init?(bytesWithSurrogates bytes: [UInt8]) {
    var repaired: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0xED, index + 2 < bytes.count, bytes[index + 1] >= 0xA0,
        bytes[index + 1] <= 0xBF, bytes[index + 2] & 0xC0 == 0x80
      {
        repaired += [0xEF, 0xBF, 0xBD]
        index += 3
      } else {
        repaired.append(bytes[index])
        index += 1
      }
    }
    self.init(validating: repaired, as: UTF8.self)
  }
}

/// Counts the values of JSON text before a tree is built of it.
enum JSONSize {
  /// The most values in one body: far above any prompt, far below what exhausts memory.
  static let limit = 4_000_000

  /// Refuses text of more values than `limit`, by its commas and brackets outside of strings.
  static func check(_ bytes: [UInt8]) throws(APIError) {
    var count = 0
    var isString = false
    var isEscaped = false
    for byte in bytes {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): count += 1
        default: break
        }
      }
    }
    guard count <= limit else {
      throw .schema("Invalid JSON: the body has more than \(limit) values")
    }
  }
}

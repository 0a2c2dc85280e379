/// The methods that go between text and bytes, and `translate`.
extension Evaluator {
  func encode(_ text: Text, _ arguments: CallArguments) throws(TemplateError) -> Value {
    let (encoding, errors) = try codec("encode", arguments)
    return .bytes(BytesObject(try encoding.encode(text, errors: errors)))
  }

  private func codec(
    _ name: String,
    _ arguments: CallArguments
  ) throws(TemplateError) -> (TextEncoding, errors: Text) {
    let passed = try Signature(name, ["encoding", "errors"], required: 0, isMethod: true).bind(
      arguments
    )
    func text(_ index: Int, _ fallback: Text) throws(TemplateError) -> Text {
      guard let value = passed[index] else { return fallback }
      guard case .text(let text) = value else {
        let title = index == 0 ? "encoding" : "errors"
        throw .type("\(name)() argument '\(title)' must be str, not \(value.argumentTypeName)")
      }
      return text
    }
    let (encoding, errors) = (try text(0, "utf-8"), try text(1, "strict"))
    return (try TextEncoding(encoding), errors)
  }

  func callBytesMethod(
    _ name: String,
    _ receiver: BytesObject,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    if name == "decode" {
      let (encoding, _) = try codec("decode", arguments)
      return try made(encoding.decode(receiver.bytes))
    }
    try arguments.expectNone("bytes.hex")
    let digits = receiver.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    return try made(Text(digits.joined()))
  }

  func translate(_ text: Text, _ arguments: CallArguments) throws(TemplateError) -> Value {
    try arguments.expectOne("str.translate")
    let table = arguments.positional[0]
    switch table {
    case .mapping, .list, .tuple, .text, .range: break
    case .undefined(let undefined):
      if text.isEmpty { return .text(text) }
      throw undefined.error
    default:
      if text.isEmpty { return .text(text) }
      throw .type("'\(table.typeName)' object is not subscriptable")
    }
    var bytes: [UInt8] = []
    for scalar in text.scalars {
      try charge()
      switch table.subscripted(by: .integer(Int(scalar.value))) {
      case nil: bytes.append(scalar: scalar)
      case .some(.none): break
      case .text(let replacement): bytes += replacement.bytes
      case .some(let value):
        guard let code = value.index else {
          throw .type("character mapping must return integer, None or str")
        }
        guard let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) else {
          throw .value("character mapping must be in range(0x110000)")
        }
        bytes.append(scalar: scalar)
      }
      try charge(bytes: bytes.count / 32)
    }
    return try made(text.derived(bytes))
  }
}

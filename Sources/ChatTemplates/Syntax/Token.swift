/// A piece of a template as the parser sees it.
struct Token: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case data(Text)
    case variableBegin, variableEnd, blockBegin, blockEnd
    case name(Text)
    case string(Text)
    case integer(Int)
    case largeInteger(BigInteger)
    case float(Double)
    case symbol(Symbol)
    case end
  }

  /// Operators and punctuation, by their spelling.
  enum Symbol: String, Sendable {
    case add = "+", subtract = "-", divide = "/", floorDivide = "//", multiply = "*"
    case remainder = "%", power = "**", tilde = "~"
    case leftBracket = "[", rightBracket = "]", leftParenthesis = "(", rightParenthesis = ")"
    case leftBrace = "{", rightBrace = "}"
    case equal = "==", notEqual = "!=", greater = ">", greaterOrEqual = ">=", less = "<"
    case lessOrEqual = "<=", assign = "=", dot = ".", colon = ":", pipe = "|", comma = ","
    case semicolon = ";"
  }

  let kind: Kind
  /// The line where the token starts, counted from 1.
  let line: Int

  /// How jinja2's messages name the token.
  var description: String {
    switch kind {
    case .data: "template data / text"
    case .variableBegin: "begin of print statement"
    case .variableEnd: "end of print statement"
    case .blockBegin: "begin of statement block"
    case .blockEnd: "end of statement block"
    case .name(let name): name.string
    case .string: "string"
    case .integer, .largeInteger: "integer"
    case .float: "float"
    case .symbol(let symbol): symbol.rawValue
    case .end: "end of template"
    }
  }
}

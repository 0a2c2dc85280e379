/// A name of a variable, as its position among all names of the template.
typealias NameID = Int

/// A part of a template that does something.
indirect enum Statement: Sendable {
  case data(Text)
  case output(Expression)
  case forLoop(ForLoop)
  case conditional([Branch], otherwise: [Statement])
  case macro(NameID, MacroDefinition)
  case callBlock(Expression, Arguments, MacroDefinition)
  /// A part of the output that is marked, a function like the body of a call block.
  case generation(MacroDefinition)
  case filterBlock(Expression, [Statement])
  case assignment(Target, Expression)
  case blockAssignment(Target, filter: Expression?, [Statement])
  case with([(Target, Expression)], [Statement])
  case autoescape(Expression, [Statement])
  case block(Block)
  /// A tag that needs another template; `extends` has a line, for it is only allowed outside of frames.
  case load(Expression, extendsLine: Int?)
  case breakLoop
  case continueLoop

  struct Branch: Sendable {
    let test: Expression
    let body: [Statement]
  }

  struct Block: Sendable {
    let name: Text
    let isScoped: Bool
    /// The variable `super`, if anything in the block reads that name.
    let parent: NameID?
    let body: [Statement]
  }

  struct ForLoop: Sendable {
    let target: Target
    let iterable: Expression
    let test: Expression?
    let isRecursive: Bool
    /// The variable `loop`, if anything in the body reads that name.
    let loop: NameID?
    /// The first line that stores to `loop`, which is not allowed.
    let loopStoreLine: Int?
    let body: [Statement]
    let otherwise: [Statement]
  }
}

/// What a macro or the body of a call block is made of.
struct MacroDefinition: Sendable {
  /// `nil` for the body of a call block or of `generation`.
  let name: Text?
  let line: Int
  let parameters: [Parameter]
  let body: [Statement]
  /// Where anything in the body reads them, the names that collect what is passed besides parameters.
  let caller: NameID?
  let keywords: NameID?
  let positionals: NameID?

  struct Parameter: Sendable {
    let id: NameID
    let name: Text
    let defaultValue: Expression?
  }
}

/// Where an assignment stores.
indirect enum Target: Sendable {
  case name(NameID)
  case attribute(NameID, Text)
  case tuple([Target])
}

/// A part of a template that has a value.
indirect enum Expression: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case largeInteger(BigInteger)
  case float(Double)
  case text(Text)
  case name(NameID)
  case tuple([Expression])
  case list([Expression])
  case mapping([(Expression, Expression)])
  case attribute(Expression, Text)
  case element(Expression, Expression)
  case slice(Expression, start: Expression?, stop: Expression?, step: Expression?)
  case call(Expression, Arguments)
  /// A filter; the innermost of a filter block has no operand and takes the block's text.
  case filter(Filter?, name: String, line: Int, Expression?, Arguments)
  case test(ValueTest?, name: String, line: Int, Expression, Arguments)
  case not(Expression)
  case negation(Expression)
  case identity(Expression)
  /// Operators of one precedence, which apply from left to right.
  case arithmetic(Expression, [(ArithmeticOperator, Expression)])
  case concatenation([Expression])
  case comparison(Expression, [(Comparison, Expression)])
  case all([Expression])
  case any([Expression])
  case conditional(test: Expression, then: Expression, otherwise: Expression?, line: Int)
}

/// The arguments of a call, a filter or a test.
struct Arguments: Sendable {
  var positional: [Expression] = []
  var keywords: [(name: Text, value: Expression)] = []
  var spreadPositional: Expression?
  var spreadKeywords: Expression?

  var isEmpty: Bool {
    positional.isEmpty && keywords.isEmpty && spreadPositional == nil && spreadKeywords == nil
  }
}

/// The operators on numbers and sequences.
enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

/// The operators that compare two values.
enum Comparison: Sendable {
  case equal, notEqual, contained, notContained
  case ordered(Ordering)
}

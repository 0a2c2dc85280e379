/// How many positions of a long prompt are kept, and which.
///
/// Source: vllm/renderers/params.py
struct Truncation: Sendable {
  /// The number of positions; -1 for all that the model takes, `nil` to cut nothing.
  private let count: Int?
  /// Whether the beginning is cut, not the end.
  let keepsEnd: Bool

  /// Reads `truncate_prompt_tokens` and `truncation_side`, which is `side` where it is not given.
  init(_ fields: RequestFields, side: String) throws(APIError) {
    count = try fields.integer("truncate_prompt_tokens", in: -1...Int.max)
    let side = try fields.string("truncation_side") ?? side
    guard side == "left" || side == "right" else {
      throw .schema(
        "truncation_side: Input should be 'left' or 'right', got '\(APIError.capped(side))'",
        "truncation_side"
      )
    }
    keepsEnd = side == "left"
  }

  /// The most positions to keep, where -1 stands for `all`; `nil` to cut nothing.
  func limit(_ maxModelLength: Int, all: Int) throws(APIError) -> Int? {
    guard let count else { return nil }
    guard count <= maxModelLength else {
      throw .invalid(
        "truncate_prompt_tokens=\(count) cannot be greater than "
          + "max_model_len = \(maxModelLength). Please request a smaller truncation size.",
        "truncate_prompt_tokens",
        value: "\(count)"
      )
    }
    return count == -1 ? all : count
  }
}

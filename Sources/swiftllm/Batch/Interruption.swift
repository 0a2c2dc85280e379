/// A signal that asked for an end came, and the work has been ended in good order.
struct Interruption: Error {
  let signal: Int32
  /// One line: how far the work came.
  let message: String
  /// How to go on, in one line.
  let hint: String?
}

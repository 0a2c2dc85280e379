/// Options under one heading of `--help`.
public struct OptionGroup<Values: Sendable>: Sendable {
  /// The heading, without a colon.
  public let heading: String
  let options: [Option<Values>]

  /// Groups `options`, in the order in which help shows them.
  public init(_ heading: String, _ options: [Option<Values>]) {
    self.heading = heading
    self.options = options
  }

  /// The same group for a table whose values hold these at `path`.
  public func nested<Outer>(
    in path: any WritableKeyPath<Outer, Values> & Sendable
  ) -> OptionGroup<Outer> {
    OptionGroup<Outer>(heading, options.map { $0.nested(in: path) })
  }
}

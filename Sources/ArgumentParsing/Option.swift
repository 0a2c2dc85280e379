/// One option of a command: how it is spelled and shown, and where its value goes.
///
/// Made by the constructors in `Option+Kinds.swift`; the modifiers below refine it.
public struct Option<Values: Sendable>: Sendable {
  /// What using the option does.
  enum Action: Sendable {
    /// Stores the word given to it.
    case store(@Sendable (inout Values, String) throws(InvalidValue) -> Void)
    /// Stores `true`, or `false` for `--no-NAME`.
    case toggle(@Sendable (inout Values, Bool) -> Void)
  }

  var description: OptionDescription
  let action: Action
  /// The option's value in `Values`, as help shows a default; `nil` when there is nothing to show.
  let currentText: @Sendable (Values) -> String?

  /// Refuses command lines that neither give the option nor set its environment variable.
  public func required() -> Self { changed { $0.isRequired = true } }

  /// Leaves the option out of help, manual and completions.
  public func hidden() -> Self { changed { $0.isHidden = true } }

  /// Accepts `name` as another long name.
  public func alias(_ name: String) -> Self { changed { $0.aliases.append(name) } }

  /// Takes the value of the environment variable `name` when the option is not given.
  ///
  /// A variable that is empty counts as not set.
  /// - Precondition: the option takes a value.
  public func environment(_ name: String) -> Self {
    precondition(
      description.value != nil,
      "flag '--\(description.name)' reads no environment variable"
    )
    return changed { $0.environment = name }
  }

  /// Shows `text` as the default in place of the value in the command's `initial`.
  public func defaultText(_ text: String) -> Self { changed { $0.defaultText = text } }

  /// Adds `lines` of mdoc(7) to the option's entry in the manual.
  public func details(_ lines: String) -> Self { changed { $0.details = lines } }

  /// The same option for a table whose values hold these at `path`: commands can share tables.
  public func nested<Outer>(
    in path: any WritableKeyPath<Outer, Values> & Sendable
  ) -> Option<Outer> {
    let outerAction: Option<Outer>.Action =
      switch action {
      case .store(let store):
        .store { (values, raw) throws(InvalidValue) in try store(&values[keyPath: path], raw) }
      case .toggle(let toggle):
        .toggle { values, isOn in toggle(&values[keyPath: path], isOn) }
      }
    return Option<Outer>(
      description: description,
      action: outerAction,
      currentText: { [currentText] in currentText($0[keyPath: path]) }
    )
  }

  /// The description with the default that `initial` holds.
  func described(with initial: Values) -> OptionDescription {
    var result = description
    if !result.isRequired { result.defaultText = result.defaultText ?? currentText(initial) }
    return result
  }

  private func changed(_ change: (inout OptionDescription) -> Void) -> Self {
    var result = self
    change(&result.description)
    return result
  }
}

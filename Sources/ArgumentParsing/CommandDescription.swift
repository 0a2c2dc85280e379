/// What a reader sees of a command: all of it but the code that runs it.
public struct CommandDescription: Sendable, Equatable {
  /// Options under one heading, in the order in which help shows them.
  public struct Group: Sendable, Equatable {
    /// The heading, without a colon.
    public let heading: String
    /// The options, hidden ones too.
    public let options: [OptionDescription]

    var visibleOptions: [OptionDescription] { options.filter { !$0.isHidden } }
  }

  /// The word that selects the command.
  public let name: String
  /// One sentence.
  public let summary: String
  /// The options by heading.
  public let groups: [Group]
  /// The operands; `nil` when it takes none.
  public let operands: OperandDescription?
  /// Command lines worth showing.
  public let examples: [Example]
  /// Whether help, manual and completions pass over the command.
  public let isHidden: Bool

  /// Every option, in the order of the table.
  public var options: [OptionDescription] { groups.flatMap(\.options) }

  var visibleOptions: [OptionDescription] { options.filter { !$0.isHidden } }
}

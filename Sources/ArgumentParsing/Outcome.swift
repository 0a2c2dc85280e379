/// What a command line asks of the program. Nothing has been printed or opened yet.
public enum Outcome: Sendable {
  /// A command's work. It runs in the context of the caller that awaits it.
  case run(Work)
  /// Print this text, which ends with a newline, on standard output; status 0.
  case help(String)
  /// Nothing was asked: print this text, which ends with a newline, on standard error; status 2.
  case usage(String)
  /// Print the version; status 0.
  case version
  /// Print a file made from the option tables; status 0.
  case generate(Artifact)
}

/// A file that is made from the option tables, by its name after `--generate`.
public enum Artifact: String, CaseIterable, Sendable {
  /// The manual page, from its template.
  case manual = "man"
  /// The completion script of bash.
  case bashCompletion = "complete-bash"
  /// The completion script of zsh.
  case zshCompletion = "complete-zsh"
  /// The completion script of fish.
  case fishCompletion = "complete-fish"
}

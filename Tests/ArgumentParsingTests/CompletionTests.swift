import Testing

@testable import ArgumentParsing

@Suite struct `Completion scripts` {
  static let scripts = [
    "bash": Sample.program.bashCompletion, "zsh": Sample.program.zshCompletion,
    "fish": Sample.program.fishCompletion,
  ]

  @Test(arguments: ["bash", "zsh", "fish"])
  func `hold every option and command that is not hidden`(_ shell: String) throws {
    let script = try #require(Self.scripts[shell])
    let words = Set(script.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init))
    for command in Sample.program.commands.map(\.description) {
      #expect(words.contains(command.name) != command.isHidden, "\(command.name)")
      for option in command.options {
        let spelling = (shell == "fish" ? "" : "--") + option.name
        #expect(words.contains(spelling) != option.isHidden, "\(spelling)")
      }
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"].filter(Tool.isInstalled))
  func `are well formed`(_ shell: String) throws {
    let script = try #require(Self.scripts[shell])
    let result = try Tool.run(shell, "-n", "script", files: ["script": script])
    #expect(result.text == "")
    #expect(result.status == 0)
  }

  @Test(.enabled(if: Tool.isInstalled("shellcheck"), "shellcheck is not installed"))
  func `pass shellcheck`() throws {
    let script = Sample.program.bashCompletion
    let result = try Tool.run("shellcheck", "-s", "bash", "script", files: ["script": script])
    #expect(result.text == "")
  }

  /// Words after the program's name, and what completion offers for the last one.
  static let cases: [([String], [String])] = [
    (["ge"], ["generate"]),
    (["generate", "--mod"], ["--model"]),
    (["generate", "--no-"], ["--no-add-special-tokens", "--no-stream"]),
    (["generate", "-m", "x", "--dty"], ["--dtype"]),
    (["generate", "--dtype", "b"], ["bfloat16"]),
    (["generate", "--max-tokens", ""], []),
    (["generate", "--internal"], []),
    (["generate", "mod"], []),
    (["help", "enc"], ["encode"]),
    (["interna"], []),
    (["inspect", "mod"], ["model.gguf", "models"]),
    (["generate", "-m", "mod"], ["model.gguf", "models"]),
    (["generate", "--cache-directory", "mod"], ["models"]),
    (["-q", "encode", "-o", "mod"], ["model.gguf", "models"]),
  ]
  /// A folder in which "mod" begins a file and a folder.
  static let setUp = "mkdir models && : > model.gguf"

  @Test(
    .enabled(if: Tool.isInstalled("bash")),
    arguments: cases + [
      (["generate", "--dtype", "=", "b"], ["bfloat16"]),
      (["generate", "--dtype", "="], ["auto", "bfloat16", "float32"]),
      (["generate", "--max-model-len", "="], []),
      (["generate", "--", "--mod"], []),
      (["generate", "--max-tokens", "-"], []),
      (["inspect", "--"], ["--help"]),
    ]
  )
  func `offer what fits in bash`(_ words: [String], _ expected: [String]) throws {
    let line = (["sample"] + words).map(ShellText.quoted).joined(separator: " ")
    let driver = """
      set -u
      \(Self.setUp)
      source ./script
      COMP_WORDS=(\(line)) COMP_CWORD=\(words.count)
      _sample
      printf '%s\\n' "${COMPREPLY[@]}"
      complete -p sample >/dev/null
      """
    let files = ["script": Sample.program.bashCompletion, "driver": driver]
    let result = try Tool.run("bash", "--norc", "driver", files: files)
    #expect(result.text.split(separator: "\n").map(String.init).sorted() == expected.sorted())
    #expect(result.status == 0)
  }

  @Test(.enabled(if: Tool.isInstalled("fish")))
  func `offer what fits in fish`() throws {
    let cases =
      Self.cases + [
        (["generate", "--dtype=b"], ["--dtype=bfloat16"]),
        ([""], ["encode", "generate", "help", "inspect"]),
      ]
    // One shell for all cases: it takes a while to start.
    let lines = cases.map { words, _ in
      "complete -C \(ShellText.fishQuoted("sample " + words.joined(separator: " "))); echo '='"
    }
    let driver = "source ./script\n" + lines.joined(separator: "\n")
    let files = ["script": Sample.program.fishCompletion, "driver": driver]
    let result = try Tool.run(
      "sh",
      "-c",
      Self.setUp + " && exec fish --no-config driver",
      files: files
    )
    let answers = result.text.split(separator: "=\n", omittingEmptySubsequences: false).dropLast()
    try #require(answers.count == cases.count, "\(result.text)")
    for ((words, expected), answer) in zip(cases, answers) {
      let offers = answer.split(separator: "\n").map { line in
        let offer = line.prefix { $0 != "\t" }
        return String(offer.hasSuffix("/") ? offer.dropLast() : offer)
      }
      // Fish looks for the letters anywhere when nothing begins with them.
      let last = try #require(words.last)
      #expect(offers.filter { $0.hasPrefix(last) }.sorted() == expected.sorted(), "\(words)")
    }
  }

  @Test(.enabled(if: Tool.isInstalled("zsh")), .timeLimit(.minutes(1)))
  func `complete what is typed in zsh`() throws {
    let cases = [
      ("ge", "generate "), ("generate --mod", "generate --model="),
      ("generate -m x --dty", "generate -m x --dtype="),
      ("generate --dtype b", "generate --dtype bfloat16 "),
      ("generate --dtype=b", "generate --dtype=bfloat16 "),
      ("generate --no-s", "generate --no-stream "), ("generate --internal", "generate --internal"),
      ("generate --max-tokens mod", "generate --max-tokens mod"),
      ("generate --cache-directory mod", "generate --cache-directory models/"),
      ("help enc", "help encode "), ("interna", "interna"),
      ("inspect model.", "inspect model.gguf "), ("encode --threa", "encode --threads="),
    ]
    let keys = cases.map { line, _ in
      "zpty -w -n shell $'sample \(line)\\t\\x14'; zpty -r shell answer $'*<*>*'; print -r -- $answer"
    }
    let driver = """
      \(Self.setUp)
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PROMPT= fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -D -u'
      zpty -w shell 'show() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N show; bindkey "^T" show'
      zpty -w shell 'unsetopt beep; print re""ady'
      zpty -r shell answer $'*ready*'
      \(keys.joined(separator: "\n"))
      """
    let result = try Tool.run(
      "sh",
      "-c",
      "mkdir functions && mv script functions/_sample && exec zsh -f driver",
      files: ["script": Sample.program.zshCompletion, "driver": driver]
    )
    let shown = result.text.matches(of: /<sample ([^>]*)>/).map { String($0.output.1) }
    #expect(shown == cases.map(\.1), "\(result.text)")
  }
}

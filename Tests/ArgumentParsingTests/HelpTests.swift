import Testing

@testable import ArgumentParsing

@Suite struct HelpTests {
  static let programHelp = """
    Usage: sample COMMAND [options] [operands]

    Run language models on text and embeddings.

    Commands:
      generate       complete a prompt given as text or embeddings
      encode         turn text into the rows of [n, hidden] that a model reads:
                     'embeds'
      inspect        show what a file holds

    Options:
      -h, --help     show help and exit
      -V, --version  show the version and exit

    Help on a command: sample COMMAND --help
    Full manual: man sample

    """

  static let generateHelp = """
    Usage: sample generate -m PATH [options] [PROMPT ...]

    Complete a prompt given as text or embeddings.

    Operands:
      PROMPT                     text to complete; - reads standard input

    Input:
      -m, --model PATH           model directory or GGUF file
                                 (default: $SAMPLE_MODEL)
      -e, --prompt-embeds FILE   add the rows of FILE, [n, hidden], to the prompt
          --template FILE        read the chat template from FILE
          --cache-directory DIR  keep downloads in DIR
          --[no-]add-special-tokens
                                 begin and end as the tokenizer says

    Sampling:
      -n, --max-tokens COUNT     stop after COUNT tokens (default: 128)
          --max-length COUNT     room for COUNT positions
      -t, --temperature NUMBER   0 always picks the likeliest token (default: 1.0)
          --top-p NUMBER         draw from the likeliest tokens whose probabilities
                                 add up to NUMBER (default: 0.95)
          --seed NUMBER          draw the same tokens each time
          --stop TEXT            stop before TEXT

    Output:
          --json                 print one JSON object per line
      -q, --quiet                print nothing but errors
      -v, --verbose              print speeds at the end
          --[no-]stream          print each token at once (default: on)

    Computing:
          --threads COUNT        use COUNT threads (default: one per core)
          --dtype TYPE           compute with TYPE: auto, bfloat16, float32
                                 (default: auto)
          --cache-dtype TYPE     keep attention's state as TYPE: auto, bfloat16,
                                 float32

    Examples:
      sample generate -m tiny 'It'"'"'s'
      sample encode -m tiny "a\\b" | sample generate -m tiny -e -

    Full manual: man sample

    """

  @Test func `shows a command's options under their headings`() {
    #expect(Help.text(of: Sample.generate.description, in: Sample.program) == Self.generateHelp)
  }

  @Test func `lists commands`() {
    #expect(Help.text(of: Sample.program) == Self.programHelp)
  }

  @Test func `shows a command without options`() {
    #expect(
      Help.text(of: Sample.inspect.description, in: Sample.program) == """
        Usage: sample inspect FILE

        Show what a file holds.

        Full manual: man sample

        """
    )
  }

  @Test func `stays within 79 columns`() {
    for command in Sample.program.visibleCommands {
      let text = Help.text(of: command, in: Sample.program)
      for line in text.split(separator: "\n") { #expect(line.count <= 79, "\(line)") }
    }
  }

  /// The sample of the design: help phrases may be written as sentences, too.
  @Test func `renders a small command exactly`() {
    struct Values {
      var model = ""
      var promptEmbeds: String?
      var maxTokens = 128
      var temperature = 1.0
      var json = false
      var prompt: String?
    }
    let command = Command<Values>(
      name: "generate",
      summary: "Complete a prompt given as text or embeddings.",
      initial: Values(),
      groups: [
        OptionGroup(
          "Input",
          [
            .path("model", short: "m", "PATH", \.model, "Model directory or GGUF file.").required(),
            .path(
              "prompt-embeds",
              short: "e",
              "FILE",
              \.promptEmbeds,
              "Begin with the rows of FILE, [n, hidden]."
            ),
          ]
        ),
        OptionGroup(
          "Sampling",
          [
            .value("max-tokens", short: "n", "COUNT", \.maxTokens, "Stop after COUNT tokens."),
            .value(
              "temperature",
              short: "t",
              "NUMBER",
              \.temperature,
              "0 always picks the likeliest token."
            ),
          ]
        ),
        OptionGroup("Output", [.flag("json", \.json, "Print one JSON object per line.")]),
      ],
      operands: .optional("PROMPT", \.prompt),
      examples: [
        "swiftllm generate -m qwen3 \"Once upon a time\"",
        "swiftllm encode-embeds -m qwen3 \"Hello\" | swiftllm generate -m qwen3 -e -",
      ],
      run: { _ in }
    )
    let program = Program(name: "swiftllm", version: "1", summary: "S.", commands: [command])
    #expect(
      Help.text(of: command.description, in: program) == """
        Usage: swiftllm generate -m PATH [options] [PROMPT]

        Complete a prompt given as text or embeddings.

        Input:
          -m, --model PATH          model directory or GGUF file
          -e, --prompt-embeds FILE  begin with the rows of FILE, [n, hidden]

        Sampling:
          -n, --max-tokens COUNT    stop after COUNT tokens (default: 128)
          -t, --temperature NUMBER  0 always picks the likeliest token (default: 1.0)

        Output:
              --json                print one JSON object per line

        Examples:
          swiftllm generate -m qwen3 "Once upon a time"
          swiftllm encode-embeds -m qwen3 "Hello" | swiftllm generate -m qwen3 -e -

        Full manual: man swiftllm

        """
    )
  }
}

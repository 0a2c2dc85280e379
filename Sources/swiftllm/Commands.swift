import ArgumentParsing

/// The program: its commands, in the order in which help shows them.
let program = Program(
  name: "swiftllm",
  version: Version.number,
  summary: "Run language models on prompts of text or embeddings.",
  commands: [generateCommand, encodeEmbedsCommand, embedCommand, serveCommand]
)

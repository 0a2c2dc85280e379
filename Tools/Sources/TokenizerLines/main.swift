import Glibc
import JSON
import Tokenization

// What scripts ask of our tokenizers.
//
// usage: TokenizerLines FILE                 answers questions on standard input
//        TokenizerLines FILE --time TEXT     times loading, encoding and decoding of a text file
//
// A question is one line of JSON: `text`, and if need be `pair`, `add_special_tokens` (true),
// `parse_special_tokens` (true), `max_length`, `stride`, `strategy`, `direction`. The answer is one line: `ids`, `type_ids`, `offsets`,
// `overflow`, `decoded` and `decoded_skip`, or `error`. A question with `ids` is only decoded.

do {
  switch CommandLine.arguments.count {
  case 2: try answerLines(try TokenizerFiles.open(CommandLine.arguments[1]))
  case 4 where CommandLine.arguments[2] == "--time":
    try printTimes(of: CommandLine.arguments[1], on: CommandLine.arguments[3])
  default:
    complain("usage: TokenizerLines FILE [--time TEXT]")
    exit(2)
  }
} catch {
  complain("TokenizerLines: \(error)")
  exit(1)
}

func complain(_ message: String) {
  let line = message + "\n"
  _ = line.withCString { Glibc.write(2, $0, line.utf8.count) }
}

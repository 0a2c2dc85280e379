import Foundation
import TestSupport
import Testing

/// Command lines that cannot be meant: status 2, before any file is opened.
@Suite struct `A wrong command line is refused` {
  private func refuse(_ arguments: [String], _ message: String, help: String) throws {
    try expectRefusal(arguments, "\(message)\nsee 'swiftllm\(help) --help'", status: 2)
  }

  @Test(arguments: [
    ("-n", "0", "a whole number of 1 or more"),
    ("--max-tokens", "-1", "a whole number of 1 or more"),
    ("--max-tokens", "1.5", "a whole number"),
    ("--max-tokens", "99999999999999999999", "a whole number"),
    ("-t", "-1", "a number of 0 or more"),
    ("-t", "nan", "a number of 0 or more"),
    ("-t", "inf", "a number of 0 or more"),
    ("-t", "warm", "a number"),
    ("--top-k", "-1", "a whole number of 0 or more"),
    ("--top-p", "0", "a number above 0 and up to 1"),
    ("--top-p", "1.1", "a number above 0 and up to 1"),
    ("--min-p", "2", "a number from 0 to 1"),
    ("--seed", "x", "a whole number"),
    ("--seed", "-1", "a whole number from 0 to 18446744073709551615"),
    ("--threads", "0", "a whole number from 1 to 1024"),
    ("--threads", "1025", "a whole number from 1 to 1024"),
    ("--token-ids", "", "token ids separated by commas"),
    ("--token-ids", "1,,2", "token ids separated by commas"),
    ("--token-ids", "1,-2", "token ids separated by commas"),
    ("--token-ids", "a", "token ids separated by commas"),
    ("--token-ids", "4294967296", "token ids separated by commas"),
    ("-e", "", "a file name"),
  ])
  func `with a value out of range`(
    _ option: String,
    _ value: String,
    _ expected: String
  ) throws {
    let result = try Swiftllm.run(["generate", option, value, "the"])
    let message = "swiftllm: invalid value for '\(option)': expected \(expected)"
    #expect(result.errors.hasPrefix(message), "\(result.errors)")
    #expect(result.errors.hasSuffix(", found '\(value)'\nsee 'swiftllm generate --help'\n"))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
  }

  @Test func `with a value that is none of the choices`() throws {
    try refuse(
      ["encode-embeds", "--format", "tensor", "the"],
      "invalid value for '--format': expected one of torch, base64, safetensors, npy, found 'tensor'",
      help: " encode-embeds"
    )
    try refuse(
      ["encode-embeds", "--dtype=int8", "the"],
      "invalid value for '--dtype': expected one of float32, bfloat16, float16, found 'int8'",
      help: " encode-embeds"
    )
  }

  @Test func `with an unknown option or command`() throws {
    try refuse(["generate", "--nope"], "unknown option '--nope'", help: " generate")
    try refuse(
      ["generate", "--max-token", "3"],
      "unknown option '--max-token'\nhint: did you mean '--max-tokens'?",
      help: " generate"
    )
    try refuse(
      ["generate", "--format", "npy"],
      "unknown option '--format'",
      help: " generate"
    )
    try refuse(["frobnicate"], "unknown command 'frobnicate'", help: "")
    try refuse(
      ["generat", "the"],
      "unknown command 'generat'\nhint: did you mean 'generate'?",
      help: ""
    )
  }

  @Test func `with an option that lacks its value, or has one too many`() throws {
    try refuse(
      ["generate", "the", "--stop"],
      "missing value for '--stop': expected TEXT",
      help: " generate"
    )
    try refuse(
      ["generate", "--chat=yes", "the"],
      "option '--chat' takes no value, found 'yes'",
      help: " generate"
    )
  }

  @Test(arguments: ["generate", "encode-embeds"])
  func `with a prompt that is not quoted`(_ command: String) throws {
    try refuse(
      [command, "the", "small", "boats"],
      "two texts stand beside each other in the prompt\nhint: quote the prompt to make it one word",
      help: " \(command)"
    )
  }

  @Test(arguments: [
    ["-", "-e", "-"], ["-e", "-", "-e", "-"], ["--messages", "-", "-e", "-"],
    ["--messages", "-", "-"],
  ])
  func `with standard input named twice`(_ arguments: [String]) throws {
    try refuse(
      ["generate"] + arguments,
      "standard input is named 2 times, expected once",
      help: " generate"
    )
  }

  @Test func `without a command`() throws {
    let result = try Swiftllm.run([])
    #expect(result.errors.hasPrefix("Usage: swiftllm COMMAND"))
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
  }
}

import ChatTemplates
import Foundation
import JSON
import TestSupport
import Testing

/// Renders of real templates by transformers, and snippets rendered by jinja2: the files of the folder
/// `chat_templates`, plain or gzipped. Each test prints how many of its lines agree.
@Suite(.enabled(if: Fixtures.conformance != nil)) struct TemplateConformanceTests {
  private let folder: URL

  init() throws {
    folder = try #require(Fixtures.conformance).appending(path: "chat_templates")
  }

  /// The bytes of a file, or of its gzipped form; `nil` if there is neither.
  private func read(_ name: String) throws -> [UInt8]? {
    let plain = folder.appending(path: name)
    if FileManager.default.fileExists(atPath: plain.path) {
      return [UInt8](try Data(contentsOf: plain))
    }
    let packed = folder.appending(path: "\(name).gz")
    guard FileManager.default.fileExists(atPath: packed.path) else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", packed.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }

  private func readLines(_ name: String) throws -> [JSON]? {
    try read(name)?.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
  }

  private func report(_ failures: [String], of count: Int, in name: String) {
    print("chat_templates/\(name): \(count - failures.count) of \(count) agree, 0 skipped")
    Expectation.report(failures, of: count)
  }

  private func reportMissing(_ name: String) {
    print("chat_templates/\(name): there is no such file")
  }

  @Test func `renders each conversation with each template as transformers does`() throws {
    guard var lines = try readLines("goldens.jsonl"), let bytes = try read("conversations.json")
    else { return reportMissing("goldens.jsonl") }
    let conversations = try JSON(parsing: bytes)
    let now = try #require(LocalTime(isoText: lines.removeFirst()["now"]?.stringValue ?? ""))
    var templates: [String: Result<ChatTemplate, TemplateError>] = [:]
    var failures: [String] = []
    for line in lines {
      let name = try #require(line["template"]?.stringValue)
      let template: Result<ChatTemplate, TemplateError>
      if let known = templates[name] {
        template = known
      } else {
        let source = String(decoding: try #require(try read("templates/\(name)")), as: UTF8.self)
        template = Result { () throws(TemplateError) in try ChatTemplate(source) }
        templates[name] = template
      }
      let messages = try #require(conversations[line["messages"]?.stringValue ?? ""])
      func optional(_ key: String) -> JSON? { line[key].flatMap { $0 == .null ? nil : $0 } }
      let result = Result { () throws(TemplateError) in
        try template.get().render(
          messages: messages,
          tools: optional("tools"),
          documents: optional("documents"),
          addGenerationPrompt: line["add_generation_prompt"] == true,
          continueFinalMessage: line["continue_final_message"] == true,
          extra: line["kwargs"]?.objectValue ?? JSONObject(),
          now: { now }
        )
      }
      if let difference = Expectation.difference(result, line, key: "expected", errorKey: "error") {
        failures.append("\(name), \(line["case"]?.stringValue ?? ""): \(difference)")
      }
    }
    report(failures, of: lines.count, in: "goldens.jsonl")
  }

  @Test func `renders the snippets of other projects as jinja2 does`() throws {
    guard let lines = try readLines("peer_cases.jsonl") else {
      return reportMissing("peer_cases.jsonl")
    }
    var failures: [String] = []
    var count = 0
    // A line without an expectation tells what another project makes of a snippet.
    for line in lines where line["jinja2"] != nil || line["jinja2_error"] != nil {
      count += 1
      let result = Expectation.render(line, line["context"]?.objectValue ?? JSONObject())
      if let difference = Expectation.difference(
        result,
        line,
        key: "jinja2",
        errorKey: "jinja2_error"
      ) {
        failures.append("\(line["template"]?.stringValue ?? ""): \(difference)")
      }
    }
    report(failures, of: count, in: "peer_cases.jsonl")
  }

  @Test func `renders snippets of tricky semantics as jinja2 does`() throws {
    guard let bytes = try read("semantics.json") else { return reportMissing("semantics.json") }
    let file = try JSON(parsing: bytes)
    let context = try #require(file["context"]?.objectValue)
    let cases = try #require(file["cases"]?.arrayValue)
    var failures: [String] = []
    for line in cases {
      let result = Expectation.render(line, context)
      if let difference = Expectation.difference(result, line, key: "expected", errorKey: "error") {
        failures.append("\(line["template"]?.stringValue ?? ""): \(difference)")
      }
    }
    report(failures, of: cases.count, in: "semantics.json")
  }
}

extension LocalTime {
  /// The time that Python's `isoformat` writes.
  fileprivate init?(isoText: String) {
    let numbers = isoText.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count >= 6 else { return nil }
    self.init(
      year: numbers[0],
      month: numbers[1],
      day: numbers[2],
      hour: numbers[3],
      minute: numbers[4],
      second: numbers[5],
      microsecond: numbers.count > 6 ? numbers[6] : 0
    )
  }
}

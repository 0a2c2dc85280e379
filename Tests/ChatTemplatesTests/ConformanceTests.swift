import ChatTemplates
import Foundation
import JSON
import TestSupport
import Testing

/// Renders of real templates by transformers, and snippets rendered by jinja2.
@Suite(.enabled(if: Fixtures.conformance != nil)) struct ConformanceTests {
  private let folder: URL

  init() throws {
    folder = try #require(Fixtures.conformance).appending(path: "chat_templates")
  }

  private func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  private func readLines(_ name: String) throws -> [JSON] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder.appending(path: name).path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
  }

  @Test func `renders each conversation with each template as transformers does`() throws {
    let conversations = try JSON(parsing: try read("conversations.json"))
    var lines = try readLines("goldens.jsonl.gz")
    let header = lines.removeFirst()
    #expect(header["now"] == "2024-07-26T12:34:56.000789")
    var templates: [String: Result<ChatTemplate, TemplateError>] = [:]
    var failures: [String] = []
    for line in lines {
      let name = try #require(line["template"]?.stringValue)
      let template: Result<ChatTemplate, TemplateError>
      if let known = templates[name] {
        template = known
      } else {
        let source = String(decoding: try read("templates/\(name)"), as: UTF8.self)
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
          now: { LocalTime.frozen }
        )
      }
      if let difference = Expectation.difference(result, line, key: "expected", errorKey: "error") {
        failures.append("\(name), \(line["case"]?.stringValue ?? ""): \(difference)")
      }
    }
    Expectation.report(failures, of: lines.count)
  }

  @Test func `renders the snippets of other projects as jinja2 does`() throws {
    let lines = try readLines("peer_cases.jsonl.gz")
    var failures: [String] = []
    var count = 0
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
    Expectation.report(failures, of: count)
  }

  @Test func `renders snippets of tricky semantics as jinja2 does`() throws {
    let file = try JSON(parsing: try read("semantics.json"))
    let context = try #require(file["context"]?.objectValue)
    let cases = try #require(file["cases"]?.arrayValue)
    var failures: [String] = []
    for line in cases where !(line["template"]?.stringValue ?? "").contains("big") {
      // 'big' is an integer beyond 64 bits, which the JSON of this project reads as a float.
      let result = Expectation.render(line, context)
      if let difference = Expectation.difference(result, line, key: "expected", errorKey: "error") {
        failures.append("\(line["template"]?.stringValue ?? ""): \(difference)")
      }
    }
    Expectation.report(failures, of: cases.count)
  }
}

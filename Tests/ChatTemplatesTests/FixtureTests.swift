import ChatTemplates
import JSON
import TestSupport
import Testing

/// Templates in `Tests/Fixtures/chat_templates/cases.json`, with what jinja2 makes of them.
@Suite struct FixtureTests {
  @Test(
    arguments: [
      "templates", "lexer", "whitespace", "parser", "values", "statements", "filters", "tests",
      "methods", "integers", "formats", "links", "bytes", "frames", "functions", "constants",
      "objects",
    ]
  )
  func `renders as jinja2 does`(group: String) throws {
    let file = try JSON(parsing: try Fixtures.bytes("chat_templates/cases.json"))
    let context = try #require(file["context"]?.objectValue)
    let cases = try #require(file["groups"]?[group]?.arrayValue)
    var failures: [String] = []
    for line in cases {
      let result = Expectation.render(line, context)
      if let difference = Expectation.difference(result, line, key: "text", errorKey: "error") {
        failures.append("\(line["template"]?.stringValue ?? ""): \(difference)")
      }
    }
    Expectation.report(failures, of: cases.count)
  }
}

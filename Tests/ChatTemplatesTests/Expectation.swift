import ChatTemplates
import JSON
import Testing

/// Comparing renders with what the reference made of the same template.
enum Expectation {
  static func render(_ line: JSON, _ context: JSONObject) -> Result<String, TemplateError> {
    Result { () throws(TemplateError) in
      try ChatTemplate(line["template"]?.stringValue ?? "").render(context) { LocalTime.frozen }
    }
  }

  /// How the result differs from the expectation in `line`, if it does.
  static func difference(
    _ result: Result<String, TemplateError>,
    _ line: JSON,
    key: String,
    errorKey: String
  ) -> String? {
    switch result {
    case .success(let text):
      guard let expected = line[key]?.stringValue else {
        return "rendered \(text.debugDescription) instead of \(line[errorKey]?.stringValue ?? "?")"
          + " \(line["message"]?.stringValue ?? "")"
      }
      // Strings of Swift that differ in bytes may be equal.
      if Array(text.utf8) == Array(expected.utf8) { return nil }
      return "rendered \(text.debugDescription) instead of \(expected.debugDescription)"
    case .failure(let error):
      let message = line["message"]?.stringValue ?? ""
      let isSame =
        error.className == line[errorKey]?.stringValue
        // The expectations of the shared folder keep 300 characters of a message.
        && (error.message == message
          || message.count == 300 && error.message.hasPrefix(message))
      guard isSame else {
        return "failed with \(error) instead of \(line[errorKey]?.stringValue ?? "text")"
          + " \(line["message"]?.stringValue ?? line[key]?.stringValue ?? "")"
      }
      if case .syntax(_, _, let found) = error, let expected = line["line"]?.integerValue,
        found != expected
      {
        return "failed at line \(found) instead of \(expected)"
      }
      return nil
    }
  }

  static func report(_ failures: [String], of count: Int) {
    for failure in failures.prefix(40) { Issue.record("\(failure)") }
    #expect(failures.isEmpty, "\(failures.count) of \(count) cases differ")
    #expect(count > 0)
  }
}

extension LocalTime {
  /// The time at which the expected values were made.
  static let frozen = LocalTime(
    year: 2024,
    month: 7,
    day: 26,
    hour: 12,
    minute: 34,
    second: 56,
    microsecond: 789
  )
}

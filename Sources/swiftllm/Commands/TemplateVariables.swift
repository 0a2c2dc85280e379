import ArgumentParsing
import JSON

/// Variables of a chat template as an option gives them: a JSON object.
struct TemplateVariables: LosslessStringConvertible, Sendable {
  let object: JSONObject

  init?(_ description: String) {
    guard let object = (try? JSON(parsing: description))?.objectValue else { return nil }
    self.object = object
  }

  var description: String { JSON.object(object).text }

  /// What an option of such a value expects.
  static let expectation = Expectation<TemplateVariables>("a JSON object") { _ in true }
}

import JSON
import Prompts
import Testing

@Suite struct `Chat messages` {
  @Test func `are a list, or an object that holds one`() throws {
    let messages: JSON = [["role": "user", "content": "hi"]]
    #expect(try ChatMessages.validated(messages) == messages.arrayValue)
    #expect(try ChatMessages.validated(["messages": messages]) == messages.arrayValue)
  }

  static let faults: [(JSON, String)] = [
    ("hi", "expected a list, found a string"),
    ([], "expected at least one, found none"),
    (["hi"], "message 0 is a string, expected an object"),
    ([["role": "user"], ["content": "hi"]], "message 1 has no string 'role'"),
    ([["role": 1]], "message 0 has no string 'role'"),
  ]

  @Test(arguments: faults)
  func `are refused with what is wrong`(_ json: JSON, _ reason: String) {
    #expect(throws: PromptError.invalidMessages(reason)) { try ChatMessages.validated(json) }
  }
}

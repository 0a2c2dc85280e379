import ChatTemplates
import Glibc
import JSON

// Renders templates for scripts that compare with jinja2. Each line of the input is a JSON object: one with a
// `template` is answered by a line with its `text`, or with `error`, `message` and perhaps `line`; one with a
// `context` alone sets the variables of the templates behind it. `repeat N` as arguments renders each
// template N times, and the answer has the processor time of the fastest render in `seconds`.

let now = LocalTime(
  year: 2024,
  month: 7,
  day: 26,
  hour: 12,
  minute: 34,
  second: 56,
  microsecond: 789
)

func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func answer(_ source: String, _ context: JSONObject, repetitions: Int) -> JSONObject {
  var result = JSONObject()
  do throws(TemplateError) {
    let start = processorTime()
    let template = try ChatTemplate(source)
    var text = try template.render(context) { now }
    if repetitions > 0 {
      result["cold"] = .number(processorTime() - start)
      var best = Double.infinity
      for _ in 0..<repetitions {
        let start = processorTime()
        text = try template.render(context) { now }
        best = min(best, processorTime() - start)
      }
      result["seconds"] = .number(best)
    }
    result["text"] = .string(text)
  } catch {
    result["error"] = .string(error.className)
    result["message"] = .string(error.message)
    if case .syntax(_, _, let line) = error { result["line"] = .integer(line) }
  }
  return result
}

let arguments = CommandLine.arguments
let repetitions = arguments.count == 3 && arguments[1] == "repeat" ? Int(arguments[2]) ?? 0 : 0
var context = JSONObject()
while let line = readLine() {
  guard let request = try? JSON(parsing: line) else {
    print("{\"error\":\"InputError\",\"message\":\"the line is not JSON\"}")
    continue
  }
  if let given = request["context"]?.objectValue { context = given }
  guard let source = request["template"]?.stringValue else { continue }
  print(JSON.object(answer(source, context, repetitions: repetitions)).text)
  fflush(nil)
}

import ChatTemplates
import Glibc
import JSON
import TestSupport
import Testing

/// Hostile templates end with an error, never with a crash or without end.
@Suite struct LimitTests {
  private func error(
    _ template: String,
    _ variables: JSONObject = JSONObject(),
    limits: TemplateLimits = TemplateLimits(textBytes: 1 << 20, work: 200_000)
  ) -> TemplateError? {
    do throws(TemplateError) {
      _ = try ChatTemplate(template).render(variables, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  private func isLimit(_ error: TemplateError?) -> Bool {
    if case .limitExceeded = error { true } else { false }
  }

  @Test(
    arguments: [
      "{{ " + String(repeating: "(", count: 20_000),
      "{{ " + String(repeating: "[", count: 20_000),
      "{{ " + String(repeating: "{1:", count: 20_000),
      "{{ " + String(repeating: "-", count: 20_000) + "1 }}",
      "{{ a" + String(repeating: ".a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "[a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "(a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "|e", count: 20_000) + " }}",
      "{{ a" + String(repeating: " if a else a", count: 20_000) + " }}",
      "{{ a" + String(repeating: " if a", count: 20_000) + " }}",
      String(repeating: "{% if a %}", count: 20_000),
      String(repeating: "{% for a in a %}", count: 20_000),
      "{% for " + String(repeating: "(", count: 20_000) + "a",
    ]
  )
  func `refuses a template nested too deeply`(template: String) {
    #expect(isLimit(error(template)))
  }

  @Test(
    arguments: [
      "{% macro g() %}{{ g() }}{% endmacro %}{{ g() }}",
      "{% macro g(x) %}{% if x %}{% for a in [1] %}{{ g(x)|upper }}{% endfor %}{% endif %}"
        + "{% endmacro %}{{ g(1) }}",
      "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
      "{% set ns = namespace(x='a') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
      "{% set ns = namespace(x=1) %}{% for a in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}",
      "{% set ns = namespace(x=1) %}{% for a in range(999) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(999) %}{% set ns.x = ns.x|map('string') %}"
        + "{% endfor %}{{ ns.x|list }}",
      "{% set ns = namespace(x=[]) %}{% for a in range(999) %}{% for b in [ns.x] %}"
        + "{% set ns.x = loop %}{% endfor %}{% endfor %}",
      "{{ 'a' * 9999999999 }}", "{{ [1] * 9999999999 }}", "{{ 'a'.center(9999999999) }}",
      "{{ 'a'.ljust(9999999999) }}", "{{ 'a'.zfill(9999999999) }}",
      "{{ 'a\t'.expandtabs(9999999999) }}", "{{ '%9999999999d' % 1 }}",
      "{{ '%.9999999999f' % 1 }}", "{{ '%*d' % (9999999999, 1) }}",
      "{{ '{:9999999999}'.format(1) }}", "{{ '{:.9999999999f}'.format(1.5) }}",
      "{{ 'a'|center(9999999999) }}", "{{ 'a\nb'|indent(9999999999) }}",
      "{{ [1]|tojson(indent=9999999999) }}", "{{ [1]|batch(9999999999, 1)|list }}",
      "{{ [1]|slice(9999999999)|list }}", "{{ ('a' * 9999)|replace('a', 'b' * 9999) }}",
      "{{ ('a' * 9999).replace('', 'b' * 9999) }}", "{{ range(9999)|join('b' * 9999) }}",
      "{{ ('b' * 9999).join('a' * 9999) }}",
      "{% for a in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}",
    ]
  )
  func `ends a render that wants too much`(template: String) {
    #expect(isLimit(error(template)))
  }

  @Test(
    arguments: [
      "{{ 2 ** 99999999 }}", "{{ (9 ** 999) ** 999 }}", "{{ 10 ** 4300 }}", "{{ 10 ** 4299 * 10 }}",
      "{{ " + String(repeating: "9", count: 5000) + " }}",
      "{% set ns = namespace(x=3) %}{% for a in range(99999) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    ]
  )
  func `ends where an integer is longer than Python prints`(template: String) {
    let error = error(template)
    #expect(error?.className == "ValueError")
    #expect(error?.message.hasPrefix("Exceeds the limit (4300 digits) for integer") == true)
  }

  /// Templates that want all the work and memory there is, each in another way.
  @Test(
    arguments: [
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
      "{% macro g(n) %}{% if n %}{{ g(n-1) }}{{ g(n-1) }}{% endif %}{% endmacro %}{{ g(60) }}",
      "{% set ns = namespace(x=[]) %}{% for a in range(100000) %}{% set ns.x = ns.x + ['a' * 50000] %}"
        + "{% endfor %}",
      "{% for a in range(100000) %}{% for b in range(100) %}{% set n = namespace(p=b) %}{% endfor %}"
        + "{% endfor %}",
      "{% set b = 10 ** 4000 %}{% for a in range(99999) %}{% set x = (b * 3) // 7 %}{% endfor %}",
      "{% set s = '9' * 4000 %}{% for a in range(99999) %}{% set x = s|int %}{% endfor %}",
      "{{ ('a' * 5000000)|wordwrap(1) }}", "{{ ('a ' * 100000)|wordwrap(1, true, 'b' * 10000) }}",
      "{{ ('a' * 2000000).find('a' * 1000000 ~ 'b') }}",
      "{{ ('a' * 2000000).count('a' * 1000000 ~ 'b') }}",
      "{{ ('a' * 2000000).rfind('b' ~ 'a' * 1000000) }}",
      "{{ ('a ' * 1000000).rsplit(none, 500000)|length }}",
      "{{ ('a,' * 9000000).rsplit(',')|length }}",
      "{{ ('a ' * 20000)|urlize(extra_schemes=['ab:'] * 20000)|length }}",
      "{% set b = 10 ** 4290 %}{% for a in range(99999) %}{% set x = '%d' % b %}{% endfor %}",
      "{% set b = [10 ** 4290] * 9 %}{% for a in range(99999) %}{% set x = b|tojson %}{% endfor %}",
      "{% set b = {1: 10 ** 4290} %}{% for a in range(99999) %}{% set x = b ~ '' %}{% endfor %}",
      "{{ ('(' * 200000 ~ ')' * 200000)|urlize|length }}",
      "{{ (['a' * 1000] * 100000)|string|length }}", "{{ lipsum(10 ** 9) }}",
      "{% set x = 'A' * 1000000 %}{% for i in range(100000) %}{% set z = x is upper %}{% endfor %}",
      "{% set x = 'é' * 1000000 %}{% for i in range(100000) %}{% set z = x[999999] %}{% endfor %}",
      "{% set x = ['a' * 1000000] %}{% set y = ['a' * 999999 ~ 'a'] %}{% for i in range(100000) %}"
        + "{% set z = x == y %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(190) %}{% set ns.x = [ns.x, 'a' * 100] %}"
        + "{% endfor %}{% for i in range(10000) %}{{ ns.x|pprint|length }}{% endfor %}",
      "{% set ns = namespace(x=1) %}{% for i in range(100000) %}{% set ns.x = [ns, ns.x|string] %}{% endfor %}",
      "{% set ns = namespace(x='a' * 1000000) %}{{ ([ns] * 1000)|string|length }}",
      "{% set ns = namespace(x=10 ** 4290) %}{% set l = [ns] * 1000 %}{% for i in range(10000) %}"
        + "{% set z = l|string|length %}{% endfor %}",
      "{% set ns = namespace(x=0) %}{% for i in range(150) %}{% set other = namespace(p=[ns.x, ns.x]) %}"
        + "{% set ns.x = other %}{% endfor %}{{ ns|string|length }}",
      "{% set ns = namespace(x=0) %}{% for i in range(1000) %}{% set other = namespace(p=ns.x) %}"
        + "{% set ns.x = other %}{% endfor %}{{ ns|string|length }}",
      "{% set x = 'aé' * 500000 %}{% for i in range(100000) %}{% set z = x.title() %}{% endfor %}",
      "{% set x = 'aé ' * 300000 %}{% for i in range(100000) %}{% set z = x.swapcase() %}{% endfor %}",
      "{% set x = 'aé ' * 300000 %}{% for i in range(100000) %}{% set z = x|wordcount %}{% endfor %}",
      "{% set x = ['aé ' * 300000] %}{% for i in range(100000) %}{% set z = x|string %}{% endfor %}",
      "{% set x = 'aé ' * 300000 %}{% for i in range(100000) %}{% set z = x|pprint %}{% endfor %}",
      "{% set x = 'aé ' * 300000 %}{% for i in range(100000) %}{% set z = x|striptags %}{% endfor %}",
      "{% set l = range(1000)|list %}{% for i in range(100000) %}{% set z = l|groupby('real') %}{% endfor %}",
      "{% set l = [[[1.5] * 100] * 100] * 10 %}{% for i in range(100000) %}{% set z = l|string %}{% endfor %}",
      "{% for i in range(100000) %}{% for j in range(100) %}{% set z = lipsum(1) %}{% endfor %}{% endfor %}",
      "{% for i in range(100000) %}{% for j in range(100) %}{% set z = strftime_now('%c %x') %}{% endfor %}"
        + "{% endfor %}",
      "{% for i in range(100000) %}{% for j in range(100) %}{% set z = 'a'|urlize %}{% endfor %}{% endfor %}",
    ]
  )
  func `takes little time and 200 MB for all its work`(template: String) async {
    // In a process of its own, whose peak is that of this render alone; a fifth of the work.
    await #expect(processExitsWith: .success) { [template] in
      let before = Self.usage()
      var seconds = Double.infinity
      // The best of three: what else the machine does slows single runs down.
      for _ in 0..<3 where seconds >= Self.timeLimit {
        let start = Self.usage().seconds
        let error = Self().error(template, limits: TemplateLimits(work: 1_000_000))
        if let error { #expect(Self().isLimit(error) || error.className == "ValueError") }
        seconds = Self.usage().seconds - start
      }
      // Builds for debugging are slower by far.
      #if !DEBUG
        #expect(seconds < Self.timeLimit)
      #endif
      #expect(Self.usage().peakBytes - before.peakBytes < 200 << 20)
    }
  }

  /// Seconds; 0.17 at most on a processor of 2024, but others are slower, and share their cores.
  private static let timeLimit = 0.6

  /// The processor time of this thread, and the most memory that the process ever had.
  private static func usage() -> (seconds: Double, peakBytes: Int) {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return (Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9, usage.ru_maxrss << 10)
  }

  @Test(
    arguments: [
      ("{{ (ns|string)[:23] }}", "<Namespace {'me': <Name"),
      (
        "{{ ns }}",
        "<Namespace {'me': <Namespace {...}>, 'l': [<Namespace {...}>], 'g': <Macro 'g'>}>"
      ),
      (
        "{{ [ns] }}",
        "[<Namespace {'me': <Namespace {...}>, 'l': [<Namespace {...}>], 'g': <Macro 'g'>}>]"
      ),
    ]
  )
  func `renders values that refer to themselves`(output: String, expected: String) throws {
    let template =
      "{% set ns = namespace() %}{% set ns.me = ns %}{% set ns.l = [ns] %}"
      + "{% macro g() %}{% endmacro %}{% set ns.g = g %}"
    #expect(try ChatTemplate(template + output).render(JSONObject()) == expected)
  }

  @Test func `survives every prefix of a template`() throws {
    let file = try JSON(parsing: try Fixtures.bytes("chat_templates/cases.json"))
    let templates = try #require(file["groups"]?["templates"]?.arrayValue)
    let context = try #require(file["context"]?.objectValue)
    for template in templates {
      let source = Array(try #require(template["template"]?.stringValue).unicodeScalars)
      for end in source.indices {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: source[..<end])
        _ = error(String(prefix), context)
      }
    }
  }

  @Test(arguments: 0..<20) func `survives templates of random pieces`(seed: UInt64) {
    let pieces = [
      "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "if", "for", "in", "set", "else",
      "end", "endif", "endfor", "macro", "is", "not", "a", "b", "'x'", "1", "2.5", "(", ")", "[",
      "]", "{", "}", ":", ",", ".", "|", "~", "*", "**", "/", "%", "=", "==", "<", "join", "list",
      "map", "loop", "none", "range", "é", "\\", "\"", "tojson", "sort", "{{ a", "{{ [1]|",
      "{{ 'x'.",
    ]
    var generator = SeededGenerator(seed)
    for _ in 0..<400 {
      var template = ""
      for _ in 0..<Int.random(in: 1...14, using: &generator) {
        template += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        if Bool.random(using: &generator) { template += " " }
      }
      _ = error(template, JSON(dictionaryLiteral: ("a", [1, "x", ["b": nil]])).object)
    }
  }
}

extension JSON {
  fileprivate var object: JSONObject { objectValue ?? JSONObject() }
}

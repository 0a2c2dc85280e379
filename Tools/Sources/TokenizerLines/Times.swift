import Glibc
import Tokenization

/// Prints the least processor time, in seconds, of several runs.
func printTimes(of path: String, on textPath: String) throws {
  let file = try TokenizerFiles.read(path)
  let text = String(decoding: try TokenizerFiles.read(textPath), as: UTF8.self)
  let name = path.split(separator: "/").last.map(String.init) ?? path
  let first = try time { try Tokenizer(file: file.span, name: name) }
  let tokenizer = first.result
  var load = first.seconds
  for _ in 0..<4 {
    load = min(load, try time { try Tokenizer(file: file.span, name: name) }.seconds)
  }
  var (encode, decode) = (Double.infinity, Double.infinity)
  var tokens: [TokenID] = []
  var decoded = ""
  for _ in 0..<5 {
    let encoding = try time { try tokenizer.encode(text, addSpecialTokens: false) }
    tokens = encoding.result
    encode = min(encode, encoding.seconds)
    let decoding = time { tokenizer.decode(tokens, skipSpecialTokens: false) }
    decoded = decoding.result
    decode = min(decode, decoding.seconds)
  }
  print(
    #"{"first_load":\#(first.seconds),"load":\#(load),"encode":\#(encode),"decode":\#(decode),"#
      + #""tokens":\#(tokens.count),"bytes":\#(decoded.utf8.count)}"#
  )
}

/// What `body` gives, and the processor time that this thread spends on it.
private func time<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double)
{
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
  let start = now()
  let result = try body()
  return (result, now() - start)
}

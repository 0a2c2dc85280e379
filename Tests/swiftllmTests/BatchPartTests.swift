import Foundation
import JSON
import Testing

@testable import swiftllm

/// The parts of a batch, each by itself.
@Suite struct `Parts of a batch` {
  private func reader(of text: String, limit: Int = .max) throws -> LineReader {
    let folder = try TemporaryFolder()
    return try LineReader(path: folder.write(Data(text.utf8), to: "lines"), limit: limit)
  }

  private func lines(of text: String, limit: Int = .max) throws -> [LineReader.Line] {
    var reader = try reader(of: text, limit: limit)
    var lines: [LineReader.Line] = []
    while let line = try reader.next() { lines.append(line) }
    return lines
  }

  @Test func `lines are what newlines end, and what is left`() throws {
    #expect(try lines(of: "").isEmpty)
    let texts = ["a", "", "long" + String(repeating: "x", count: 200_000), "b\r"]
    for ending in ["", "\n"] {
      let found = try lines(of: texts.joined(separator: "\n") + ending)
      #expect(found.map(\.bytes) == texts.map { Array($0.utf8) })
      #expect(found.map(\.isTerminated) == [true, true, true, ending == "\n"])
      #expect(found.allSatisfy { $0.droppedByteCount == 0 })
    }
    #expect(try lines(of: " \t\r\n{\n").map(\.isBlank) == [true, false])
  }

  @Test func `lines lose what is beyond the limit`() throws {
    let found = try lines(of: String(repeating: "x", count: 100_000) + "\nabc\nabcd", limit: 3)
    #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["xxx", "abc", "abc"])
    #expect(found.map(\.droppedByteCount) == [99_997, 0, 1])
  }

  @Test func `elements leave a queue in the order of their numbers`() {
    var queue = OrderedQueue<String>()
    queue.insert("c", number: 2)
    var left = [queue.popNext()]
    queue.skipNext()
    queue.insert("b", number: 1)
    left += [queue.popNext(), queue.popNext(), queue.popNext()]
    #expect(left == [nil, "b", "c", nil])
    #expect(queue.next == 3)
  }

  @Test func `a reader waits for room, but never with an empty window`() async throws {
    let room = ReadAhead(lineLimit: 2, byteLimit: 10)
    room.enter(byteCount: 100)
    let entered = AsyncStream<Int>.makeStream()
    try DetachedThread.start {
      for count in [6, 4, 1] {
        room.enter(byteCount: count)
        entered.continuation.yield(count)
      }
    }
    var seen = entered.stream.makeAsyncIterator()
    room.leave(byteCount: 100)
    let first = [await seen.next(), await seen.next()]
    #expect(first == [6, 4])
    room.leave(byteCount: 6)
    let last = await seen.next()
    #expect(last == 1)
  }

  private func results(_ path: String, resumes: Bool) throws -> ResultFile {
    try ResultFile(path: path, resumes: resumes, input: try reader(of: ""))
  }

  @Test func `results are kept whole, read, and written on`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data("{\"index\":0}\n{\"index\":1}\n{\"ind".utf8), to: "results")
    do {
      var file = try results(path, resumes: true)
      let kept = [try file.nextExisting(), try file.nextExisting(), try file.nextExisting()]
      #expect(kept == [["index": 0], ["index": 1], nil])
      try file.write("{}")
      let further = try file.nextExisting()
      #expect(further == nil)
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == "{\"index\":0}\n{\"index\":1}\n{}\n")
  }

  @Test func `results that are no JSON are refused by their line`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data("{}\nno\n".utf8), to: "results")
    var file = try results(path, resumes: true)
    let first = try file.nextExisting()
    #expect(first == [:])
    let error = #expect(throws: CommandError.self) { try file.nextExisting() }
    let message = "cannot resume '\(path)': line 2 is no result of this input: "
    #expect(error?.description.hasPrefix(message) ?? false)
  }
}

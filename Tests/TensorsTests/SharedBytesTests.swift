import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct `Shared bytes` {
  @Test func `of files that are not regular are read to their end`() throws {
    #expect(try SharedBytes.mapping(path: "/dev/null").count == 0)
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/fifo"
    #expect(mkfifo(path, 0o600) == 0)
    let sent = [UInt8]((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    let writer = Thread { FileHandle(forWritingAtPath: path)?.write(Data(sent)) }
    writer.start()
    #expect(try SharedBytes.mapping(path: path).array == sent)
  }

  @Test func `of a device without an end are refused`() throws {
    #expect(throws: FileError(path: "/dev/zero", reason: "more than 16777216 bytes")) {
      try SharedBytes.mapping(path: "/dev/zero")
    }
  }

  @Test func `of an empty file are none`() throws {
    let path = try TemporaryFolder().write([], to: "empty")
    #expect(throws: FileError(path: path, reason: "no such file or directory")) {
      try SharedBytes.mapping(path: path)
    }
    let folder = try TemporaryFolder()
    #expect(try SharedBytes.mapping(path: try folder.write([], to: "empty")).count == 0)
    #expect(throws: FileError(path: folder.path, reason: "is a directory, expected a file")) {
      try SharedBytes.mapping(path: folder.path)
    }
  }
}

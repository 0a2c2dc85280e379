import Glibc
import JSON

/// Where a batch's results go, a line each: standard output, or a file that a later run can resume.
///
/// Each line is written whole, so a file that is cut off by a kill lacks the end of one line at most.
struct ResultFile {
  /// The file's name in messages.
  let name: String
  /// Whether a later run can go on where this one ended.
  private(set) var isResumable = false
  private let descriptor: Int32
  private var existing: LineReader?
  private var keptByteCount = 0
  private var keptLineCount = 0

  /// Results go to the file at `path`, or to standard output without one.
  ///
  /// A file loses what it holds, unless it `resumes`: then it is read by ``nextExisting()`` first.
  /// - Throws: `CommandError` also for a file that `input` reads, or that another process writes.
  init(path: String?, resumes: Bool, input: LineReader) throws {
    guard let path else {
      descriptor = STDOUT_FILENO
      name = "standard output"
      try refuse(input)
      return
    }
    name = "'\(path)'"
    descriptor = open(path, (resumes ? O_RDWR : O_WRONLY) | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure }
    guard status.st_mode & S_IFMT == S_IFREG else {
      if resumes { throw CommandError("cannot resume \(name): it is no regular file") }
      return
    }
    try refuse(input)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { throw failure }
      throw CommandError("cannot write \(name): another process is writing it")
    }
    isResumable = true
    if resumes {
      existing = LineReader(descriptor: descriptor, name: name)
    } else {
      guard ftruncate(descriptor, 0) == 0 else { throw failure }
    }
  }

  /// The next result that the file holds; `nil` behind the last one, from where it is written on.
  ///
  /// A last line that was not written whole is cut off.
  mutating func nextExisting() throws -> JSON? {
    let line = try existing?.next()
    guard let line, line.isTerminated else {
      guard existing != nil else { return nil }
      if keptLineCount == 0, let line, line.bytes.first != UInt8(ascii: "{") {
        keptLineCount = 1
        throw mismatch("found text that is no JSON object")
      }
      existing = nil
      guard ftruncate(descriptor, off_t(keptByteCount)) == 0,
        lseek(descriptor, off_t(keptByteCount), SEEK_SET) >= 0
      else { throw failure }
      return nil
    }
    keptByteCount += line.bytes.count + 1
    keptLineCount += 1
    do {
      return try JSON(parsing: line.bytes)
    } catch {
      throw mismatch("\(error)")
    }
  }

  /// Checks that results do not go into the file that `input` reads.
  private func refuse(_ input: LineReader) throws {
    var (status, inputStatus) = (stat(), stat())
    guard fstat(descriptor, &status) == 0, fstat(input.descriptor, &inputStatus) == 0,
      status.st_mode & S_IFMT == S_IFREG, status.st_dev == inputStatus.st_dev,
      status.st_ino == inputStatus.st_ino
    else { return }
    throw CommandError("cannot write \(name): it is the input")
  }

  /// The error for the result that was read last.
  func mismatch(_ reason: String) -> CommandError {
    CommandError(
      "cannot resume \(name): line \(keptLineCount) is no result of this input: \(reason)"
    )
  }

  /// Writes `text` and a newline.
  func write(_ text: String) throws {
    let bytes = Array("\(text)\n".utf8)
    try Descriptor.write(bytes.span.bytes, to: descriptor, target: name)
  }

  private var failure: CommandError {
    CommandError("cannot write \(name): \(Descriptor.systemReason())")
  }
}

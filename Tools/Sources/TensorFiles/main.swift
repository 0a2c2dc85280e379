import Glibc
import TensorSerialization
import Tensors

// Reads and writes tensor files for scripts that compare with torch. A line on standard input is a
// request, a line on standard output its answer: nanoseconds and those of the processor, or "error" and why.
//
//   copy IN OUT     writes the tensors of IN, a lone one or a dictionary, as torch does
//   rows IN         reads the rows of IN, as for a prompt
//   widen IN        reads the rows of IN and makes all of them float32
//   open IN         reads the tensor of IN where it lies, checksum included
//   write IN OUT    writes the lone tensor of IN as torch does, over what OUT holds; reading it is not timed
//   replace IN OUT  writes it to a new file that then takes the place of OUT, as encode-embeds does
//   base64 IN       decodes the text in IN; reading it is not timed

func put(_ span: RawSpan, to descriptor: Int32) throws {
  var done = 0
  while done < span.byteCount {
    let written = span.withUnsafeBytes { bytes in
      Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
    }
    guard written > 0 else { throw FileError(path: "output", errno: errno) }
    done += written
  }
}

/// Writes over what the file holds: its pages are there already, new ones would cost more than the copy.
func write(_ output: TorchOutput, to path: String) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT, 0o666)
  guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
  defer { close(descriptor) }
  var byteCount = 0
  try output.write { (span) throws in
    try put(span, to: descriptor)
    byteCount += span.byteCount
  }
  guard ftruncate(descriptor, byteCount) == 0 else { throw FileError(path: path, errno: errno) }
}

func replace(_ output: TorchOutput, at path: String) throws {
  let temporary = "\(path).tmp"
  unlink(temporary)
  try write(output, to: temporary)
  guard rename(temporary, path) == 0 else { throw FileError(path: path, errno: errno) }
}

func nanoseconds(_ clock: clockid_t) -> Int {
  var time = timespec()
  clock_gettime(clock, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Does what the words of a request say; the nanoseconds of the part that counts, and of all threads.
func answer(_ words: [String]) throws -> String {
  func timed(_ body: () throws -> Void) rethrows -> String {
    let start = (nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_PROCESS_CPUTIME_ID))
    try body()
    let end = (nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_PROCESS_CPUTIME_ID))
    return "\(end.0 - start.0) \(end.1 - start.1)"
  }
  switch (words.first, words.count) {
  case ("copy", 3):
    return try timed {
      let file = try TensorFile.open(path: words[1])
      if file.tensorNames == [""] {
        try write(TorchOutput(file.tensor("")), to: words[2])
      } else {
        let members = try file.tensorNames.map { (name: $0, tensor: try file.tensor($0)) }
        try write(TorchOutput(dictionary: members), to: words[2])
      }
    }
  case ("rows", 2):
    var rows: TensorRows?
    let time = try timed { rows = try TensorFile.rows(from: words[1]) }
    guard rows?.rowCount ?? 0 > 0 else { throw FileError(path: words[1], reason: "no rows") }
    return time
  case ("widen", 2):
    var matrix: Matrix?
    let time = try timed { matrix = try TensorFile.rows(from: words[1]).matrix }
    guard matrix?.rowCount ?? 0 > 0 else { throw FileError(path: words[1], reason: "no rows") }
    return time
  case ("open", 2):
    return try timed {
      let file = try TensorFile.open(path: words[1])
      _ = try file.tensor(file.tensorNames.first ?? "")
    }
  case ("write", 3):
    let file = try TensorFile.open(path: words[1])
    let tensor = try file.tensor("")
    return try timed { try write(TorchOutput(tensor), to: words[2]) }
  case ("replace", 3):
    let file = try TensorFile.open(path: words[1])
    let tensor = try file.tensor("")
    return try timed { try replace(TorchOutput(tensor), at: words[2]) }
  case ("base64", 2):
    let text = SharedBytes(try SharedBytes.mapping(path: words[1]).array)
    return try timed { _ = try Base64.bytes(of: text.span) }
  default: throw FileError(path: "request", reason: "not understood")
  }
}

while let line = readLine() {
  do {
    print(try answer(line.split(separator: " ").map(String.init)))
  } catch {
    print("error \(error)")
  }
  fflush(nil)
}

import Glibc
import TensorSerialization
import Tensors

// Reads and writes tensor files for scripts that compare with torch. A line on standard input is a
// request, a line on standard output its answer: nanoseconds, or "error" and why.
//
//   copy IN OUT     writes the tensors of IN, a lone one or a dictionary, as torch does
//   rows IN         reads the rows of IN, as for a prompt
//   open IN         reads the tensor of IN where it lies, checksum included
//   write IN OUT    writes the lone tensor of IN as torch does; reading it is not timed
//   base64 IN       decodes the text in IN; reading it is not timed

func descriptorSink(_ path: String) throws -> Int32 {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
  guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
  return descriptor
}

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

func write(_ output: TorchOutput, to path: String) throws {
  let descriptor = try descriptorSink(path)
  defer { close(descriptor) }
  try output.write { (span) throws in try put(span, to: descriptor) }
}

/// Does what the words of a request say; the nanoseconds of the part that counts.
func answer(_ words: [String]) throws -> Int64 {
  let clock = ContinuousClock()
  func timed(_ body: () throws -> Void) rethrows -> Int64 {
    let (seconds, attoseconds) = try clock.measure(body).components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
  switch (words.first, words.count) {
  case ("copy", 3):
    return try timed {
      let file = try TensorFile(path: words[1])
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
    guard rows?.matrix.rowCount ?? 0 > 0 else { throw FileError(path: words[1], reason: "no rows") }
    return time
  case ("open", 2):
    return try timed {
      let file = try TensorFile(path: words[1])
      _ = try file.tensor(file.tensorNames.first ?? "")
    }
  case ("write", 3):
    let file = try TensorFile(path: words[1])
    let tensor = try file.tensor("")
    return try timed { try write(TorchOutput(tensor), to: words[2]) }
  case ("base64", 2):
    let text = try SharedBytes.mapping(path: words[1]).array
    return try timed { _ = try Base64.decode(text) }
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

import Glibc
import Tokenization

/// Why a file cannot be used.
struct FileError: Error, CustomStringConvertible {
  let description: String
}

enum TokenizerFiles {
  /// The tokenizer of a file, by what it holds, or of a directory.
  static func open(_ path: String) throws -> Tokenizer {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let bytes = try read(path)
      return try Tokenizer(file: bytes.span, name: name)
    }
    return try Tokenizer(directory: { name in
      access("\(path)/\(name)", F_OK) == 0 ? try read("\(path)/\(name)") : nil
    })
  }

  /// All bytes of `path`.
  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw FileError(description: "cannot open '\(path)'") }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    let size = max(0, ftell(file))
    rewind(file)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = fread(buffer.baseAddress, 1, size, file)
    }
  }
}

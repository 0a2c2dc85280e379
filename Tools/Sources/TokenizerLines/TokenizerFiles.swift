import Glibc
import TensorSerialization
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
      if name.hasSuffix(".gguf") { return try openGGUF(path) }
      let bytes = try read(path)
      return try Tokenizer(file: bytes.span, name: name)
    }
    return try Tokenizer(directory: { name in
      access("\(path)/\(name)", F_OK) == 0 ? try read("\(path)/\(name)") : nil
    })
  }

  private static func openGGUF(_ path: String) throws -> Tokenizer {
    let file = try GGUFFile(path: path)
    guard let vocabulary = GGUFVocabulary(Metadata(values: file.metadata)) else {
      throw FileError(description: "no vocabulary in '\(path)'")
    }
    return try Tokenizer(gguf: vocabulary)
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

private struct Metadata: GGUFFacts {
  let values: [String: GGUFValue]

  func string(_ key: String) -> String? { values[key]?.stringValue }
  func bool(_ key: String) -> Bool? { values[key]?.boolValue }
  func integer(_ key: String) -> Int? { values[key]?.integerValue }
  func integers(_ key: String) -> [Int]? { values[key]?.integersValue }
  func floats(_ key: String) -> [Float]? { values[key]?.floatsValue }

  func strings(_ key: String) -> PackedStrings? {
    values[key]?.stringsValue.map { array in
      let packed = array.packed()
      return PackedStrings(bytes: packed.bytes, ends: packed.ends)
    }
  }
}

internal import Glibc
internal import Tensors

/// Maps the file at `path` and reads it; errors name the path.
func reading<Result>(
  _ path: String,
  _ body: (SharedBytes) throws(TensorFileError) -> Result
) throws(TensorFileError) -> Result {
  let bytes: SharedBytes
  do {
    bytes = try SharedBytes.mapping(path: path)
  } catch {
    throw .file(path: path, .unreadable(error.reason))
  }
  do {
    return try body(bytes)
  } catch {
    throw .file(path: path, error)
  }
}

/// Whether there is a file or directory at `path`.
func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

internal import Glibc
internal import Tensors

/// Maps the file at `path` and reads it; errors name the path.
///
/// - Parameter streamLimit: Most bytes to take of what cannot be mapped, such as a pipe.
func reading<Result>(
  _ path: String,
  streamLimit: Int = .max,
  _ body: (SharedBytes) throws(TensorFileError) -> Result
) throws(TensorFileError) -> Result {
  let bytes: SharedBytes
  do {
    bytes = try SharedBytes.mapping(path: path, streamLimit: streamLimit)
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

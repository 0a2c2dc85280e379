import Glibc

/// Small files in which the system tells about itself, such as those in /proc and /sys.
public enum SystemFile {
  /// The text of the file at `path`; `nil` where there is none, or one of more than 64 KiB.
  public static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    do throws(FileError) {
      let bytes = try SharedBytes.reading(descriptor: descriptor, path: path, limit: 1 << 16)
      return String(decoding: bytes.array, as: UTF8.self)
    } catch {
      return nil
    }
  }
}

import Glibc

/// What a folder holds.
enum DirectoryListing {
  /// The names in the folder at `path`, in order; none if there is no such folder.
  static func names(in path: String) throws -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
      )
    }
    return names.sorted()
  }
}

import Glibc
import Tensors

/// Finds models that others have downloaded: the cache of Hugging Face's tools.
///
/// Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
enum ModelCache {
  /// The path that `name` stands for: itself if it is there, else the snapshot of ORG/NAME.
  ///
  /// - Throws: `CommandError` that says where a model was looked for.
  static func resolve(_ name: String) throws -> String {
    if access(name, F_OK) == 0 { return name }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isName =
      parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0 != "~" }
    guard isName else { return name }
    let folder = "\(hub)/models--\(parts[0])--\(parts[1])"
    guard access(folder, F_OK) == 0 else {
      throw CommandError(
        "no model at '\(name)' and none in the cache at '\(folder)'",
        hint: "give a directory or a .gguf file, or fetch the model into the cache, "
          + "which HF_HOME or HF_HUB_CACHE names"
      )
    }
    let reference = "\(folder)/refs/main"
    guard access(reference, R_OK) == 0 else {
      throw CommandError("the cache at '\(folder)' names no snapshot: '\(reference)' is missing")
    }
    let bytes = try SharedBytes.mapping(path: reference)
    let commit = String(decoding: bytes.array, as: UTF8.self).filter { !$0.isWhitespace }
    let snapshot = "\(folder)/snapshots/\(commit)"
    guard !commit.isEmpty, !commit.contains("/"), access(snapshot, F_OK) == 0 else {
      throw CommandError("the cache has no snapshot '\(snapshot)', which '\(reference)' names")
    }
    if access("\(snapshot)/config.json", F_OK) == 0 { return snapshot }
    return try loneGGUF(in: snapshot) ?? snapshot
  }

  /// Where the cache lies: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in ~/.cache/huggingface.
  private static var hub: String {
    if let path = environment("HF_HUB_CACHE") { return path }
    if let home = environment("HF_HOME") { return "\(home)/hub" }
    let cache =
      environment("XDG_CACHE_HOME") ?? environment("HOME").map { "\($0)/.cache" } ?? ".cache"
    return "\(cache)/huggingface/hub"
  }

  /// The one GGUF file of a folder that holds nothing else to run.
  private static func loneGGUF(in folder: String) throws -> String? {
    guard let stream = opendir(folder) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".gguf") { names.append(name) }
    }
    guard names.count <= 1 else {
      throw CommandError(
        "'\(folder)' holds \(names.count) GGUF files, expected one",
        hint: "name one by its path: \(names.sorted().joined(separator: ", "))"
      )
    }
    return names.first.map { "\(folder)/\($0)" }
  }
}

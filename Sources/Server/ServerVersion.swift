/// What the server says that it is.
public enum ServerVersion {
  /// The version of the program, after semver.org.
  public static let number = "0.1.0"
  static let fingerprint = "swiftllm-\(number)"
}

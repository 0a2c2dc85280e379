import Server
import Tensors

/// What `--version` prints.
enum Version {
  /// The version of the program, after semver.org.
  static let number = ServerVersion.number

  /// The program's name and version, then the kernels that this machine gets.
  static var text: String {
    "swiftllm \(number)\nkernels: \(InstructionSet.current.rawValue)\n"
  }
}

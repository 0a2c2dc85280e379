import ArgumentParsing
import Tensors

/// The files that are made from the option tables: the manual and the completions.
enum Generated {
  /// Prose of the manual, relative to the checkout.
  private static let manualTemplate = "man/swiftllm.1.in"

  static func text(of artifact: Artifact) throws -> String {
    switch artifact {
    case .manual:
      let bytes = try SharedBytes.mapping(path: manualTemplate)
      return try program.manual(from: String(decoding: bytes.array, as: UTF8.self))
    case .bashCompletion: return program.bashCompletion
    case .zshCompletion: return program.zshCompletion
    case .fishCompletion: return program.fishCompletion
    }
  }
}

// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the program and its tests know nothing of the fuzzer and of tools that
// only scripts use. `Modules` is a link to the program's sources.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
]

func module(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
  .target(
    name: name,
    dependencies: imports,
    path: "Modules/\(name)",
    exclude: ["README.md"],
    swiftSettings: settings
  )
}

let package = Package(
  name: "tools",
  targets: [
    .systemLibrary(name: "CLAPACKE", path: "Modules/CLAPACKE", pkgConfig: "lapacke"),
    .systemLibrary(name: "COniguruma", path: "Modules/COniguruma", pkgConfig: "oniguruma"),
    .target(name: "CKernels", path: "Modules/CKernels", exclude: ["README.md"]),
    module("JSON"),
    module("Tokenization", ["COniguruma", "JSON"]),
    module("Tensors", ["CKernels", "CLAPACKE"]),
    module("TensorSerialization", ["Tensors", "JSON"]),
    .executableTarget(
      name: "TokenizerLines",
      dependencies: ["Tokenization", "TensorSerialization", "JSON"],
      swiftSettings: settings
    ),
    module("ChatTemplates", ["JSON"]),
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "FuzzTensorFiles",
      dependencies: ["CFuzzer", "TensorSerialization", "Tensors"],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "TemplateLines",
      dependencies: ["ChatTemplates", "JSON"],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "TensorFiles",
      dependencies: ["TensorSerialization", "Tensors"],
      swiftSettings: settings
    ),
  ]
)

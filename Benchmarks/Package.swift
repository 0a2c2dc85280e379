// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the program and its tests know nothing of it. `Modules` is a link to the
// program's sources.

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
  name: "benchmarks",
  targets: [
    .systemLibrary(name: "CLAPACKE", path: "Modules/CLAPACKE", pkgConfig: "lapacke"),
    .systemLibrary(name: "COniguruma", path: "Modules/COniguruma", pkgConfig: "oniguruma"),
    .target(name: "CKernels", path: "Modules/CKernels", exclude: ["README.md"]),
    module("JSON"),
    module("ArgumentParsing"),
    module("Tokenization", ["COniguruma", "JSON"]),
    module("ChatTemplates", ["JSON"]),
    module("Tensors", ["CKernels", "CLAPACKE"]),
    module("TensorSerialization", ["Tensors", "JSON"]),
    module("Models", ["Tensors", "TensorSerialization", "Tokenization", "JSON"]),
    module("Sampling", ["Models", "Tokenization", "Tensors"]),
    module(
      "Prompts",
      ["Models", "Tokenization", "ChatTemplates", "Tensors", "TensorSerialization", "JSON"]
    ),
    module(
      "Engine",
      [
        "Prompts", "Sampling", "Models", "ChatTemplates", "Tokenization", "TensorSerialization",
        "Tensors", "JSON",
      ]
    ),
    .target(name: "CCeilings"),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CCeilings", "ArgumentParsing", "Engine", "Prompts", "Models", "Tokenization",
        "TensorSerialization", "Tensors", "JSON",
      ],
      swiftSettings: settings
    ),
  ]
)

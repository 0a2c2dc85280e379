// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
/// For targets that read bytes from strangers: each unsafe construct must be marked as one.
let untrusted: [SwiftSetting] = strict + [.strictMemorySafety()]

/// Borrowed spans as stored properties and results need `@_lifetime`, which this still guards.
let lifetimes: SwiftSetting = .enableExperimentalFeature("Lifetimes")

/// A library target and its tests; `imports` is the whole of what it may see.
func module(
  _ name: String,
  imports: [Target.Dependency] = [],
  settings: [SwiftSetting] = strict,
  tests: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: imports, exclude: ["README.md"], swiftSettings: settings),
    .testTarget(
      name: name + "Tests",
      dependencies: [.byName(name: name), "TestSupport"] + tests,
      swiftSettings: strict
    ),
  ]
}

let package = Package(
  name: "swiftllm",
  products: [.executable(name: "swiftllm", targets: ["swiftllm"])],
  dependencies: [
    // Without its default traits Hummingbird needs no full Foundation.
    .package(
      url: "https://github.com/hummingbird-project/hummingbird",
      exact: "2.28.1",
      traits: []
    ),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
  ],
  targets: [
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(
      name: "COniguruma",
      pkgConfig: "oniguruma",
      providers: [.apt(["libonig-dev"])]
    ),
    .target(name: "CKernels"),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "swiftllm",
      dependencies: [
        "ArgumentParsing", "Server", "Engine", "Prompts", "Models", "Sampling", "Tokenization",
        "ChatTemplates", "TensorSerialization", "Tensors", "JSON",
      ],
      exclude: ["README.md"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "swiftllmTests",
      dependencies: ["swiftllm", "JSON", "TestSupport"],
      swiftSettings: strict
    ),
  ]
    + module("JSON", settings: untrusted + [lifetimes])
    + module("ArgumentParsing", settings: untrusted)
    + module(
      "Tokenization",
      imports: ["COniguruma", "JSON"],
      settings: untrusted,
      tests: ["TensorSerialization"]
    )
    + module("ChatTemplates", imports: ["JSON"], settings: untrusted)
    + module(
      "Tensors",
      imports: ["CKernels", "CLAPACKE"],
      settings: strict + [lifetimes],
      tests: ["CKernels"]
    )
    + module(
      "TensorSerialization",
      imports: ["Tensors", "JSON"],
      settings: untrusted + [lifetimes]
    )
    + module("Models", imports: ["Tensors", "TensorSerialization", "Tokenization", "JSON"])
    + module("Sampling", imports: ["Models", "Tokenization", "Tensors"])
    + module(
      "Prompts",
      imports: [
        "Models", "Tokenization", "ChatTemplates", "Tensors", "TensorSerialization", "JSON",
      ],
      settings: untrusted
    )
    + module(
      "Engine",
      imports: [
        "Prompts", "Sampling", "Models", "ChatTemplates", "Tokenization", "TensorSerialization",
        "Tensors", "JSON",
      ]
    )
    + module(
      "Server",
      imports: [
        "Engine", "Prompts", "Sampling", "Models", "ChatTemplates", "Tokenization",
        "TensorSerialization", "Tensors", "JSON",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      settings: untrusted,
      tests: [
        "Engine", "JSON", "TensorSerialization", "Tensors",
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]
    )
)

internal import Glibc
internal import Tensors

/// Tells which keys of a pickle's dictionaries and sets are equal. They are not copied.
struct PickleKeys {
  private let storage: SharedBytes
  private let base: Int
  private let heap: [PickleObject]

  /// Keys whose text lies in `storage`, counted from `base`, and whose objects lie on `heap`.
  init(_ storage: SharedBytes, base: Int, heap: [PickleObject]) {
    self.storage = storage
    self.base = base
    self.heap = heap
  }

  /// A key as far as it counts.
  private enum Identity {
    case none
    /// Also `True` and 1.0.
    case integer(Int)
    /// The bits, as no NaN equals another.
    case number(UInt64)
    case text(PickleText, kind: UInt8)
    case bytes([UInt8], kind: UInt8)
    case complex(Double, Double)
    case global(PickleGlobal)
    case object(Int)

    static let stringKind: UInt8 = 0
    static let bytesKind: UInt8 = 1
  }

  private func identity(_ key: PickleValue) -> Identity {
    switch key {
    case .none: return .none
    case .bool(let value): return .integer(value ? 1 : 0)
    case .integer(let value): return .integer(value)
    case .number(let value):
      return Int(exactly: value).map { .integer($0) } ?? .number(value.bitPattern)
    case .text(let text): return .text(text, kind: Identity.stringKind)
    case .bytes(let text): return .text(text, kind: Identity.bytesKind)
    case .device(let text): return .text(text, kind: 2)
    case .layout(let text): return .text(text, kind: 3)
    case .global(let global): return .global(global)
    case .object(let index):
      switch heap[index] {
      case .bytes(let bytes): return .bytes(bytes, kind: Identity.bytesKind)
      case .largeInteger(let bytes): return .bytes(bytes, kind: 4)
      case .complex(let box): return .complex(box.value.0, box.value.1)
      default: return .object(index)
      }
    }
  }

  /// Whether Python takes `first` and `second` for one key.
  func areEqual(_ first: PickleValue, _ second: PickleValue) -> Bool {
    switch (identity(first), identity(second)) {
    case (.none, .none): true
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a, let kind), .text(let b, let other)):
      kind == other && areEqual(a, b)
    case (.bytes(let a, let kind), .bytes(let b, let other)): kind == other && a == b
    case (.text(let a, let kind), .bytes(let b, let other)),
      (.bytes(let b, let kind), .text(let a, let other)):
      kind == other && Int(a.count) == b.count && array(a) == b
    case (.complex(let a, let b), .complex(let c, let d)): a == c && b == d
    case (.global(let a), .global(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }

  /// A number that is the same for equal keys, and different in each run of the program.
  func hash(_ key: PickleValue) -> Int {
    var hasher = Hasher()
    switch identity(key) {
    case .none: break
    case .integer(let value): hasher.combine(value)
    case .number(let bits): hasher.combine(bits)
    case .text(let text, let kind):
      let start = base + Int(text.start)
      let span = storage.span.extracting(start..<start + Int(text.count))
      unsafe span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
      hasher.combine(kind)
    case .bytes(let bytes, let kind):
      unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
      hasher.combine(kind)
    case .complex(let real, let imaginary):
      hasher.combine(real)
      hasher.combine(imaginary)
    case .global(let global): hasher.combine(global)
    case .object(let index): hasher.combine(index)
    }
    return hasher.finalize()
  }

  /// Whether `key` is the string `text`.
  func isText(_ key: PickleValue, _ text: StaticString) -> Bool {
    guard case .text(let place) = key, Int(place.count) == text.utf8CodeUnitCount else {
      return false
    }
    return array(place).elementsEqual("\(text)".utf8)
  }

  /// The hash of the string `text`.
  func hash(_ text: StaticString) -> Int {
    var hasher = Hasher()
    unsafe hasher.combine(
      bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    )
    hasher.combine(Identity.stringKind)
    return hasher.finalize()
  }

  private func areEqual(_ first: PickleText, _ second: PickleText) -> Bool {
    guard first.count == second.count else { return false }
    if first.start == second.start { return true }
    return unsafe storage.span.withUnsafeBytes { bytes in
      guard let start = unsafe bytes.baseAddress?.advanced(by: base) else { return true }
      let (one, other) = unsafe (start + Int(first.start), start + Int(second.start))
      return unsafe memcmp(one, other, Int(first.count)) == 0
    }
  }

  private func array(_ text: PickleText) -> [UInt8] {
    let start = base + Int(text.start)
    return storage.span.array(start..<start + Int(text.count))
  }
}

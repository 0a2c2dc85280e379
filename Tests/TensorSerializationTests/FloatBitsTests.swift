import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Digests of torch's conversions are in conversions.json.
@Suite struct `Float bits` {
  /// The float32 values that the fixture converts: every upper half with nine lower ones, but NaN.
  private var floats: [Float] {
    let lower: [UInt32] = [0, 1, 0x0FFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    return lower.flatMap { low in
      (UInt32(0)..<0x10000).map { Float(bitPattern: $0 << 16 | low) }.filter { !$0.isNaN }
    }
  }

  private func digests(_ name: String) throws -> (to: String?, from: String?) {
    let json = try Fixtures.tensorJSON("conversions.json")[name]
    return (json?["to_float32"]?.stringValue, json?["from_float32"]?.stringValue)
  }

  private func digest<T: FixedWidthInteger>(_ values: [T]) -> String {
    values.map(\.littleEndian).withUnsafeBytes { sha256($0) }
  }

  /// NaN has many bit patterns; torch's fixture holds the plain one.
  private func bits(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern }
  }

  @Test(
    arguments: [
      ("float16", FloatBits.float(float16:), FloatBits.float16),
      ("bfloat16", FloatBits.float(bfloat16:), FloatBits.bfloat16),
    ] as [(String, @Sendable (UInt16) -> Float, @Sendable (Float) -> UInt16)]
  )
  func `match torch in 16 bits`(
    _ name: String,
    _ widen: @Sendable (UInt16) -> Float,
    _ narrow: @Sendable (Float) -> UInt16
  ) throws {
    let expected = try digests(name)
    #expect(digest(bits((0...UInt16.max).map(widen))) == expected.to)
    #expect(digest(floats.map(narrow)) == expected.from)
  }

  @Test(
    arguments: [
      ("float8_e4m3fn", FloatBits.float(float8E4M3:), FloatBits.float8E4M3),
      ("float8_e5m2", FloatBits.float(float8E5M2:), FloatBits.float8E5M2),
      ("float8_e4m3fnuz", FloatBits.float(float8E4M3FNUZ:), FloatBits.float8E4M3FNUZ),
      ("float8_e5m2fnuz", FloatBits.float(float8E5M2FNUZ:), FloatBits.float8E5M2FNUZ),
      ("float8_e8m0fnu", FloatBits.float(float8E8M0:), FloatBits.float8E8M0),
    ] as [(String, @Sendable (UInt8) -> Float, @Sendable (Float) -> UInt8)]
  )
  func `match torch in 8 bits`(
    _ name: String,
    _ widen: @Sendable (UInt8) -> Float,
    _ narrow: @Sendable (Float) -> UInt8
  ) throws {
    let expected = try digests(name)
    #expect(digest(bits((0...UInt8.max).map(widen))) == expected.to)
    #expect(digest(floats.map(narrow)) == expected.from)
  }
}

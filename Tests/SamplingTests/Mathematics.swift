import Foundation

extension Float {
  /// The natural logarithm.
  var logarithm: Float { Float(log(Double(self))) }
  /// The exponential, as `Double`.
  var exponential: Double { exp(Double(self)) }
}

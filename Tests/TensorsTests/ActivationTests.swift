import Glibc
import Tensors
import TestSupport
import Testing

@Suite struct `Activation` {
  let pool = WorkerPool(threadCount: 2)

  private func activation(_ fixture: OperationFixture) -> GatedActivation {
    fixture.numbers.activation == "silu" ? .silu : .geluTanh
  }

  @Test(arguments: OperationFixture.all("gate"))
  func `equals torch, special numbers included`(_ fixture: OperationFixture) {
    let expected = fixture.vector("y")
    var y = fixture.matrix("gate")
    let up = fixture.matrix("up")
    y.activate(activation(fixture), thenMultiplyBy: up, on: pool)
    // Torch's tanh loses digits near -1; ours does not.
    let floor: Float = fixture.numbers.activation == "silu" ? 0 : 1
    #expect(greatestUlps(y.storage, expected, atLeast: floor) <= 5)
  }

  @Test(arguments: OperationFixture.all("activation"))
  func `without a gate equals torch, special numbers included`(_ fixture: OperationFixture) {
    let activation: Tensors.Activation =
      fixture.numbers.activation == "gelu" ? .gelu : .geluTanh
    var y = fixture.matrix("x")
    y.activate(activation, bias: [Float](repeating: 0, count: y.columnCount), on: pool)
    #expect(greatestUlps(y.storage, fixture.vector("y"), atLeast: 1) <= 4)
  }

  @Test func `GELU is as near as it says`() {
    let numbers = stride(from: Float(-16), through: 16, by: 0.0037).map(\.self)
    var y = Matrix(rowCount: 1, columnCount: numbers.count, storage: numbers)
    y.activate(.gelu, bias: numbers.map { _ in 0 }, on: pool)
    for (x, y) in zip(numbers, y.storage) {
      let exact = Double(x) * erfc(-Double(x) / 2.0.squareRoot()) / 2
      #expect(abs(Double(y) - exact) <= 5e-7 * Double(x.magnitude))
    }
  }

  @Test(arguments: [GatedActivation.silu, .geluTanh])
  func `halves of one matrix give what two matrices give`(_ activation: GatedActivation) {
    var random = SeededGenerator(5)
    let (gate, up) = (Matrix.uniform(3, 37, using: &random), Matrix.uniform(3, 37, using: &random))
    let rows = (0..<3).flatMap { Array(gate.row($0)) + up.row($0) }
    var separate = gate
    separate.activate(activation, thenMultiplyBy: up, on: pool)
    let joined = Matrix(rowCount: 3, columnCount: 74, storage: rows)
    #expect(joined.gated(by: activation, on: pool) == separate)
  }

  @Test func `SiLU is within 4 ulp`() {
    let numbers = stride(from: Float(-100), through: 100, by: 0.037).map(\.self)
    var y = Matrix(rowCount: 1, columnCount: numbers.count, storage: numbers)
    let ones = Matrix(
      rowCount: 1,
      columnCount: numbers.count,
      storage: numbers.map { _ in 1 }
    )
    y.activate(.silu, thenMultiplyBy: ones, on: pool)
    let exact = numbers.map { Float(Double($0) / (1 + exp(-Double($0)))) }
    // Below -88.7, e^-x overflows as it does in torch, and a result near 1e-37 becomes 0.
    #expect(greatestUlps(y.storage, exact, atLeast: 0x1p-98) <= 4)
  }

  @Test func `sums and biases are plain sums`() {
    var x = Matrix(rowCount: 2, columnCount: 3, storage: [1, 2, 3, 4, 5, 6])
    x += Matrix(rowCount: 2, columnCount: 3, storage: [10, 20, 30, 40, 50, 60])
    #expect(x.storage == [11, 22, 33, 44, 55, 66])
    x.add(bias: [1, 0, -1])
    #expect(x.storage == [12, 22, 32, 45, 55, 65])
  }
}

@Suite struct `Softmax` {
  @Test(arguments: OperationFixture.all("softmax"))
  func `equals torch, special numbers included`(_ fixture: OperationFixture) {
    var y = fixture.matrix("x")
    y.applySoftmax(on: WorkerPool(threadCount: 2))
    #expect(greatestUlps(y.storage, fixture.vector("y"), atLeast: 1e-30) <= 4)

    var row = Array(fixture.matrix("x").row(0))
    row.applySoftmax()
    #expect(row == Array(y.row(0)))
  }

  @Test func `there are fixtures`() {
    #expect(OperationFixture.all("activation").count == 2)
    #expect(OperationFixture.all("softmax").count == 1)
    #expect(OperationFixture.all("gate").count == 2)
  }
}

import Tensors
import Testing

@Suite struct `Normalization` {
  let pool = WorkerPool(threadCount: 2)

  @Test(arguments: OperationFixture.all("norm"))
  func `equals transformers' norm`(_ fixture: OperationFixture) {
    let x = fixture.matrix("x")
    let weight = fixture.vector("weight")
    let epsilon = fixture.numbers.epsilon
    let y = x.rootMeanSquareNormalized(weight: weight, epsilon: epsilon, on: pool)
    #expect(greatestUlps(y.storage, fixture.vector("y")) <= 4)

    var inPlace = x
    inPlace.normalizeByRootMeanSquare(weight: weight, epsilon: epsilon, on: pool)
    #expect(inPlace == y)
  }

  @Test(arguments: OperationFixture.all("norm"))
  func `adds before it normalizes`(_ fixture: OperationFixture) {
    guard fixture.vector("weight").count == fixture.matrix("x").columnCount else { return }
    var h = fixture.matrix("x")
    let delta = fixture.matrix("delta")
    let y = h.add(
      delta,
      thenNormalizeWith: fixture.vector("weight"),
      epsilon: fixture.numbers.epsilon,
      on: pool
    )
    #expect(greatestUlps(y.storage, fixture.vector("sum")) <= 4)
    #expect(h.storage == zip(fixture.vector("x"), delta.storage).map { $0 + $1 })
  }

  @Test(arguments: OperationFixture.all("layerNorm"))
  func `with mean and shift equals torch's LayerNorm`(_ fixture: OperationFixture) {
    var h = fixture.matrix("x")
    h.add(
      fixture.matrix("delta"),
      bias: fixture.vector("bias"),
      thenCenterWith: fixture.vector("weight"),
      shift: fixture.vector("shift"),
      epsilon: fixture.numbers.epsilon,
      on: pool
    )
    // The expected numbers are float64's.
    #expect(greatestUlps(h.storage, fixture.vector("y"), atLeast: 1) <= 8)
  }

  @Test func `there are fixtures`() {
    #expect(OperationFixture.all("layerNorm").count == 3)
    #expect(OperationFixture.all("norm").count == 4)
  }

  @Test func `an empty matrix stays empty`() {
    let empty = Matrix(rowCount: 0, columnCount: 8)
    let weight = [Float](repeating: 1, count: 8)
    #expect(empty.rootMeanSquareNormalized(weight: weight, epsilon: 0, on: pool).rowCount == 0)
  }
}

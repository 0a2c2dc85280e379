import Tensors
import Testing

@Suite struct `Rotation` {
  let pool = WorkerPool(threadCount: 2)

  private func rotated(_ fixture: OperationFixture) -> Matrix {
    var x = fixture.matrix("x")
    let table = RotationTable(
      positions: fixture.numbers.positions,
      inverseFrequencies: fixture.vector("inverseFrequencies"),
      scale: fixture.numbers.scale
    )
    x.rotate(
      by: table,
      headSize: fixture.numbers.headSize,
      layout: fixture.numbers.layout == "halves" ? .halves : .interleaved,
      on: pool
    )
    return x
  }

  @Test(arguments: OperationFixture.all("rotation"))
  func `equals transformers' rotation`(_ fixture: OperationFixture) {
    // A sum of two products may cancel, so the unit is that of numbers around 1.
    #expect(greatestUlps(rotated(fixture).storage, fixture.vector("y"), atLeast: 1) <= 4)
  }

  @Test func `there are fixtures`() {
    #expect(OperationFixture.all("rotation").count == 4)
  }

  @Test func `numbers beyond the pairs stay as they are`() {
    let x = Matrix(rowCount: 1, columnCount: 6, storage: [1, 2, 3, 4, 5, 6])
    var y = x
    let table = RotationTable(positions: [3], inverseFrequencies: [1])
    y.rotate(by: table, headSize: 3, layout: .halves, on: pool)
    #expect(y[0, 2] == 3)
    #expect(y[0, 5] == 6)
    #expect(y[0, 0] != 1)
  }
}

import Tensors

/// Numbers as a cache keeps them, by the definition of each type.
enum RoundedNumbers {
  /// Rows [n, heads * headSize] of keys or values.
  static func matrix(
    _ rows: Matrix,
    headSize: Int,
    _ type: KeyValueCache.ElementType
  ) -> Matrix {
    switch type {
    case .float32: return rows
    case .float16:
      return mapped(rows) { Float(Float16(min(max($0, -65504), 65504))) }
    case .bfloat16:
      return mapped(rows) { x in
        // Of the two nearest the one that is nearer, of equally near ones the even one.
        let below = Float(bitPattern: x.bitPattern & 0xFFFF_0000)
        let above = Float(bitPattern: (x.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
        let (down, up) = (abs(x - below), abs(above - x))
        if down == up { return below.bitPattern & 0x1_0000 == 0 ? below : above }
        return down < up ? below : above
      }
    case .q8_0:
      var result = rows
      for row in 0..<rows.rowCount {
        for head in stride(from: 0, to: rows.columnCount, by: headSize) {
          for first in stride(from: head, to: head + headSize, by: 32) {
            let columns = first..<min(first + 32, head + headSize)
            let scale = (columns.map { abs(rows[row, $0]) }.max() ?? 0) / 127
            guard scale > 0 else { continue }
            let inverse = 1 / scale
            for column in columns {
              result[row, column] =
                (rows[row, column] * inverse).rounded(.toNearestOrEven) * scale
            }
          }
        }
      }
      return result
    }
  }

  private static func mapped(_ rows: Matrix, _ round: (Float) -> Float) -> Matrix {
    Matrix(
      rowCount: rows.rowCount,
      columnCount: rows.columnCount,
      storage: rows.storage.map(round)
    )
  }
}

import Tensors
import Tokenization

/// Texts that wait for their vectors, in the order of their requests.
struct EmbeddingQueue {
  typealias Continuation = CheckedContinuation<Matrix, any Error>

  private struct Request {
    let id: Int
    let pooling: Pooling
    let continuation: Continuation
    /// Those that are not done yet.
    var texts: ArraySlice<[TokenID]>
    var vectors: Matrix
  }

  /// Texts to encode together.
  struct Batch {
    let pooling: Pooling
    fileprivate(set) var texts: [[TokenID]] = []
    /// Whose texts they are, and how many.
    fileprivate var shares: [(id: Int, count: Int)] = []
  }

  private var requests: [Request] = []
  /// Requests that are not done.
  var count: Int { requests.count }

  /// Takes up a request for the vectors of `texts`, each of `width` numbers.
  mutating func add(
    _ id: Int,
    _ texts: [[TokenID]],
    _ pooling: Pooling,
    width: Int,
    _ continuation: Continuation
  ) {
    requests.append(
      Request(
        id: id,
        pooling: pooling,
        continuation: continuation,
        texts: texts[...],
        vectors: Matrix(rowCount: 0, columnCount: width)
      )
    )
  }

  /// Forgets a request; `nil` if it is done.
  mutating func remove(_ id: Int) -> Continuation? {
    guard let index = requests.firstIndex(where: { $0.id == id }) else { return nil }
    return requests.remove(at: index).continuation
  }

  /// The next texts: of all requests that pool as the first one does, up to `tokenCount` tokens,
  /// but always one text. A request that is not done by then goes behind the others.
  mutating func next(tokenCount: Int) -> Batch? {
    guard let pooling = requests.first?.pooling else { return nil }
    var batch = Batch(pooling: pooling)
    var room = tokenCount
    for index in requests.indices where requests[index].pooling == pooling {
      var count = 0
      while let text = requests[index].texts.first, text.count <= room || batch.texts.isEmpty {
        batch.texts.append(requests[index].texts.removeFirst())
        room -= text.count
        count += 1
      }
      if count > 0 { batch.shares.append((requests[index].id, count)) }
    }
    requests.append(requests.removeFirst())
    return batch
  }

  /// Hands out the vectors of `batch`; returns the requests that are done.
  mutating func complete(_ batch: Batch, _ vectors: Matrix) -> [(Continuation, Matrix)] {
    var start = 0
    for (id, count) in batch.shares {
      if let index = requests.firstIndex(where: { $0.id == id }) {
        requests[index].vectors.append(vectors.rows(start..<start + count))
      }
      start += count
    }
    // What has no texts left and is in no batch has all its vectors: batches come one at a time.
    let done = requests.filter(\.texts.isEmpty)
    requests.removeAll(where: \.texts.isEmpty)
    return done.map { ($0.continuation, $0.vectors) }
  }

  /// Forgets the requests that have texts in `batch`.
  mutating func abandon(_ batch: Batch) -> [Continuation] {
    batch.shares.compactMap { remove($0.id) }
  }

  /// Forgets all requests.
  mutating func removeAll() -> [Continuation] {
    defer { requests = [] }
    return requests.map(\.continuation)
  }
}

import NIOCore
import Synchronization

/// Tells when the client of a connection goes away.
struct Disconnection: Sendable {
  private let channel: any Channel

  init(_ channel: any Channel) { self.channel = channel }

  /// A listener that is called until its end.
  struct Watch: Sendable {
    fileprivate let handler: DisconnectionHandler?
    fileprivate let id: Int

    /// Stops listening.
    func end() { handler?.remove(id) }
  }

  /// Calls `listener` if the client goes away before the watch's end.
  func watch(_ listener: @escaping @Sendable () -> Void) async -> Watch {
    guard let handler = await handler() else { return Watch(handler: nil, id: 0) }
    return Watch(handler: handler, id: handler.add(listener))
  }

  /// The handler of the connection; tests that have no connection have none.
  private func handler() async -> DisconnectionHandler? {
    let channel = channel
    return try? await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: DisconnectionHandler.self)
    }.get()
  }
}

/// Sees the end of a connection in its pipeline.
///
/// Reading goes on while an answer is written, so the client's end is seen at once.
final class DisconnectionHandler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = NIOAny
  private struct State {
    var isClosed = false
    var lastID = 0
    var listeners: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  /// Calls `listener` at the connection's end, at once if that has come.
  func add(_ listener: @escaping @Sendable () -> Void) -> Int {
    let (id, isClosed) = state.withLock { state in
      state.lastID += 1
      state.listeners[state.lastID] = listener
      return (state.lastID, state.isClosed)
    }
    if isClosed { listener() }
    return id
  }

  func remove(_ id: Int) { state.withLock { $0.listeners[id] = nil } }

  func channelInactive(context: ChannelHandlerContext) {
    close()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { close() }
    context.fireUserInboundEventTriggered(event)
  }

  private func close() {
    let listeners = state.withLock { state in
      state.isClosed = true
      defer { state.listeners = [:] }
      return state.listeners.values
    }
    for listener in listeners { listener() }
  }
}

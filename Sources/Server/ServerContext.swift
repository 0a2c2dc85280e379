import Hummingbird
import Logging
import NIOCore

/// What belongs to one request: Hummingbird's own things, and the connection's end.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let disconnection: Disconnection

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    disconnection = Disconnection(source.channel)
  }
}

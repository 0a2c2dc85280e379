import Engine
import Server

extension ServedModel {
  /// The model at `path`, its weights bound as `loading` says, ready for what it is wanted for and can do.
  init(
    path: String,
    _ runner: ServeOptions.Runner,
    _ options: EngineOptions,
    _ server: ServerOptions,
    _ loading: LoadingOptions
  ) throws {
    let isEncoder: Bool
    do {
      isEncoder = try EmbeddingModel.isEncoder(path: path)
    } catch {
      // Files that say how to make vectors, and are wrong, do not matter to a decoder's texts.
      guard runner != .pooling, (try? LoadedModel(path: path)) != nil else { throw error }
      isEncoder = false
    }
    if isEncoder, runner == .generate {
      throw CommandError("'\(path)' is an encoder, which makes vectors and generates no text")
    }
    if isEncoder || runner == .pooling {
      let embedder = try Embedder(
        try EmbeddingModel(path: path, loading),
        maxTextLength: options.maxModelLength,
        threadCount: options.threadCount
      )
      self.init(embedding: embedder, isEncoder ? nil : try LoadedModel(path: path), server)
    } else {
      let loaded = try LoadedModel(path: path, loading)
      let engine = try InferenceEngine(loaded, options)
      // A decoder that cannot make vectors still generates; asked for vectors, it is refused.
      let embedder = runner == .generate ? nil : try? Embedder(loaded, on: engine)
      self.init(loaded, engine, embedder: embedder, server)
    }
  }
}

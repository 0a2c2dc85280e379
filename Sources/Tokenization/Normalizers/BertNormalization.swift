/// What BERT does to a text before it is cut: control characters go, every white space is a space,
/// ideographs stand apart, accents and capitals go where the model is "uncased".
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/normalizers/bert.rs
struct BertNormalization: Sendable, Equatable {
  var cleansText = true
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  /// The rewritten text.
  func apply(to text: TracedText) -> TracedText {
    var text = text
    if cleansText || separatesIdeographs { text = cleaned(text) }
    if stripsAccents {
      text = Normalizer.filtered(NormalForm.nfd.apply(to: text), without: .nonspacingMark)
    }
    if lowercases { text = Normalizer.lowercased(text) }
    return text
  }

  private func cleaned(_ text: TracedText) -> TracedText {
    let span = text.bytes.span
    var rewriter = TextRewriter(text)
    var index = 0
    while index < span.count {
      if span[index] >= 0x20, span[index] < 0x7F {
        index += 1
        continue
      }
      let scalar = span.scalar(at: index)
      let classes = ScalarClass(scalar.value)
      let end = index + scalar.length
      if cleansText, classes.contains(.unclean) {
        rewriter.keep(to: index)
        rewriter.skip(to: end)
      } else if cleansText, classes.contains(.space) {
        rewriter.keep(to: index)
        rewriter.replace(to: end, with: CollectionOfOne(0x20))
      } else if separatesIdeographs, classes.contains(.ideograph) {
        rewriter.keep(to: index)
        rewriter.replace(to: index, with: CollectionOfOne(0x20))
        rewriter.keep(to: end)
        rewriter.insert(CollectionOfOne(0x20))
      }
      index = end
    }
    rewriter.keep(to: span.count)
    return rewriter.output
  }
}

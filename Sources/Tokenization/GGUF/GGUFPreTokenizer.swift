/// What the name in `tokenizer.ggml.pre` stands for.
///
/// The names are llama.cpp's; the expressions are those of the models' tokenizer.json.
/// Source: https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
struct GGUFPreTokenizer {
  /// How tokens and texts are spelled.
  enum Spelling {
    /// In the byte alphabet.
    case bytes
    /// As they are, with U+2581 for a space and `<0xHH>` for bytes that no token has.
    case signs
    /// As they are.
    case plain
  }

  var steps: [PreTokenizer]
  var normalizer: Normalizer?
  var ignoresMerges = false
  var addsBeginOfSequence = false
  var spelling = Spelling.bytes

  /// The pre-tokenizer called `name`; files of before these names have none.
  ///
  /// - Throws: `TokenizerError` for a name that is not known: texts would be cut wrongly.
  init(name: String?) throws(TokenizerError) {
    switch name ?? "default" {
    case "default", "":
      steps = try Self.regexes(
        #"[\p{P}\$\+<=>\^~\|]+"#,
        Patterns.gpt2,
        #"\p{N}+"#,
        "[0-9][0-9][0-9]"
      )
    case "falcon":
      // Digits are looked for among the characters that stand for bytes, as in tokenizer.json.
      steps = [
        .punctuation(.contiguous),
        .byteLevel(addsPrefixSpace: false, cutsWords: true, mapsBytes: true),
        .digits(individual: false),
      ]
      steps += try Self.regexes("[0-9][0-9][0-9]")
    case "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "gigachat", "a.x-4.0",
      "mellum", "modern-bert", "exaone4", "mpt", "jais", "trillion", "granite-docling",
      "roberta-bpe", "jina-v1-en", "jina-v2-code":
      steps = [Self.words(.gpt2)]
    case "olmo":
      steps = [Self.words(.gpt2)]
      normalizer = .nfc
    case "smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2":
      steps = [.digits(individual: true), Self.words(.gpt2)]
    case "command-r":
      steps = [.digits(individual: true), Self.words(.gpt2)]
      normalizer = .nfc
    case "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
      "jina-v5-nano":
      steps = [Self.words(.llama3)]
      (ignoresMerges, addsBeginOfSequence) = (true, true)
    case "dbrx", "smaug-bpe", "chatglm-bpe": steps = [Self.words(.llama3)]
    case "glm4", "glm5":
      steps = [Self.words(.llama3)]
      ignoresMerges = true
    case "qwen2", "stablelm2", "hunyuan", "solar-open", "megrez", "kormo", "f2llmv2":
      steps = [Self.words(.qwen2)]
      normalizer = .nfc
    case "deepseek-r1-qwen", "grok-2", "bailingmoe", "bailingmoe2", "llada-moe":
      steps = [Self.words(.qwen2)]
    case "qwen35": steps = [Self.words(.qwen35)]
    case "tekken":
      steps = [Self.words(.tekken)]
      (ignoresMerges, addsBeginOfSequence) = (true, true)
    case "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2": steps = [Self.words(.gpt4o)]
    case "gemma4", "granite-embed-multi-311m", "sarvam-moe":
      steps = []
      spelling = .signs
      addsBeginOfSequence = name != "sarvam-moe"
    case "whitespace":
      steps = try Self.regexes(#"\S+"#)
      spelling = .plain
    case let name: self = try GGUFPreTokenizer(rareName: name)
    }
  }

  /// The pre-tokenizers that one model or a few have.
  private init(rareName name: String) throws(TokenizerError) {
    switch name {
    case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4":
      steps = [
        Self.threeDigits, .split(.hanAndKana, .isolated, inverted: false), Self.words(.deepSeekV3),
      ]
    case "spark2_5":
      steps = [Self.threeDigits, .split(.hanAndKana, .isolated, inverted: false)]
      steps += try Self.regexes(Patterns.spark, #"\p{N}"#)
    case "deepseek-llm":
      steps = try Self.regexes(
        "[\r\n]",
        "\\s?[\(Patterns.deepSeekLetters)]+",
        "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+",
        #"\s+$"#,
        "[一-龥ࠀ-一가-\u{D7FF}]+"
      )
      steps.append(.digits(individual: true))
    case "deepseek-coder":
      steps = try Self.regexes("[\r\n]", #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥ࠀ-一가-\u{D7FF}]+")
      steps.append(.digits(individual: true))
    case "poro-chat", "bloom", "gpt3-finnish": steps = try Self.regexes(Patterns.bloom)
    case "viking":
      steps = try Self.regexes(Patterns.bloom)
      steps.append(.digits(individual: true))
    case "seed-coder": steps = try Self.regexes(Patterns.seedCoder)
    case "superbpe": steps = try Self.regexes(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#)
    case "minicpm5":
      steps = [Self.threeDigits] + (try Self.regexes(Patterns.miniCPM))
      ignoresMerges = true
    case "youtu":
      steps = try Self.regexes(Patterns.youtuScripts, Patterns.youtu)
      ignoresMerges = true
    case "jais-2": steps = try Self.regexes(Patterns.jais)
    case "granite-embed-multi-97m":
      steps = [Self.words(.gpt4o)]
      ignoresMerges = true
    case "tiny_aya", "cohere2moe":
      steps = try Self.regexes(#"\d{1,3}(?=(?:\d{3})*\b)"#) + [Self.words(.gpt4o)]
    case "kimi-k2": steps = try Self.regexes(Patterns.kimi)
    case "ufakzeka": steps = try Self.regexes(Patterns.ufakzeka)
    case "afmoe":
      steps = try Self.regexes(#"\p{Nd}{1,3}(?=(?:\p{Nd}{3})*(?!\p{Nd}))"#, Patterns.afmoeScripts)
      steps.append(Self.words(.deepSeekV3))
    case "laguna": steps = try Self.regexes("[^\n]+|[\n]+") + [Self.words(.qwen2)]
    case "exaone-moe": steps = try Self.regexes(Patterns.exaone)
    case "chameleon":
      steps = try Self.regexes(
        "<sentinel:[0-9]+>",
        "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
        "([\t\n]|    |  )"
      )
      steps += [.digits(individual: true), .punctuation(.isolated), Self.words(.gpt2)]
      addsBeginOfSequence = true
    default: throw .unsupported(path: "tokenizer.ggml.pre", name: name)
    }
  }

  private static let threeDigits = PreTokenizer.split(.digits(limit: 3), .isolated, inverted: false)

  private static func words(_ pattern: WordPattern) -> PreTokenizer {
    .split(.words(pattern), .isolated, inverted: false)
  }

  private static func regexes(_ expressions: String...) throws(TokenizerError) -> [PreTokenizer] {
    var steps: [PreTokenizer] = []
    for expression in expressions {
      let pattern = try SplitPattern(expression: expression, path: "tokenizer.ggml.pre")
      steps.append(.split(pattern, .isolated, inverted: false))
    }
    return steps
  }
}

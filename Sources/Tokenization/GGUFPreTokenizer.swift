/// What the name in `tokenizer.ggml.pre` stands for.
///
/// The names are llama.cpp's; the expressions are those of the models' tokenizer.json.
/// Source: https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
struct GGUFPreTokenizer {
  var steps: [PreTokenizer]
  var normalizer: Normalizer?
  var ignoresMerges = false
  var addsBeginOfSequence = false

  /// The pre-tokenizer called `name`; files of before these names have none.
  init(name: String?) throws(TokenizerError) {
    switch name ?? "default" {
    case "default", "falcon":
      let signs = #"[\p{P}\$\+<=>\^~\|`]+"#
      steps = [try Self.regex(signs), Self.words(.gpt2)]
      steps += [.digits(individual: false), try Self.regex("[0-9][0-9][0-9]")]
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
    case "dbrx", "smaug-bpe", "glm4", "chatglm-bpe": steps = [Self.words(.llama3)]
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
    case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4":
      steps = [
        .split(.digits(limit: 3), .isolated, inverted: false),
        .split(.hanAndKana, .isolated, inverted: false), Self.words(.deepSeekV3),
      ]
    case "deepseek-llm":
      steps = try Self.regexes(
        "[\r\n]",
        "\\s?[\(Self.deepSeekLetters)]+",
        "\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+",
        #"\s+$"#,
        "[一-龥ࠀ-一가-\u{D7FF}]+"
      )
      steps.append(.digits(individual: true))
    case "deepseek-coder":
      steps = try Self.regexes("[\r\n]", #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥ࠀ-一가-\u{D7FF}]+")
      steps.append(.digits(individual: true))
    case "poro-chat", "bloom", "gpt3-finnish": steps = try Self.regexes(Self.bloom)
    case "viking":
      steps = try Self.regexes(Self.bloom)
      steps.append(.digits(individual: true))
    case "seed-coder":
      steps = try Self.regexes(
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+"#
          + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
      )
    case "superbpe": steps = try Self.regexes(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#)
    default: throw .unsupported(path: "tokenizer.ggml.pre", name: name ?? "")
    }
  }

  private static let bloom = " ?[^(\\s|.,!?…。，、।۔،)]+"

  /// The letters of alphabets with case, as DeepSeek LLM lists them.
  private static let deepSeekLetters =
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼ\u{1FBE}"
    + "ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ"
    + "𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"

  private static func words(_ pattern: WordPattern) -> PreTokenizer {
    .split(.words(pattern), .isolated, inverted: false)
  }

  private static func regex(_ expression: String) throws(TokenizerError) -> PreTokenizer {
    let pattern = try SplitPattern(expression: expression, path: "tokenizer.ggml.pre")
    return .split(pattern, .isolated, inverted: false)
  }

  private static func regexes(_ expressions: String...) throws(TokenizerError) -> [PreTokenizer] {
    var steps: [PreTokenizer] = []
    for expression in expressions { steps.append(try regex(expression)) }
    return steps
  }
}

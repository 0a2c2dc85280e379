extension GGUFPreTokenizer {
  /// The regular expressions of models' tokenizer.json, as far as no scanner has them.
  enum Patterns {
    private static let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#
    private static let blanks = #"|\s+(?!\S)|\s+"#
    private static let word = #"[^\r\n\p{L}\p{N}]?\p{L}+"#
    private static let lines = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"#

    static let gpt2 =
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"# + blanks

    static let bloom = " ?[^(\\s|.,!?…。，、।۔،)]+"

    static let seedCoder =
      contractions + "|" + word + #"|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+"# + blanks

    static let miniCPM = contractions + "|" + word + #"|\p{N}+"# + lines + blanks

    static let ufakzeka = word + #"|\p{N}"# + lines + blanks

    static let jais =
      contractions + "|" + word + #"|\p{N}{1,3}"# + lines
      + #"|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)"#
      + #"|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"#

    static let exaone =
      contractions + #"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}"#
      + #"| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]"# + blanks

    static let spark =
      ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##
      + #"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]"# + blanks

    static let youtuScripts =
      "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|[一-龥\u{3040}-ゟ゠-ヿ]+"

    static let youtu = cased(but: "", digits: #"\p{N}"#, signTail: #"[\r\n/]*"#)

    static let kimi =
      #"[\p{Han}]+|"#
      + cased(but: #"&&[^\p{Han}]"#, digits: #"\p{N}{1,3}"#, signTail: #"[\r\n]*"#)

    static let afmoeScripts =
      "[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{8C48}-\u{FAFF}\u{3040}-\u{309F}\u{30A0}-\u{30FF}"
      + "\u{FF65}-\u{FF9F}\u{2F00}-\u{2FDF}\u{0E40}-\u{0E7F}\u{0E80}-\u{0EFF}\u{1780}-\u{17FF}"
      + "\u{1000}-\u{109F}\u{AA60}-\u{AA7F}\u{A9E0}-\u{A9FF}\u{AC00}-\u{D7AF}\u{1100}-\u{11FF}"
      + "]+"

    /// Words by the case of their letters, each with a contraction behind it.
    private static func cased(but exception: String, digits: String, signTail: String) -> String {
      let capitals = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"# + exception + "]"
      let smalls = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}"# + exception + "]"
      let before = #"[^\r\n\p{L}\p{N}]?"#
      return "\(before)\(capitals)*\(smalls)+\(contractions)?"
        + "|\(before)\(capitals)+\(smalls)*\(contractions)?|\(digits)"
        + #"| ?[^\s\p{L}\p{N}]+"# + signTail + #"|\s*[\r\n]+"# + blanks
    }

    /// The letters of alphabets with case, as DeepSeek LLM lists them.
    static let deepSeekLetters =
      "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ"
      + "-Ὅὐ-ὗὙὛὝὟ-\u{1F7D}ᾀ-ᾴᾶ-ᾼ\u{1FBE}ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-\u{1FDB}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212A}"
      + "-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
  }
}

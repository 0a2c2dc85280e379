"""Train small tokenizers and write what the reference makes of some texts.

Usage: python make_tokenizer_fixtures.py   (needs tokenizers 0.23)
Writes tokenizers/*.json: {"tokenizer": <tokenizer.json>, "cases": […], "decodings": […]}.
"""

import json
import pathlib
import random

from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
    trainers)

FOLDER = pathlib.Path(__file__).parent / "tokenizers"

WORDS = (
    "the a river mountain was and old man who lived by sea with his three daughters could not "
    "find any wood in winter so they went to king's castle where it's warm don't you think we'll "
    "see I've 12 345 6789 naïve café Äpfel über größer 東京 日本語 русский язык שלום"
).split()

TEXTS = [
    "", " ", "  ", "\n", "\t\n", "Hello world", " Hello  world!\n\n", "don't WE'LL I'VE it'ſ",
    "12 345 6789 ½ ⅷ ٣", "cafe\u0301 café naïve", "東京タワー、日本語", "🚀 👩‍👩‍👧‍👦 e\u0301🇩🇪",
    "\u0000\u0007", "a\u00a0b\u3000c\u2028d", "<|bos|>text<|eos|>", "x <mask>  y<mask>z",
    "\r\n \r\n  x", "(((a+b)))==c;//", "the old man  who\tlived by the sea",
    "   indented\n        more\n", "ﬁne ﬀ Ⅷ ㎏", "ё е\u0308 й и\u0306", "Å \u212b A\u030a",
    "tokens" * 40, "ab" * 100, "e\u0301" * 30, "a castle, castles and a castle",
]

SPECIAL = ["<unk>", "<|bos|>", "<|eos|>"]


def corpus():
    generator = random.Random(7)
    for _ in range(400):
        line = " ".join(generator.choice(WORDS) for _ in range(12))
        yield line.capitalize() + generator.choice([".", "!", "?\n", ";\r\n", "  "])


def gpt2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer, None


def split(expression):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(expression), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def llama3():
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = split(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    return tokenizer, "<|bos|> $A"


def qwen2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = split(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    return tokenizer, "$A <|eos|>"


def sentencepiece():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0)])
    return tokenizer, "<|bos|> $A"


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>", max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=200, show_progress=False, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(corpus(), trainer)
    finish("bert", tokenizer, "<|bos|> $A <|eos|>", True)


def train(name, make):
    tokenizer, template = make()
    byte_level = name != "sentencepiece"
    special = SPECIAL
    trainer = trainers.BpeTrainer(
        vocab_size=600, show_progress=False,
        special_tokens=special + ([] if byte_level else [f"<0x{b:02X}>" for b in range(256)]),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if byte_level else [])
    if byte_level:
        tokenizer.decoder = decoders.ByteLevel()
    else:
        # Words apart for training only; the tokenizer itself does not cut.
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", "never")
    tokenizer.train_from_iterator(corpus(), trainer)
    data = json.loads(tokenizer.to_str())
    if not byte_level:
        data["pre_tokenizer"] = None
        data["added_tokens"] = [
            token for token in data["added_tokens"] if not token["content"].startswith("<0x")]
    finish(name, Tokenizer.from_str(json.dumps(data)), template, byte_level)


def finish(name, tokenizer, template, finds_normalized):
    tokenizer.add_tokens([
        AddedToken("<mask>", lstrip=True, normalized=False),
        AddedToken("castle", single_word=True, normalized=finds_normalized)])
    if template:
        ids = [(token, tokenizer.token_to_id(token)) for token in SPECIAL[1:] if token in template]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=template, special_tokens=ids)
    cases = []
    for text in TEXTS + [line for line, _ in zip(corpus(), range(20))]:
        ids = tokenizer.encode(text).ids
        cases.append({
            "text": text, "ids": ids,
            "plain": tokenizer.encode(text, add_special_tokens=False).ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=False),
            "decoded_without_special": tokenizer.decode(ids)})
    # Any row of tokens decodes, also one that is no UTF-8.
    decodings = []
    generator = random.Random(11)
    for _ in range(150):
        top = 260 if generator.random() < 0.7 else tokenizer.get_vocab_size()
        ids = [generator.randrange(top) for _ in range(generator.randrange(1, 12))]
        decodings.append({
            "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    fixture = {"tokenizer": json.loads(tokenizer.to_str()), "cases": cases, "decodings": decodings}
    text = json.dumps(fixture, ensure_ascii=False, separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text + "\n")


def main():
    FOLDER.mkdir(exist_ok=True)
    for maker in [gpt2, llama3, qwen2, sentencepiece]:
        train(maker.__name__, maker)
    bert()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compare vocabularies with the libraries that read the same files, on random lines.

Usage: fuzz_vocabularies.py TOKENIZER_LINES [FILE] [--lines N] [--seed S] [--corpus TEXT] [--equal JSON] [--made N] [--join N]
  TOKENIZER_LINES: the tool of that name (Tools/)
  FILE: a SentencePiece .model (sentencepiece), a .tiktoken file or tekken.json (tiktoken), or a
    tokenizer.json (tokenizers); or any file that TokenizerLines reads, with --equal
  --equal JSON: the tokenizer.json of the same vocabulary, which the package tokenizers reads
  --join N: texts of N lines each, as many in all
  --made N: instead of FILE, N small SentencePiece models trained on TEXT with random settings
Prints how many lines were compared and what differs; the exit status is 1 if anything does.
"""

import argparse
import base64
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

PATTERNS = {
    "llama3": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
              r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    "qwen": r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}

SPECIAL = ["▁", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "ﬁ", "½",
           "Å", "e\u0301", "🙂", "👩\u200d👩\u200d👧", "🇩🇪", "한글", "각", "क्षि", "ไทย", "日本", "<s>",
           "</s>", "<unk>", "<0x41>", "\u0300", "\u0001", "ſ", "İ", "㍿", "ﷺ", "\U0001F3FD"]


def lines(seed, count, corpus):
    generator = random.Random(seed)
    words = corpus.split()
    for _ in range(count):
        parts = []
        for _ in range(generator.randrange(1, 14)):
            kind = generator.random()
            if kind < 0.45 and words:
                parts.append(generator.choice(words))
            elif kind < 0.6:
                parts.append(generator.choice(SPECIAL))
            elif kind < 0.75:
                parts.append(chr(generator.randrange(0x20, 0x7F)))
            elif kind < 0.9:
                parts.append(chr(generator.choice(
                    [generator.randrange(0xA0, 0x3000), generator.randrange(0x3000, 0xD7FF),
                     generator.randrange(0xF900, 0xFFFE)])))
            else:
                parts.append(chr(generator.randrange(0x10000, 0x1FB00)))
            if generator.random() < 0.6:
                parts.append(" ")
        yield "".join(parts)


def reference(path):
    """What encodes a line, and what decodes tokens, by the library for the kind of file."""
    data = path.read_bytes()
    data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    if ".json" in path.suffixes and "tekken" not in path.name:
        from tokenizers import Tokenizer
        tokenizer = Tokenizer.from_str(data.decode())
        tokenizer.no_truncation()
        tokenizer.no_padding()

        def encode(text):
            encoding = tokenizer.encode(text, add_special_tokens=False)
            return encoding.ids, [list(offset) for offset in encoding.offsets]
        return encode, lambda ids: tokenizer.decode(ids, skip_special_tokens=False), True
    if path.suffix == ".tiktoken" or "tekken" in path.name:
        import tiktoken
        shift = 0
        if "tekken" in path.name:
            file = json.loads(data)
            config = file["config"]
            shift = config["default_num_special_tokens"]
            size = config["default_vocab_size"] - shift
            ranks = {base64.b64decode(t["token_bytes"]): t["rank"] for t in file["vocab"][:size]}
            pattern = config["pattern"]
        else:
            rows = [line.split() for line in data.splitlines() if line]
            ranks = {base64.b64decode(token): int(rank) for token, rank in rows}
            pattern = PATTERNS["qwen" if "qwen" in path.name else "llama3"]
        encoding = tiktoken.Encoding("file", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        normal = "qwen" in path.name

        def encode(text):
            text = unicodedata.normalize("NFC", text) if normal else text
            return [i + shift for i in encoding.encode(text, disallowed_special=())], None
        return encode, lambda ids: encoding.decode([i - shift for i in ids]), False
    import sentencepiece
    processor = sentencepiece.SentencePieceProcessor(model_proto=data)
    return lambda text: (processor.encode(text), None), processor.decode, False


def train(generator, corpus, path):
    """Trains a small model with random settings; `None` if the trainer refuses them."""
    import sentencepiece
    sentences = generator.sample(corpus.split("\n"), 400)
    kind = generator.choice(["unigram", "bpe"])
    flip = lambda chance=0.5: generator.random() < chance
    settings = {
        "model_type": kind,
        "vocab_size": generator.choice([1200, 2000, 3000]),
        "hard_vocab_limit": False,
        "byte_fallback": flip(),
        "character_coverage": generator.choice([0.98, 0.9995, 1.0]),
        "normalization_rule_name": generator.choice(["nmt_nfkc", "nfkc", "identity", "nmt_nfkc_cf", "nfkc_cf"]),
        "add_dummy_prefix": flip(0.7),
        "remove_extra_whitespaces": flip(),
        "treat_whitespace_as_suffix": flip(0.25),
        "split_digits": flip(),
        "split_by_whitespace": flip(0.8),
        "allow_whitespace_only_pieces": flip(),
        "user_defined_symbols": generator.choice([[], [], ["<extra>", "ing", "ﬁ", "  "]]),
        "control_symbols": generator.choice([[], ["[CLS]"]]),
        "unk_surface": generator.choice([" \u2047 ", "", "?"]),
    }
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences), model_prefix=str(path.with_suffix("")), minloglevel=2, **settings)
    except Exception as error:
        print(f"the trainer refuses {settings}: {error}")
        return None
    return settings


def compare(tool, file, options, corpus, equal=None):
    """How many lines differ."""
    encode, decode, parses = reference(equal or file)
    texts = list(lines(options.seed, options.lines, corpus))
    texts = [" ".join(texts[start : start + options.join]) for start in range(0, len(texts), options.join)]
    questions = "".join(json.dumps({
        "text": text, "add_special_tokens": False, "parse_special_tokens": parses}) + "\n"
        for text in texts)
    run = subprocess.run([tool, str(file)], input=questions, capture_output=True, text=True)
    answers = [json.loads(line) for line in run.stdout.split("\n") if line]
    if len(answers) != len(texts):
        sys.exit(f"{len(answers)} answers to {len(texts)} lines: {run.stderr.strip()}")
    differing = 0
    for text, answer in zip(texts, answers):
        ids, offsets = encode(text)
        wrong = []
        if answer.get("ids") != ids:
            wrong.append(f"ids {answer.get('ids', answer)}, expected {ids}")
        else:
            if offsets is not None and answer["offsets"] != offsets:
                wrong.append(f"offsets {answer['offsets']}, expected {offsets}")
            decoded = decode(ids)
            if answer["decoded"] != decoded:
                wrong.append(f"decoded {answer['decoded']!r}, expected {decoded!r}")
        if wrong:
            differing += 1
            if differing <= 10:
                print(f"{text!r:.2000}: {'; '.join(wrong):.2000}")
    print(f"{file.name}: {options.lines} lines in {len(texts)} texts, {differing} differ", flush=True)
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tool")
    parser.add_argument("file", type=pathlib.Path, nargs="?")
    parser.add_argument("--lines", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--equal", type=pathlib.Path)
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--join", type=int, default=1)
    options = parser.parse_args()
    if not options.file and not (options.made and options.corpus):
        parser.error("a FILE is needed, or --made and --corpus")
    corpus = options.corpus.read_text(errors="replace") if options.corpus else \
        "the quick brown fox jumps over lazy dogs don't naïve café größer русский язык 東京 日本語"
    differing = 0
    if options.file:
        differing = compare(options.tool, options.file, options, corpus, options.equal)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.made):
            path = pathlib.Path(folder, f"made-{options.seed}-{number}.model")
            settings = train(random.Random(f"{options.seed} {number}"), corpus, path)
            here = compare(options.tool, path, options, corpus) if settings else 0
            if here:
                print(f"  {settings}")
            differing += here
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()

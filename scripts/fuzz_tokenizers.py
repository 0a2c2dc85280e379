#!/usr/bin/env python3
"""Compares our tokenizers with Hugging Face tokenizers on random lines.

usage: fuzz_tokenizers.py PROGRAM LINES SEED [TOKENIZER.json[.gz]...]

PROGRAM is TokenizerLines (see Tools/README.md). LINES are divided among the tokenizers; without any, small ones with
random components are made, one for each hundred lines, and some lines are pairs or cut. Of each line ids, types, offsets
and decoded texts must be those of the package tokenizers, with and without special tokens. Prints counts and the first
differences; fails if there are any that are not explained.
"""

import collections
import gzip
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

RANGES = [
    (0x20, 0x7F), (0x20, 0x7F), (0x20, 0x7F), (0x00, 0x20), (0x7F, 0x100), (0x100, 0x250), (0x250, 0x2B0),
    (0x300, 0x370), (0x370, 0x400), (0x400, 0x530), (0x590, 0x600), (0x600, 0x700), (0x900, 0x980), (0xE00, 0xE80),
    (0x1100, 0x1200), (0x1E00, 0x2000), (0x2000, 0x2070), (0x2070, 0x20D0), (0x20D0, 0x2100), (0x2100, 0x2200),
    (0x2460, 0x2500), (0x2580, 0x25A0), (0x3000, 0x3100), (0x3400, 0x3500), (0x4E00, 0x5000), (0xAC00, 0xAD00),
    (0xD7B0, 0xD800), (0xE000, 0xE010), (0xF900, 0xFB00), (0xFB00, 0xFB50), (0xFDD0, 0xFE00), (0xFE00, 0xFE10),
    (0xFE70, 0xFF00), (0xFF00, 0x10000), (0x10000, 0x10100), (0x1D400, 0x1D500), (0x1F300, 0x1F700),
    (0x1F900, 0x1FB00), (0x20000, 0x20100), (0x2F800, 0x2FA20), (0x31350, 0x31400), (0xE0000, 0xE0100),
    (0x10FFF0, 0x110000), (0x80, 0x110000),
]  # fmt: skip
WORDS = (
    "the of and don't I'm we'LL YOU'RE it's 1234 3.14 1,000,000 foo_bar fooBar HTTPServer naïve Straße İstanbul "
    "ﬁne ½ ² Ⅷ 日本語 テキスト 한국어 नमस्ते สวัสดี שלום مرحبا Ελληνικά Русский 👩‍👩‍👧‍👦 🇩🇪 👍🏽 e\u0301 a\u0323\u0302 "
    "▁ ▁▁ <0x41> ## Ġ Ċ http://a.b/c?d=e&f#g user@example.com \u200d \ufeff \u200b \u2028 \u0085 \u00a0 \u3000 ' '' \" … — "
    "!!! ?? ( ) [ ] { } <| |> \\ / * + = == != -> __init__ #include $x @y ~ ` ^ % & ;"
).split(" ")
EMPTY_MATCHES = {r"(?=[A-Z])", r"\b"}
SPACES = [" ", " ", " ", "", "", "  ", "\t", "\n", "\r\n", "\n\n", "   ", "\u00a0", " \n "]


def scalar(rng):
    while True:
        low, high = rng.choice(RANGES)
        value = rng.randrange(low, high)
        if not 0xD800 <= value < 0xE000:
            return chr(value)


def line(rng, special):
    kind = rng.random()
    if kind < 0.08:  # a long run
        unit = rng.choice([scalar(rng), rng.choice(WORDS), rng.choice(SPACES) or " "])
        return scalar(rng) * rng.randrange(2) + unit * rng.randrange(1, 200) + rng.choice(WORDS)
    if kind < 0.2:  # anything at all
        return "".join(scalar(rng) for _ in range(rng.randrange(0, 30)))
    parts = []
    for _ in range(rng.randrange(0, 16)):
        choice = rng.random()
        if choice < 0.6:
            parts.append(rng.choice(WORDS))
        elif choice < 0.7 and special:
            text = rng.choice(special)
            cut = rng.randrange(len(text) + 1) if rng.random() < 0.2 else len(text)
            parts.append(rng.choice([str, str, str, str.upper])(text[:cut]))
        else:
            parts.append("".join(scalar(rng) for _ in range(rng.randrange(1, 5))))
        parts.append(rng.choice(SPACES))
    return "".join(parts)


def scored_pieces(rng, corpus, special, bytes_too):
    """Parts of words, all characters of most, and, on request, a piece for every byte."""
    words = [word for text in corpus for word in text.split(" ") if word]
    pieces = {word[start : start + rng.randrange(1, 8)] for word in words for start in range(0, len(word), 2)}
    pieces |= {character for word in rng.sample(words, len(words) // 2) for character in word}
    pieces |= {"▁" + piece for piece in rng.sample(sorted(pieces), len(pieces) // 3)} | {"▁", " "}
    names = [f"<0x{byte:02X}>" for byte in range(256)] if bytes_too else []
    rest = sorted(pieces - set(special) - set(names))
    return [(name, 0.0) for name in special + names] + [(piece, -rng.random() * 12) for piece in rest]


def random_tokenizer(rng):
    """A small tokenizer.json of random components."""
    corpus = [" ".join(rng.choice(WORDS) for _ in range(12)) for _ in range(60)]
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    kind = rng.choice(["BPE", "BPE", "BPE", "WordPiece", "WordLevel", "Unigram"])
    byte_level = kind == "BPE" and rng.random() < 0.5
    alphabet = pre_tokenizers.ByteLevel.alphabet() if byte_level else []
    if kind == "BPE":
        options = {"unk_token": rng.choice([None, "[UNK]"]), "fuse_unk": rng.random() < 0.5}
        extra = {}
        if rng.random() < 0.25:
            extra["continuing_subword_prefix"] = "##"
        if rng.random() < 0.25:
            extra["end_of_word_suffix"] = "</w>"
        tokenizer = Tokenizer(models.BPE(**options, **extra))
        trainer = trainers.BpeTrainer(
            vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False, **extra
        )
    elif kind == "WordPiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=rng.choice([5, 100])))
        trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    elif kind == "WordLevel":
        tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
        trainer = trainers.WordLevelTrainer(vocab_size=200, special_tokens=special, show_progress=False)
    else:
        bytes_too = rng.random() < 0.3
        tokenizer = Tokenizer(models.Unigram(scored_pieces(rng, corpus, special, bytes_too), 0, bytes_too))
        tokenizer.add_special_tokens(special)
    if kind != "Unigram":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel() if byte_level else pre_tokenizers.WhitespaceSplit()
        tokenizer.train_from_iterator(corpus, trainer)
    file = json.loads(tokenizer.to_str())
    model = file["model"]
    if kind == "BPE":
        if rng.random() < 0.3 and not any(" " in part for pair in model["merges"] for part in pair):
            model["merges"] = [" ".join(pair) for pair in model["merges"]]  # as older files have them
        model["ignore_merges"] = rng.random() < 0.3
        if rng.random() < 0.3:
            model["byte_fallback"] = True
            for byte in range(256):
                model["vocab"].setdefault(f"<0x{byte:02X}>", len(model["vocab"]))
    ids = model["vocab"] if kind != "Unigram" else {piece: number for number, (piece, _) in enumerate(model["vocab"])}
    flip = lambda: rng.random() < 0.5
    pattern = lambda: rng.choice(
        [{"String": rng.choice([" ", "a", "e", "▁", "ll"])}]
        + [{"Regex": x} for x in (r"\s+", r"\p{N}{1,3}", r"[aeiou]", r"\p{L}+|\p{P}", r"(?=[A-Z])", r"\w+", r"^.", r"\b")]
    )
    normalizers = [
        lambda: {"type": rng.choice(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel"])},
        lambda: {"type": rng.choice(["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"])},
        lambda: {"type": "Strip", "strip_left": flip(), "strip_right": flip()},
        lambda: {"type": "Prepend", "prepend": rng.choice(["▁", "ab"])},
        lambda: {"type": "Replace", "pattern": pattern(), "content": rng.choice(["", "▁", "xyz", " "])},
        lambda: {
            "type": "BertNormalizer", "clean_text": flip(), "handle_chinese_chars": flip(),
            "strip_accents": rng.choice([None, True, False]), "lowercase": flip(),
        },
    ]  # fmt: skip
    behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
    cuts = [
        lambda: {"type": rng.choice(["Whitespace", "WhitespaceSplit", "BertPreTokenizer", "UnicodeScripts"])},
        lambda: {"type": "CharDelimiterSplit", "delimiter": rng.choice(["-", " ", "e"])},
        lambda: {"type": "Digits", "individual_digits": flip()},
        lambda: {"type": "FixedLength", "length": rng.randrange(1, 9)},
        lambda: {"type": "Punctuation", "behavior": rng.choice(behaviors)},
        lambda: {"type": "Split", "pattern": pattern(), "behavior": rng.choice(behaviors), "invert": flip()},
        lambda: {
            "type": "Metaspace", "replacement": "▁", "split": flip(),
            "prepend_scheme": rng.choice(["always", "never", "first"]),
        },
    ]  # fmt: skip
    bytes_last = {"type": "ByteLevel", "add_prefix_space": flip(), "trim_offsets": flip(), "use_regex": flip()}
    some = lambda makers, most: [rng.choice(makers)() for _ in range(rng.randrange(most + 1))]
    group = lambda name, parts: None if not parts else parts[0] if len(parts) == 1 else {"type": "Sequence", name: parts}
    file["normalizer"] = group("normalizers", some(normalizers, 3))
    file["pre_tokenizer"] = group("pretokenizers", some(cuts, 2) + ([bytes_last] if byte_level else []))
    pair = lambda token: [token, ids[token]]
    token = lambda name, kind: {"SpecialToken": {"id": name, "type_id": kind}}
    text = lambda name, kind: {"Sequence": {"id": name, "type_id": kind}}
    trim = {"type": "ByteLevel", "add_prefix_space": flip(), "trim_offsets": flip(), "use_regex": True}
    template = {
        "type": "TemplateProcessing",
        "single": [token("[CLS]", 0), text("A", 0), token("[SEP]", 0)],
        "pair": [token("[CLS]", 0), text("A", 0), token("[SEP]", 0), text("B", 1), token("[SEP]", 1)],
        "special_tokens": {x: {"id": x, "ids": [ids[x]], "tokens": [x]} for x in ("[CLS]", "[SEP]")},
    }
    file["post_processor"] = rng.choice([
        None, trim, template, {"type": "Sequence", "processors": [trim, template]},
        {"type": "BertProcessing", "sep": pair("[SEP]"), "cls": pair("[CLS]")},
        {"type": "RobertaProcessing", "sep": pair("[SEP]"), "cls": pair("[CLS]"), "trim_offsets": flip(), "add_prefix_space": flip()},
    ])  # fmt: skip
    decoders = [
        lambda: {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        lambda: {"type": "WordPiece", "prefix": "##", "cleanup": flip()},
        lambda: {"type": "Metaspace", "replacement": "▁", "split": True, "prepend_scheme": rng.choice(["always", "never"])},
        lambda: {"type": "BPEDecoder", "suffix": "</w>"},
        lambda: {"type": "CTC", "pad_token": "[PAD]", "word_delimiter_token": "e", "cleanup": flip()},
        lambda: {"type": "ByteFallback"},
        lambda: {"type": "Fuse"},
        lambda: {"type": "Strip", "content": rng.choice([" ", "a", "▁"]), "start": rng.randrange(3), "stop": 0},
        lambda: {"type": "Replace", "pattern": pattern(), "content": rng.choice(["", " ", "xyz"])},
    ]
    file["decoder"] = group("decoders", some(decoders, 3))
    for number in range(rng.randrange(4)):
        file["added_tokens"].append({
            "id": len(ids) + number, "content": rng.choice(["<s>", "foo", "ab c", "É", "I'm", "x"]) + str(number),
            "single_word": flip(), "lstrip": flip(), "rstrip": flip(), "normalized": flip(), "special": flip(),
        })  # fmt: skip
    return json.dumps(file).encode()


def question(rng, special, is_mixed):
    result = {"text": line(rng, special), "add_special_tokens": rng.random() < 0.5}
    if is_mixed and rng.random() < 0.3:
        result["pair"] = line(rng, special)
    if is_mixed and rng.random() < 0.3:
        result |= {"max_length": rng.randrange(1, 12), "stride": rng.randrange(3)}
        result["strategy"] = rng.choice(["longest_first", "only_first", "only_second"])
        result["direction"] = rng.choice(["left", "right"])
    return result


def expected(tokenizer, question):
    """What the reference says; `None` if it cannot be asked."""
    if "max_length" in question:
        keys = ("max_length", "stride", "strategy", "direction")
        try:
            tokenizer.enable_truncation(**{key: question[key] for key in keys})
        except ValueError:  # its Python binding wants room for special tokens even where none are added
            return None
    try:
        encoding = tokenizer.encode(
            question["text"], question.get("pair"), add_special_tokens=question["add_special_tokens"]
        )
    finally:
        tokenizer.no_truncation()
    return {
        "ids": encoding.ids,
        "offsets": [list(pair) for pair in encoding.offsets],
        "type_ids": encoding.type_ids,
        "overflow": [part.ids for part in encoding.overflowing],
        "decoded": tokenizer.decode(encoding.ids, skip_special_tokens=False),
        "decoded_skip": tokenizer.decode(encoding.ids, skip_special_tokens=True),
    }


def is_panic(error):
    """Whether the reference has met an error of its own, which is no verdict on the text."""
    return type(error).__name__ == "PanicException"


def reason(tokenizer, file):
    """Why texts may differ: a habit of the reference that ours does not share; `None` if there is no excuse."""
    added = [token for token in tokenizer.get_added_tokens_decoder().values() if token.normalized]
    spellings = [tokenizer.normalizer.normalize_str(token.content) for token in added] if tokenizer.normalizer else []
    if "" in spellings:
        # It finds such a token between any two bytes, and panics if they are of one character. Ours never finds it.
        return "an added token of which the normalizer leaves nothing"
    if len(spellings) > len(set(spellings)):
        # Its choice between them changes from one load of the file to the next. Ours takes the first.
        return "added tokens that the normalizer makes equal"
    parts = file["normalizer"] or {}
    for part in parts.get("normalizers", [parts]):
        if part.get("pattern", {}).get("Regex") in EMPTY_MATCHES:
            # Inserting before the first character confuses its alignments, and often it panics later.
            return "a replacement of nothing"
    return None


def compare(program, name, data, count, rng, is_mixed=False):
    try:
        tokenizer = Tokenizer.from_str(data.decode())
    except BaseException as error:
        if not is_panic(error):
            raise
        return collections.Counter({"lines": count, "panics": count})
    tokenizer.no_truncation()
    tokenizer.no_padding()
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    questions = [question(rng, special, is_mixed) for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "tokenizer.json")
        file.write_bytes(data)
        lines = "".join(json.dumps(line) + "\n" for line in questions)
        answers = subprocess.run([program, str(file)], input=lines, capture_output=True, text=True, check=False)
    if answers.returncode:
        print(f"{name}: {answers.stderr} {data[-1500:] if is_mixed else ''}")
        return collections.Counter({"lines": count, "differ": count})
    answers = answers.stdout.split("\n")[:-1]
    if len(answers) != count:
        sys.exit(f"{name}: {len(answers)} answers to {count} questions")
    counts = collections.Counter({"lines": count})
    excuse = reason(tokenizer, json.loads(data))
    for asked, answer in zip(questions, answers):
        answer = json.loads(answer)
        try:
            reference = expected(tokenizer, asked)
        except Exception as error:
            counts["refused"] += 1
            reference = {} if "error" in answer else {"error": str(error)}
        except BaseException as error:
            if not is_panic(error):
                raise
            counts["panics"] += 1
            continue
        if reference is None:
            counts["not asked"] += 1
            continue
        wrong = [key for key, value in reference.items() if answer.get(key) != value]
        if wrong and excuse:
            counts["explained"] += 1
            counts[excuse] += 1
        elif wrong:
            counts["differ"] += 1
            if counts["differ"] <= 3:
                print(f"  {wrong} of {asked!r}", answer.get("error", ""))
                for key in wrong[:2]:
                    print(f"    reference {reference[key]!r:.300}\n    ours      {answer.get(key)!r:.300}")
                if is_mixed and counts["differ"] == 1:
                    file = json.loads(data)
                    shown = {key: file[key] for key in ("added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder")}
                    shown["model"] = {key: value for key, value in file["model"].items() if key not in ("vocab", "merges")}
                    print(f"    {json.dumps(shown, ensure_ascii=False)}")
    if not is_mixed or counts["differ"]:
        print(f"{name}: {count} lines, {counts['differ']} differ", flush=True)
    return counts


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, lines, seed, paths = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    counts = collections.Counter()
    for path in paths:
        data = pathlib.Path(path).read_bytes()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        counts += compare(program, path, data, lines // len(paths), random.Random(f"{seed} {path}"))
    for number in range(0 if paths else lines // 100):
        rng = random.Random(f"{seed} {number}")
        counts += compare(program, f"made {seed} {number}", random_tokenizer(rng), 100, rng, is_mixed=True)
    print(
        f"{counts['lines']} lines, {counts['differ']} differ; {counts['explained']} more do in a way that is explained, "
        f"{counts['refused']} both refuse, the reference panics on {counts['panics']} and cannot be asked {counts['not asked']}"
    )
    for excuse in sorted(key for key in counts if " " in key and key != "not asked"):
        print(f"  explained by {excuse}: {counts[excuse]}")
    sys.exit(counts["differ"] > 0)


if __name__ == "__main__":
    main()

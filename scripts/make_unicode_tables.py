#!/usr/bin/env python3
"""Writes the Unicode tables of Sources/Tokenization from what Hugging Face tokenizers does to each character.

usage: make_unicode_tables.py

Needs the package tokenizers (0.23.3). The reference mixes versions of Unicode: its regular expressions know 16, its
white space and digits the Rust release's, its normal forms 9, its punctuation 8. Asking it is the one way to agree.
"""

import pathlib
import unicodedata

from tokenizers import AddedToken, Regex, Tokenizer, __version__, models
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Sources/Tokenization/Text"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
TEXT = "".join(map(chr, SCALARS))


def number(value):
    """Five bits a digit, the lowest first; all digits but the last are in the upper half of the alphabet."""
    out = ""
    while value >= 32:
        out += DIGITS[32 + value % 32]
        value //= 32
    return out + DIGITS[value]


def signed(value):
    return number(value * 2 if value >= 0 else -value * 2 - 1)


def kept(pieces):
    return {c for _, (start, end) in pieces for c in SCALARS[start:end]}


def matches(expression):
    return kept(P.Split(Regex(expression), "removed", invert=True).pre_tokenize_str(TEXT))


def dropped(pre_tokenizer):
    return set(SCALARS) - kept(pre_tokenizer.pre_tokenize_str(TEXT))


def changed(normalizer):
    result = {c: normalizer.normalize_str(chr(c)) for c in SCALARS}
    return {c: text for c, text in result.items() if text != chr(c)}


def regex_words():
    tokenizer = Tokenizer(models.WordLevel({"x": 0}, unk_token="x"))
    tokenizer.add_tokens([AddedToken("ZZ", single_word=True, normalized=False)])
    found = tokenizer.token_to_id("ZZ")
    return {c for c in SCALARS if found not in tokenizer.encode(chr(c) + "ZZ").ids}


def scripts():
    """Each scalar's script as a number, 0 for those that join with any."""
    cut = P.UnicodeScripts()
    joins = lambda a, b: len(cut.pre_tokenize_str(chr(a) + chr(b))) == 1
    result, known, last = {}, [], None
    for c in SCALARS:
        if joins(0x41, c) and joins(0x44F, c):
            result[c] = 0
            continue
        if last is not None and joins(last, c):
            result[c] = result[last]
        else:
            result[c] = next((i + 1 for i, other in enumerate(known) if joins(other, c)), 0)
            if result[c] == 0:
                known.append(c)
                result[c] = len(known)
        last = c
    return result


def runs(value_of):
    out, start, value = [], 0, value_of(0)
    for c in range(1, 0x110000):
        following = value_of(c)
        if following != value:
            out.append((c - start, value))
            start, value = c, following
    return out + [(0x110000 - start, value)]


def literal(name, documentation, text):
    lines = [f"  /// {line}" for line in documentation]
    lines.append(f'  static let {name}: StaticString = """')
    width = 94
    chunks = [text[i : i + width] for i in range(0, len(text), width)] or [""]
    lines += [f"    {chunk}\\" for chunk in chunks[:-1]] + [f"    {chunks[-1]}", '    """']
    return "\n".join(lines)


def write(name, summary, *members):
    path = FOLDER / f"{name}.swift"
    body = "\n\n".join(members)
    path.write_text(
        f"// Written by scripts/make_unicode_tables.py with tokenizers {__version__}; never edited by hand.\n\n"
        f"/// {summary}\nenum {name} {{\n{body}\n}}\n"
    )


def main():
    canonical, compatible = changed(N.NFD()), changed(N.NFKD())
    composed, compatibly_composed = changed(N.NFC()), changed(N.NFKC())
    lower = changed(N.Lowercase())
    hangul = range(0xAC00, 0xAC00 + 11172)

    # U+0345 has the highest class of all, so whatever has a class goes before it.
    nfd, nfc = N.NFD(), N.NFC()
    combining = {c for c in SCALARS if nfd.normalize_str("\u0345" + chr(c)) != "\u0345" + nfd.normalize_str(chr(c))}
    combining = {c: unicodedata.combining(chr(c)) for c in combining if c not in canonical} | {0x345: 240}
    assert all(combining.values())

    pairs = {}
    for c, text in canonical.items():
        parts = unicodedata.decomposition(chr(c)).split()
        if c not in hangul and len(parts) == 2:
            first, second = (int(part, 16) for part in parts)
            if nfc.normalize_str(chr(first) + chr(second)) == chr(c):
                pairs[first, second] = c
    seconds = {second for _, second in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))

    def continues(c):
        firsts = {ord(form.get(c, chr(c))[0]) for form in ({}, canonical, compatible)}
        return any(first in combining or first in seconds for first in firsts)

    clean = changed(N.BertNormalizer(True, False, False, False))
    accents = changed(N.BertNormalizer(False, False, True, False))
    numeric = {
        SCALARS[start // 2]
        for _, (start, end) in P.Digits(False).pre_tokenize_str("".join("a" + c for c in TEXT))
        if end == start + 1 and start % 2 == 1
    }
    spaces = matches(r"\s")
    assert spaces == dropped(P.WhitespaceSplit())
    classes = [
        matches(r"\p{Lu}") | matches(r"\p{Lt}"),
        matches(r"\p{Ll}"),
        matches(r"\p{Lm}") | matches(r"\p{Lo}"),
        matches(r"\p{M}"),
        matches(r"\p{N}"),
        spaces,
        matches(r"\p{P}"),
        matches(r"\p{S}"),
        {0x0A, 0x0D},
        regex_words(),
        numeric,
        dropped(P.Punctuation("removed")),
        {c for c, text in clean.items() if text == ""},
        {c for c, text in accents.items() if text == "" and c not in canonical},
        {c for c, text in changed(N.StripAccents()).items() if text == ""},
        set(changed(N.BertNormalizer(False, True, False, False))),
        set(canonical),
        set(compatible),
        set(composed),
        set(compatibly_composed),
        set(lower),
        set(combining),
        {c for c in SCALARS if continues(c)},
    ]
    bits = {}
    for bit, members in enumerate(classes):
        for c in members:
            bits[c] = bits.get(c, 0) | 1 << bit
    combinations = sorted({bits.get(c, 0) for c in SCALARS})
    position = {value: index for index, value in enumerate(combinations)}
    text = number(len(combinations)) + "".join(map(number, combinations))
    text += "".join(number(length) + number(position[value]) for length, value in runs(lambda c: bits.get(c, 0)))

    lowercase, last = "", 0
    for c in sorted(lower):
        lowercase += number(c - last) + number(len(lower[c])) + "".join(signed(ord(x) - c) for x in lower[c])
        last = c

    script_of = scripts()
    script_text = "".join(
        number(length) + number(value) for length, value in runs(lambda c: script_of.get(c, 0))
    )
    write(
        "ClassTables",
        "What the reference takes each scalar for.",
        literal(
            "classes",
            ["The combinations of `ScalarClass`, counted, then runs: a length and which combination."],
            text,
        ),
        literal("lowercase", ["Scalars as distances, each with a count and as many distances from it."], lowercase),
        literal("scripts", ["Runs: a length and the number of a script, 0 for what joins with any."], script_text),
    )

    def decompositions(form, other):
        out, last = "", 0
        for c in sorted(form):
            if c in hangul or other.get(c) == form[c]:
                continue
            out += number(c - last) + number(len(form[c])) + "".join(signed(ord(x) - c) for x in form[c])
            last = c
        return out

    composition, last = "", 0
    for (first, second), c in sorted(pairs.items(), key=lambda item: item[1]):
        composition += number(c - last) + signed(first - c) + signed(second - c)
        last = c
    marks, last = "", 0
    for c in sorted(combining):
        marks += number(c - last) + number(combining[c])
        last = c
    write(
        "NormalFormTables",
        "Decompositions, compositions and combining classes, as far as the reference knows them.",
        literal(
            "canonical",
            ["Full canonical decompositions without Hangul: a distance, a count, distances from it."],
            decompositions(canonical, {}),
        ),
        literal(
            "compatible",
            ["Full compatible decompositions where they differ from canonical ones."],
            decompositions(compatible, canonical),
        ),
        literal(
            "compositions", ["A distance to what is composed, the distances of both parts from it."], composition
        ),
        literal("combiningClasses", ["Distances and combining classes."], marks),
    )


if __name__ == "__main__":
    main()

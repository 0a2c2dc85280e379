"""Train small vocabularies of all kinds of files and write what the references make of some texts.

Usage: python make_vocabulary_fixtures.py
  (needs sentencepiece 0.2.3, tiktoken 0.14, tokenizers 0.23, transformers 5.23 and protobuf)
Writes tokenizers/vocabularies.json: a list of {"name", "kind", "files": {name: base64}, "cases": [...],
"decodings": [...]}, where a case has the text and "ids" (with special tokens) and maybe "plain",
"offsets", "decoded".
"""

import base64
import io
import json
import os
import pathlib
import random
import tempfile

os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import sentencepiece
import tiktoken
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer

from make_tokenizer_fixtures import TEXTS, corpus

FILE = pathlib.Path(__file__).parent / "tokenizers" / "vocabularies.json"

MORE_TEXTS = TEXTS + [
    "  leading and trailing  ", "a  b   c    d", "▁sign▁ and ▁▁", "<tool>x</tool> <tool>", "<sep>a<sep>",
    "ﬁne ﬂour ½ Ⅷ ㍿ ｶﾞ", "e\u0301\u0301x q\u0301", "\u200bzero\u200d\ufeff", "tabs\tand\nlines\r\n",
    "日本語 tokyo 東京", "🙂🙃 unknown 🚀", "x" * 70, "the" * 60, "", " ", "   ", "\u3000wide\u3000",
    "<s>x</s>", "<unk> <pad>", "king's castle don't WE'LL", "\x00nul\x01", "Ａｂｃ１２３",
]

RULES = "\n".join(
    f"{' '.join('%04X' % ord(c) for c in source)}\t{' '.join('%04X' % ord(c) for c in target)}"
    for source, target in [
        ("ﬁ", "fi"), ("ﬂ", "fl"), ("½", "1\u20442"), ("Ⅷ", "VIII"), ("ｶ", "カ"), ("ｶﾞ", "ガ"),
        ("e\u0301", "é"), ("A\u030a", "Å"), ("\u3000", " "), ("\t", " "), ("\n", " "), ("\u200b", ""),
        ("\ufeff", ""), ("Ａ", "A"), ("ｂ", "b"), ("１", "1"), ("\u00a0", " "),
    ]) + "\n"


def trained(folder, **options):
    """A SentencePiece model of the corpus."""
    rules = folder / "rules.tsv"
    rules.write_text(RULES)
    if options.pop("maps", False):
        options["normalization_rule_tsv"] = str(rules)
    else:
        options["normalization_rule_name"] = "identity"
    output = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(list(corpus()) * 2), model_writer=output, hard_vocab_limit=False,
        num_threads=1, minloglevel=2, **options)
    return output.getvalue()


def with_unused(model):
    """The same with some pieces that are not to be given."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    for index, piece in enumerate(proto.pieces):
        if piece.type == 1 and len(piece.piece) > 2 and index % 3 == 0:
            piece.type = 5
    return proto.SerializeToString()


def random_rows(size, count=120):
    generator = random.Random(5)
    return [[generator.randrange(size) for _ in range(generator.randrange(1, 10))]
            for _ in range(count)]


def encoded(files):
    return {name: base64.b64encode(data).decode() for name, data in files.items()}


def sentence_pieces(folder):
    options = {
        "sp-bpe": dict(model_type="bpe", vocab_size=620, byte_fallback=True,
                       remove_extra_whitespaces=False, user_defined_symbols=["<tool>", "ing▁", "\n"],
                       control_symbols=["<sep>"]),
        "sp-bpe-unknown": dict(model_type="bpe", vocab_size=300, maps=True, pad_id=3),
        "sp-bpe-plain": dict(model_type="bpe", vocab_size=300, add_dummy_prefix=False,
                             remove_extra_whitespaces=False, split_by_whitespace=False),
        "sp-unigram": dict(model_type="unigram", vocab_size=320, maps=True,
                           user_defined_symbols=["<tool>", "castle"], control_symbols=["<sep>"]),
        "sp-unigram-bytes": dict(model_type="unigram", vocab_size=560, byte_fallback=True,
                                 remove_extra_whitespaces=False, maps=True),
        "sp-unigram-suffix": dict(model_type="unigram", vocab_size=300,
                                  treat_whitespace_as_suffix=True),
    }
    for name, choice in options.items():
        model = trained(folder, **choice)
        yield name, model
        if name in ("sp-bpe", "sp-unigram"):
            yield name + "-unused", with_unused(model)


def sentence_piece_fixture(name, model):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    cases = []
    for text in MORE_TEXTS:
        ids = processor.encode(text)
        cases.append({"text": text, "ids": ids, "decoded": processor.decode(ids)})
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    # Special pieces have no text of their own in the reference.
    plain = [i for i, piece in enumerate(proto.pieces) if piece.type != 3]
    rows = [[plain[i] for i in row] for row in random_rows(len(plain))]
    decodings = [{"ids": row, "decoded": processor.decode(row)} for row in rows]
    return {"name": name, "kind": "sentencepiece", "files": encoded({"tokenizer.model": model}),
            "cases": cases, "decodings": decodings}


def unigram_fixture(model, name, **options):
    """tokenizer.json of a Unigram model with a precompiled map, as the tokenizers library reads it."""
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    tokenizer = Tokenizer(models.Unigram(
        [(piece.piece, piece.score) for piece in proto.pieces], unk_id=0, **options))
    tokenizer.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", "always")])
    tokenizer.decoder = decoders.Metaspace("▁", "always")
    cases = []
    for text in MORE_TEXTS:
        encoding = tokenizer.encode(text)
        cases.append({
            "text": text, "ids": encoding.ids, "decoded": tokenizer.decode(encoding.ids),
            "offsets": [offset for pair in encoding.offsets for offset in pair]})
    data = tokenizer.to_str().encode()
    return {"name": name, "kind": "tokenizer.json", "files": encoded({"tokenizer.json": data}),
            "cases": cases, "decodings": []}


def byte_pairs():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(
        vocab_size=500, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return json.loads(tokenizer.to_str())["model"]


def byte_decoder():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{chr(b): b for b in printable}, **{chr(256 + i): b for i, b in enumerate(others)}}


LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def rank_fixtures(model):
    table = byte_decoder()
    ranks = {bytes(table[c] for c in token): rank for token, rank in model["vocab"].items()}
    encoding = tiktoken.Encoding("tiny", pat_str=LLAMA3, mergeable_ranks=ranks, special_tokens={})
    lines = b"".join(base64.b64encode(t) + b" %d\n" % r for t, r in ranks.items())

    def cases(shift, before):
        result = []
        for text in MORE_TEXTS:
            ids = encoding.encode(text, disallowed_special=())
            result.append({
                "text": text, "ids": before + [i + shift for i in ids],
                "decoded": encoding.decode(ids)})
        return result

    # The number of tokens tells the cuts: the file is of Llama 3's kind under its name alone.
    yield {"name": "tiktoken", "kind": "tiktoken", "files": encoded({"llama.tiktoken": lines}),
           "cases": cases(0, []), "decodings": []}
    special = [{"rank": i, "token_str": name, "is_control": True}
               for i, name in enumerate(["<unk>", "<s>", "</s>", "[INST]"])]
    tekken = {
        "config": {"pattern": LLAMA3, "num_vocab_tokens": len(ranks) + 7,
                   "default_vocab_size": len(ranks) + 10, "default_num_special_tokens": 10,
                   "version": "v13"},
        "vocab": [{"rank": rank, "token_bytes": base64.b64encode(token).decode(), "token_str": None}
                  for token, rank in sorted(ranks.items(), key=lambda item: item[1])]
        + [{"rank": len(ranks), "token_bytes": base64.b64encode(b"never seen").decode(),
            "token_str": "never seen"}],
        "special_tokens": special}
    yield {"name": "tekken", "kind": "tekken",
           "files": encoded({"tekken.json": json.dumps(tekken).encode()}),
           "cases": cases(10, [1]), "decodings": []}


def directories(sentence_piece, model):
    merges = "#version: 0.2\n" + "\n".join(" ".join(merge) for merge in model["merges"]) + "\n"
    vocabulary = dict(model["vocab"])
    vocabulary["<|endoftext|>"] = len(vocabulary)
    pairs = {"vocab.json": json.dumps(vocabulary).encode(), "merges.txt": merges.encode()}
    token = dict(lstrip=False, rstrip=False, normalized=False, single_word=False, special=True)
    words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.train_from_iterator(corpus(), trainers.WordPieceTrainer(
        vocab_size=250, show_progress=False,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    lines = [text for text, _ in sorted(words.get_vocab().items(), key=lambda item: item[1])]
    text = {"vocab.txt": ("\n".join(lines) + "\n").encode()}
    llama = {"tokenizer.model": sentence_piece}
    named = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>",
             "unk_token": "<unk>", "add_bos_token": True}
    size = sentencepiece.SentencePieceProcessor(model_proto=sentence_piece).vocab_size()
    added = {str(size): {"content": "<|im_start|>", **token},
             str(size + 1): {"content": "<mine>", **token, "special": False, "lstrip": True}}
    qwen = {str(len(vocabulary) - 1): {"content": "<|endoftext|>", **token},
            str(len(vocabulary)): {"content": "<|im_start|>", **token}}
    yield "gpt2", "gpt2", pairs, {"tokenizer_class": "GPT2Tokenizer"}
    yield "gpt2-bare", "gpt2", pairs, None
    yield "gpt2-prefix", "gpt2", pairs, {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}
    yield "qwen2", "qwen2", pairs, {
        "tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": qwen, "eos_token": "<|im_start|>"}
    yield "qwen2-bare", "qwen2", pairs, None
    yield "roberta", "roberta", pairs, {
        "tokenizer_class": "RobertaTokenizer", "cls_token": "<|endoftext|>",
        "sep_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
    yield "bert", "bert", text, {"tokenizer_class": "BertTokenizer", "do_lower_case": True}
    yield "bert-bare", "bert", text, None
    yield "bert-cased", "bert", text, {
        "do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False}
    yield "llama", "llama", llama, named
    yield "llama-legacy", "llama", llama, named | {"legacy": True, "add_eos_token": True}
    yield "llama-bare-words", "llama", llama, named | {"add_prefix_space": False}
    yield "llama-added", "llama", llama, named | {"added_tokens_decoder": added}


def directory_fixture(name, model_type, files, configuration):
    files = dict(files)
    files["config.json"] = json.dumps({"model_type": model_type}).encode()
    if configuration is not None:
        files["tokenizer_config.json"] = json.dumps(configuration).encode()
    with tempfile.TemporaryDirectory() as folder:
        for file, data in files.items():
            (pathlib.Path(folder) / file).write_bytes(data)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    cases = []
    for text in MORE_TEXTS + ["<|im_start|>user <mine> hi", "a<|endoftext|>b [MASK] [SEP]"]:
        ids = tokenizer(text).input_ids
        cases.append({
            "text": text, "ids": ids, "plain": tokenizer(text, add_special_tokens=False).input_ids,
            "decoded": tokenizer.decode(ids, clean_up_tokenization_spaces=False),
            "decoded_without_special": tokenizer.decode(
                ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
    return {"name": "directory-" + name, "kind": "directory", "files": encoded(files),
            "cases": cases, "decodings": []}


def main():
    fixtures = []
    with tempfile.TemporaryDirectory() as name:
        pieces = dict(sentence_pieces(pathlib.Path(name)))
    for name, model in pieces.items():
        fixtures.append(sentence_piece_fixture(name, model))
    fixtures.append(unigram_fixture(pieces["sp-unigram"], "unigram"))
    fixtures.append(unigram_fixture(pieces["sp-unigram-bytes"], "unigram-bytes", byte_fallback=True))
    model = byte_pairs()
    fixtures.extend(rank_fixtures(model))
    with tempfile.TemporaryDirectory() as name:
        llama = trained(
            pathlib.Path(name), model_type="bpe", vocab_size=600, byte_fallback=True,
            remove_extra_whitespaces=False)
    for fixture in directories(llama, model):
        fixtures.append(directory_fixture(*fixture))
    text = json.dumps(fixtures, ensure_ascii=False, separators=(",", ":"))
    FILE.write_text(text + "\n")


main()

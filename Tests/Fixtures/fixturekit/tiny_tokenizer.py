"""Byte-level BPE tokenizers of a few hundred tokens, trained on the corpus here."""

from dataclasses import dataclass
from pathlib import Path

from tokenizers import (
    AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
    trainers,
)
from transformers import PreTrainedTokenizerFast

from .corpus import CHAT_TEMPLATE, TRAINING_TEXT

LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")


@dataclass(frozen=True)
class Style:
    """How a family of models cuts text and names its special tokens."""

    gguf_name: str  # tokenizer.ggml.pre
    special: tuple[str, ...]
    bos: str | None
    eos: str
    pad: str
    special_first: bool = False  # special tokens have the lowest ids, or the highest
    user_defined: tuple[str, ...] = ()  # added tokens that decoding keeps
    adds_bos: bool = False
    ignore_merges: bool = False


STYLES = {
    "smollm": Style(
        "smollm", ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        bos="<|im_start|>", eos="<|im_end|>", pad="<|im_end|>", special_first=True,
    ),
    "llama3": Style(
        "llama-bpe", ("<|begin_of_text|>", "<|end_of_text|>", "<|im_start|>", "<|im_end|>"),
        bos="<|begin_of_text|>", eos="<|im_end|>", pad="<|end_of_text|>",
        adds_bos=True, ignore_merges=True,
    ),
    "qwen2": Style(
        "qwen2", ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        bos=None, eos="<|im_end|>", pad="<|endoftext|>", user_defined=("<note>",),
    ),
}


def text_pipeline(tokenizer: Tokenizer, gguf_name: str) -> None:
    """Gives `tokenizer` the normalizer, splitter and decoder that tokenizer.ggml.pre names."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    splits = {
        "gpt-2": gpt2,
        "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2]),
        "llama-bpe": pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(LLAMA3_PATTERN), "isolated"), byte_level]),
        "qwen2": pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(QWEN2_PATTERN), "isolated"), byte_level]),
    }
    if gguf_name not in splits:
        raise SystemExit(f"no splitter is known here for tokenizer.ggml.pre '{gguf_name}'")
    tokenizer.pre_tokenizer = splits[gguf_name]
    tokenizer.decoder = decoders.ByteLevel()
    if gguf_name == "qwen2":
        tokenizer.normalizer = normalizers.NFC()


def add_bos_processor(tokenizer: Tokenizer, bos: str) -> None:
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A", pair=f"{bos} $A {bos}:1 $B:1",
        special_tokens=[(bos, tokenizer.token_to_id(bos))],
    )


def train(style_name: str, vocabulary: int) -> PreTrainedTokenizerFast:
    """A tokenizer of exactly `vocabulary` tokens in the style of that name."""
    style = STYLES[style_name]
    tokenizer = Tokenizer(models.BPE(ignore_merges=style.ignore_merges))
    text_pipeline(tokenizer, style.gguf_name)
    special = [AddedToken(text, special=True, normalized=False) for text in style.special]
    added = [AddedToken(text, special=False, normalized=False) for text in style.user_defined]
    appended = len(added) + (0 if style.special_first else len(special))
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - appended,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=special if style.special_first else [],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING_TEXT.splitlines(keepends=True), trainer)
    if not style.special_first:
        tokenizer.add_special_tokens(special)
    tokenizer.add_tokens(added)
    if tokenizer.get_vocab_size() != vocabulary:
        raise SystemExit(f"'{style_name}': {tokenizer.get_vocab_size()} tokens, not {vocabulary}")
    if style.adds_bos:
        add_bos_processor(tokenizer, style.bos)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=style.bos, eos_token=style.eos, pad_token=style.pad,
        chat_template=CHAT_TEMPLATE if style.bos is None or not style.adds_bos
        else "{{- bos_token -}}\n" + CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False, model_max_length=512,
    )


def save(tokenizer: PreTrainedTokenizerFast, directory: Path, template_file: bool) -> None:
    """Writes tokenizer.json and tokenizer_config.json; the template in a file of its own or not."""
    tokenizer.save_pretrained(directory, save_jinja_files=template_file)

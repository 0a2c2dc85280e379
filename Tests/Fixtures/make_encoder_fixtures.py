"""Writes Tests/Fixtures/encoders: tiny random BERTs, and what the reference makes of some texts.

Run: python make_encoder_fixtures.py [--minilm DIRECTORY]
     (torch 2.13.0, transformers 5.23.0, sentence-transformers 6.2.0)

NAME/ is laid out by sentence-transformers; reference.json has texts and their tokens,
reference.safetensors `vectors` [texts, hidden] and `hidden` [tokens, hidden], the rows of one text
after those of another. `bert`: two layers, float32, mean and normalized, at most 24 tokens.
`bert-old`: one layer, float16, tanh-GELU, weights below `bert.` with gamma and beta, in a folder
of its own, cls. pca.safetensors: vectors, and what scikit-learn projects them to. With --minilm also minilm.json and minilm.safetensors: vectors of
all-MiniLM-L6-v2.
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from sklearn.decomposition import PCA
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, BertTokenizerFast

FOLDER = Path(__file__).parent / "encoders"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TEXTS = [
    "The capital of France is Paris.",
    "a",
    "",
    "Ünïcode wörds, naïve café; 東京タワー!",
    "A man is playing a harp while a woman is cutting onions in the kitchen, and nobody listens to "
    "either of them because the whole village has gone to the sea to look at the ships that came "
    "in with the tide this morning.",
    "How old are you? How are you?",
    "def f(x): return x ** 2  # [MASK] and [SEP] in a text",
]
MORE_TEXTS = [
    "A girl is styling her hair.", "A girl is brushing her hair.", "One man plays the flute.",
    "Stock prices fell sharply on Tuesday after the central bank raised interest rates.",
    "The central bank's decision sent shares lower.", "Der Hund läuft durch den Park.",
    "¿Dónde está la biblioteca?", "E = mc² is a famous equation.", "1234567890 and 3.14159",
    "https://example.org/path?query=1#fragment", "!!!", "ALL CAPITALS SHOUTED", "the the the the",
    "Protein folding is the process by which a chain of amino acids takes its shape.",
    "She sells sea shells by the sea shore.", "日本語の文章です。", "Привет, мир!", "🚀🚀🚀 to the moon",
    "An unbelievably incomprehensible antidisestablishmentarianism", "no", "yes", "maybe",
    " ".join(f"word{i} number {i}" for i in range(120)),
]


def tokenizer(limit):
    result = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    result.normalizer = normalizers.BertNormalizer()
    result.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    result.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=260, show_progress=False, special_tokens=SPECIAL)
    result.train_from_iterator(TEXTS[:2] + TEXTS[4:] + MORE_TEXTS[:5], trainer)
    result.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, result.token_to_id(name)) for name in ("[CLS]", "[SEP]")])
    # What the file says of truncation and padding is not what happens.
    result.enable_truncation(8)
    result.enable_padding(length=8)
    return BertTokenizerFast(tokenizer_object=result, model_max_length=limit)


def random_model(seed, **options):
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=260, hidden_size=64, num_attention_heads=4, intermediate_size=128,
        max_position_embeddings=40, **options)
    model = BertModel(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "LayerNorm.weight" in name:
                weight.copy_(1 + 0.2 * torch.randn_like(weight))
            elif weight.dim() == 1:
                weight.copy_(0.1 * torch.randn_like(weight))
            else:
                weight.copy_(0.15 * torch.randn_like(weight))
    return model


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_modules(folder, encoder, pooling, normalizes):
    kinds = [("Transformer", encoder), ("Pooling", "1_Pooling")]
    kinds += [("Normalize", "2_Normalize")] if normalizes else []
    write_json(folder / "modules.json", [
        {"idx": index, "name": str(index), "path": path,
         "type": f"sentence_transformers.models.{kind}"}
        for index, (kind, path) in enumerate(kinds)])
    write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": 64, "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False})


def hidden_states(model, tokens):
    with torch.no_grad():
        return [model(torch.tensor([ids])).last_hidden_state[0] for ids in tokens]


def write_reference(folder, tokens, hidden, vectors):
    write_json(folder / "reference.json", {"texts": TEXTS, "tokens": tokens})
    save_file({"hidden": torch.cat(hidden).contiguous(), "vectors": vectors.contiguous()},
              folder / "reference.safetensors")


def write_bert():
    folder = FOLDER / "bert"
    model = random_model(1, num_hidden_layers=2)
    words = tokenizer(40)
    words.save_pretrained(folder)
    model.save_pretrained(folder)
    write_modules(folder, "", "mean", True)
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 24, "do_lower_case": False})
    reference = SentenceTransformer(str(folder), device="cpu")
    tokens = [reference.tokenize([text])["input_ids"][0].tolist() for text in TEXTS]
    write_reference(folder, tokens, hidden_states(model, tokens),
                    reference.encode(TEXTS, convert_to_tensor=True))


def write_old():
    folder = FOLDER / "bert-old"
    model = random_model(2, num_hidden_layers=1, hidden_act="gelu_new").half().float()
    words = tokenizer(40)
    words.save_pretrained(folder / "0_Transformer")
    model.config.save_pretrained(folder / "0_Transformer")
    weights = {}
    for name, weight in model.state_dict().items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        name = name.replace("LayerNorm.bias", "LayerNorm.beta")
        if weight.is_floating_point():
            weights["bert." + name] = weight.half()
    weights["cls.predictions.bias"] = torch.zeros(260).half()
    save_file(weights, folder / "0_Transformer" / "model.safetensors")
    write_modules(folder, "0_Transformer", "cls", False)
    tokens = [words(text, truncation=True, max_length=40, padding=False)["input_ids"] for text in TEXTS]
    hidden = hidden_states(model, tokens)
    write_reference(folder, tokens, hidden, torch.stack([rows[0] for rows in hidden]))


def write_pca():
    torch.manual_seed(3)
    vectors = torch.randn(40, 6) @ torch.randn(6, 12) + torch.randn(12)
    fit = lambda whiten: torch.from_numpy(
        PCA(5, whiten=whiten, svd_solver="full").fit_transform(vectors.double().numpy())).float()
    save_file({"vectors": vectors, "projected": fit(False).contiguous(),
               "whitened": fit(True).contiguous()},
              FOLDER / "pca.safetensors")


def write_minilm(path):
    texts = TEXTS + MORE_TEXTS
    model = SentenceTransformer(path, device="cpu")
    write_json(FOLDER / "minilm.json", texts)
    save_file({"vectors": model.encode(texts, convert_to_tensor=True).contiguous()},
              FOLDER / "minilm.safetensors")


parser = argparse.ArgumentParser()
parser.add_argument("--minilm")
arguments = parser.parse_args()
for name in ("bert", "bert-old"):
    shutil.rmtree(FOLDER / name, ignore_errors=True)
write_bert()
write_old()
write_pca()
if arguments.minilm:
    write_minilm(arguments.minilm)

"""The rows and cells of the comparison. Paths are relative to PEERS/models."""

SMOLLM2 = "smollm2-135m-instruct"
GGUF = "smollm2-gguf/smollm2-135m-"
LARGE = "llama-3.2-1b-rand"
LARGE_GGUF = f"{LARGE}-gguf/{LARGE}-"

KINDS = ("prefill", "decode", "batch")


def gguf(name, kinds=KINDS):
    """A row in which llama.cpp and ours run the same file.

    "rounds" is the --dtype with which ours rounds what weights are multiplied with as the peers do.
    """
    return {"kinds": kinds, "rounds": "int8", "models": {"ours": name, "llama.cpp": name}}


def directory(name, gguf_name):
    """A row in which ours, vLLM and transformers run a directory, llama.cpp the same weights as GGUF."""
    return {"kinds": KINDS, "dtype": "bfloat16", "rounds": "bfloat16",
            "models": {"ours": name, "llama.cpp": gguf_name, "vLLM": name, "transformers": name}}


def openvino(ours, exported, rounds):
    """A row in which OpenVINO runs its own export, ours the file that comes nearest to it."""
    return {"kinds": KINDS, "rounds": rounds, "models": {"ours": ours, "OpenVINO": exported}}


def sentences(name, gguf_name, dtype, **settings):
    return {"kinds": ("embed",), "dtype": dtype, **settings,
            "models": {"ours": name, "llama.cpp": gguf_name, "sentence-transformers": "minilm"}}


DEFAULT = "smollm2-gguf/SmolLM2-135M-Instruct.Q4_1.gguf"

ROWS = {
    "SmolLM2 bf16": directory(SMOLLM2, f"{GGUF}bf16.gguf"),
    "SmolLM2 fp16": openvino(SMOLLM2, f"{SMOLLM2}-ov-fp16", "bfloat16"),
    "SmolLM2 int8": openvino(f"{GGUF}Q8_0.gguf", f"{SMOLLM2}-ov-int8", "int8"),
    "SmolLM2 Q8_0": gguf(f"{GGUF}Q8_0.gguf"),
    "SmolLM2 Q4_1": gguf(DEFAULT),
    "SmolLM2 Q4_K_M": gguf(f"{GGUF}Q4_K_M.gguf"),
    "1B bf16": directory(LARGE, f"{LARGE_GGUF}bf16.gguf"),
    "1B fp16": openvino(LARGE, f"{LARGE}-ov-fp16", "bfloat16"),
    "1B int8": openvino(f"{LARGE_GGUF}Q8_0.gguf", f"{LARGE}-ov-int8", "int8"),
    "1B Q8_0": gguf(f"{LARGE_GGUF}Q8_0.gguf"),
    "1B Q4_0": gguf(f"{LARGE_GGUF}Q4_0.gguf"),
    "1B Q4_K_M": gguf(f"{LARGE_GGUF}Q4_K_M.gguf"),
    "MiniLM f32": sentences("minilm", "minilm-gguf/minilm-f32.gguf", "float32"),
    "MiniLM bf16": sentences("minilm-bf16", "minilm-gguf/minilm-bf16.gguf", "bfloat16", rounds="bfloat16"),
    "cold default": gguf(DEFAULT, ("cold",)),
    "cold 1B bf16": {"kinds": ("cold",), "models": {"ours": LARGE, "llama.cpp": f"{LARGE_GGUF}bf16.gguf"}},
}

CELLS = [
    {"name": "prefill 128", "kind": "prefill", "prompt": 128},
    {"name": "prefill 512", "kind": "prefill", "prompt": 512},
    {"name": "prefill 2048", "kind": "prefill", "prompt": 2048},
    {"name": "decode at 0", "kind": "decode", "context": 0, "tokens": 128},
    {"name": "decode at 2048", "kind": "decode", "context": 2048, "tokens": 128},
    {"name": "batch 8", "kind": "batch", "sequences": 8, "prompt": 128, "tokens": 64},
    {"name": "batch 32", "kind": "batch", "sequences": 32, "prompt": 128, "tokens": 64},
    {"name": "embed", "kind": "embed"},
    {"name": "cold", "kind": "cold"},
]

# Sizes so small that cells only show whether everything runs.
SMOKE_SIZES = {"prompt": 16, "context": 32, "tokens": 4, "sequences": 2}
SMOKE_CELLS = [{key: min(value, SMOKE_SIZES[key]) if key in SMOKE_SIZES else value for key, value in cell.items()}
               for cell in CELLS]

UNITS = {"prefill": "tokens/s", "decode": "tokens/s", "batch": "tokens/s", "embed": "sentences/s", "cold": "s"}

"""Makes the models of the comparison that are derived from others in PEERS/models."""

import subprocess
import sys

# The encoder's weights rounded to bfloat16, all other files as they are.
ROUND_WEIGHTS = """
import shutil, sys, torch
from safetensors.torch import load_file, save_file
source, target = sys.argv[1:]
shutil.copytree(source, target + ".new")
tensors = load_file(source + "/model.safetensors")
rounded = {name: t.to(torch.bfloat16) if t.is_floating_point() else t for name, t in tensors.items()}
save_file(rounded, target + ".new/model.safetensors", metadata={"format": "pt"})
shutil.move(target + ".new", target)
"""


def prepare(peers):
    models, python = peers / "models", str(peers / "venv-ref" / "bin" / "python")
    steps = [(models / "minilm-bf16", [python, "-c", ROUND_WEIGHTS, str(models / "minilm"),
                                       str(models / "minilm-bf16")])]
    for dtype in ("f32", "bf16"):
        path = models / "minilm-gguf" / f"minilm-{dtype}.gguf"
        steps.append((path, [python, str(peers / "llama.cpp" / "convert_hf_to_gguf.py"), str(models / "minilm"),
                             "--outtype", dtype, "--outfile", str(path)]))
    for path, command in steps:
        if path.exists():
            continue
        print(f"making {path}", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        if status := subprocess.call(command):
            return status
    return 0

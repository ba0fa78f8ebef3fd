"""Writes lora/: a tiny checkpoint, adapters of it by PEFT, and what PyTorch makes of them in double precision.

    python src/test/python/lora.py src/test/resources/dev/tribunal/languagemodel/lora

base/ is a checkpoint without its tokenizer, golden.json has the sequences, their token weights and log-probabilities.
For each adapter: adapter/ as PEFT saves it, and in the same form gradient/, the gradient of the weighted sum of the
log-probabilities, and trained/, the adapter after 20 steps of AdamW down that sum.

    python src/test/python/lora.py check BASE DIRECTORY LOGPROBS.json

The other way round: an adapter (or a whole model) that we wrote must give PEFT (or transformers) the log-probabilities
in the file, for the golden sequences.
"""

import json
import pathlib
import sys

import peft
import torch
import transformers

SEQUENCES = [
    ([5, 9, 77, 200, 31], [12, 40, 41, 9]),
    ([5, 9, 77, 200, 31], [200, 3, 0]),
    ([88], [17, 6, 17, 6, 250, 251, 13, 14, 15, 99, 98, 97, 5]),
    ([60, 61], [62]),
    ([4, 5, 6], [7, 8, 9]),
]
WEIGHTS = [
    [0.3, -1, 0, 0.5],
    [-0.7, 1.1, 0.2],
    [1, -1, 0.5, 0.25, -0.5, 1, 1, -0.2, 0.1, 0.9, -0.4, 0.6, 0.3],
    [2],
    [0, 0, 0],
]
ADAPTERS = {
    "all-linear": dict(r=4, lora_alpha=10, target_modules="all-linear"),
    "some": dict(r=3, lora_alpha=3, target_modules=["q_proj", "v_proj", "up_proj"]),
}
STEPS = 20


def log_probs(model):
    result = []
    for prompt, completion in SEQUENCES:
        logits = model(torch.tensor([prompt + completion])).logits[0].log_softmax(-1)
        rows = range(len(prompt) - 1, len(prompt) + len(completion) - 1)
        result.append(logits[list(rows), completion])
    return result


def objective(model):
    return sum((torch.tensor(w, dtype=l.dtype) * l).sum() for w, l in zip(WEIGHTS, log_probs(model)))


def values(log_probs_):
    return [[value.item() for value in sequence] for sequence in log_probs_]


def base():
    torch.manual_seed(1)
    configuration = transformers.LlamaConfig(
        vocab_size=260, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=128, rms_norm_eps=1e-5, rope_theta=10000.0,
        tie_word_embeddings=True, bos_token_id=None, eos_token_id=0, pad_token_id=None)
    model = transformers.LlamaForCausalLM(configuration)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 1.0 if parameter.dim() == 1 else 0.0, 0.2)
    return model


def save(model, directory):
    """As PEFT saves it, but without what is neither configuration nor weights."""
    model.save_pretrained(directory)
    (directory / "README.md").unlink()
    file = directory / "adapter_config.json"
    configuration = json.loads(file.read_text())
    configuration["base_model_name_or_path"] = None
    configuration["target_modules"] = sorted(configuration["target_modules"])
    file.write_text(json.dumps(configuration, indent=2) + "\n")


def adapted(directory, options, out):
    torch.manual_seed(2)
    model = peft.get_peft_model(
        transformers.AutoModelForCausalLM.from_pretrained(directory),
        peft.LoraConfig(task_type="CAUSAL_LM", **options))
    trained = [p for p in model.parameters() if p.requires_grad]
    for parameter in trained:
        torch.nn.init.normal_(parameter, 0.0, 0.1)
    save(model, out / "adapter")
    model.double()
    golden = {"logProbs": values(log_probs(model))}
    start = [p.detach().clone() for p in trained]
    objective(model).backward()
    for parameter in trained:
        parameter.data = parameter.grad.clone()
    save(model.float(), out / "gradient")
    model.double()
    for parameter, value in zip(trained, start):
        parameter.data = value.clone()
    optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.0)
    norms = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        objective(model).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(trained, 1.0).item())
        optimizer.step()
    golden["norms"] = norms
    golden["trainedLogProbs"] = values(log_probs(model))
    save(model.float(), out / "trained")
    return golden


def write(out):
    model = base()
    model.save_pretrained(out / "base")
    with torch.no_grad():
        golden = {
            "torch": torch.__version__.split("+")[0],
            "transformers": transformers.__version__,
            "peft": peft.__version__,
            "sequences": [{"prompt": p, "completion": c} for p, c in SEQUENCES],
            "weights": WEIGHTS,
            "logProbs": values(log_probs(model.double())),
        }
    golden["adapters"] = {name: adapted(out / "base", options, out / name) for name, options in ADAPTERS.items()}
    (out / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


def check(base_directory, directory, file):
    if (directory / "adapter_config.json").exists():
        model = transformers.AutoModelForCausalLM.from_pretrained(base_directory, dtype=torch.float32)
        model = peft.PeftModel.from_pretrained(model, directory)
    else:
        model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32)
    ours = json.loads(pathlib.Path(file).read_text())
    with torch.no_grad():
        theirs = values(log_probs(model))
    print("largest difference", max(abs(a - b) for o, t in zip(ours, theirs) for a, b in zip(o, t)))


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4])
    else:
        write(pathlib.Path(sys.argv[1]))

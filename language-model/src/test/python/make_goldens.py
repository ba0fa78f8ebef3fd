"""Makes the tiny random checkpoints in src/test/resources/goldens and what transformers computes with each in fp32:
log-probabilities, their weighted sum's gradient, greedy continuations, and the scores of classifiers.

    pip install torch==2.13.0 transformers==5.23.0
    python src/test/python/make_goldens.py src/test/resources/goldens

A gradient is told by its norm and by its products with the vectors cos(i), cos(2 i) and cos(3 i). Every sequence is
passed forward alone, by a model that has seen no other: rotary positions of type "dynamic" remember earlier lengths.
"""

import json
import shutil
import sys
import zlib
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    LlamaConfig,
    MistralConfig,
    Qwen2Config,
    Qwen3Config,
)

PADDING, END = 0, 1
WORDS = ["<pad>", "</s>", "<unk>", "\n", " "] + list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,!?'-:")
SIZES = dict(
    vocab_size=len(WORDS), hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=64, rms_norm_eps=1e-5, pad_token_id=PADDING, bos_token_id=None,
    eos_token_id=END,
)
HEADS = SIZES | {"head_dim": 8}  # all heads' widths do not add up to the hidden size


def rope(kind, **more):
    return {"rope_type": kind, "rope_theta": 1000.0} | more


LLAMA3 = rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)
WINDOW = dict(use_sliding_window=True, sliding_window=6)
LABELS = {0: "helpful", 1: "harmless", 2: "honest"}


class Golden:
    """dtype: of the file; shard: bytes of one; older: rope_theta and rope_scaling instead of rope_parameters."""

    def __init__(self, config, dtype=torch.float32, shard=None, older=False, scores=False):
        self.config, self.dtype, self.shard, self.older = config, dtype, shard, older
        self.kind = AutoModelForSequenceClassification if scores else AutoModelForCausalLM


GOLDENS = {
    "llama-tied": Golden(LlamaConfig(**SIZES, tie_word_embeddings=True)),
    "llama-untied-bias": Golden(LlamaConfig(**HEADS, attention_bias=True), torch.bfloat16, older=True),
    "llama-llama3-rope": Golden(LlamaConfig(**HEADS, rope_parameters=dict(LLAMA3)), torch.bfloat16),
    "llama-llama3-rope-scaling": Golden(LlamaConfig(**HEADS, rope_parameters=dict(LLAMA3)), older=True),
    "llama-linear-rope": Golden(LlamaConfig(**HEADS, rope_parameters=rope("linear", factor=3.0))),
    "llama-linear-rope-scaling": Golden(
        LlamaConfig(**HEADS, rope_parameters=rope("linear", factor=2.5)), torch.float16, older=True),
    "llama-dynamic-rope": Golden(
        LlamaConfig(**HEADS | {"max_position_embeddings": 16}, rope_parameters=rope("dynamic", factor=4.0))),
    "mistral-window-sharded": Golden(MistralConfig(**HEADS, sliding_window=5), shard="15KB"),
    "mistral-full": Golden(MistralConfig(**SIZES, sliding_window=None), torch.float16),
    "qwen2-tied": Golden(Qwen2Config(**SIZES, tie_word_embeddings=True), torch.bfloat16),
    "qwen2-window": Golden(Qwen2Config(**SIZES | {"num_hidden_layers": 3}, **WINDOW, max_window_layers=1)),
    "qwen3-tied": Golden(Qwen3Config(**HEADS, tie_word_embeddings=True), torch.bfloat16),
    "qwen3-bias-layer-types": Golden(Qwen3Config(
        **HEADS, **WINDOW, attention_bias=True, layer_types=["sliding_attention", "full_attention"])),
    "llama-three-labels": Golden(LlamaConfig(**SIZES, id2label=LABELS), scores=True),
    "qwen3-one-label": Golden(Qwen3Config(**HEADS, num_labels=1), torch.float16, scores=True),
}


def randomize(model):
    """As large as trained weights, so that every tensor matters."""
    for name, tensor in model.named_parameters():
        noise = torch.randn(tensor.shape)
        if name.endswith("norm.weight"):
            tensor.data = 1 + 0.3 * noise
        elif tensor.dim() == 1:
            tensor.data = 0.5 * noise
        else:
            tensor.data = noise * (0.8 if "embed" in name else 1.3 / tensor.shape[1] ** 0.5)


def tokenizer():
    made = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    made.add_special_tokens(["<pad>", "</s>"])
    made.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    made.decoder = decoders.Fuse()
    return made


def write_checkpoint(golden, directory):
    shutil.rmtree(directory, ignore_errors=True)
    model = golden.kind.from_config(golden.config)
    randomize(model)
    model.to(golden.dtype).save_pretrained(directory, **{"max_shard_size": golden.shard} if golden.shard else {})
    tokenizer().save(str(directory / "tokenizer.json"))
    (directory / "tokenizer_config.json").write_text('{"eos_token": "</s>", "pad_token": "<pad>"}\n')
    if golden.older:
        path = directory / "config.json"
        config = json.loads(path.read_text())
        scaling = config.pop("rope_parameters")
        config["rope_theta"] = scaling.pop("rope_theta")
        config["rope_scaling"] = None if scaling == {"rope_type": "default"} else scaling
        path.write_text(json.dumps(config, indent=2) + "\n")


def load(golden, directory):
    return golden.kind.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager")


def forget_lengths(model):
    model.model.rotary_emb = type(model.model.rotary_emb)(model.config)


def ids(count):
    return torch.randint(END + 1, len(WORDS), [count]).tolist()


def floats(tensor):
    return tensor.double().tolist()


def log_probs(model, prompt, completion):
    forget_lengths(model)
    logits = model(torch.tensor([prompt + completion])).logits[0, len(prompt) - 1:-1]
    return torch.log_softmax(logits, -1)[range(len(completion)), completion]


def gradients(model):
    told = {}
    for name, tensor in model.named_parameters():
        row = tensor.grad.double().flatten()
        i = torch.arange(len(row), dtype=torch.float64)
        told[name] = {"norm": row.norm().item(), "products": [(row @ torch.cos(k * i)).item() for k in (1, 2, 3)]}
    return told


def greedy(golden, directory, prompt):
    """By a new model each, whose choices are all clear."""
    model = load(golden, directory)
    made = model.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                          do_sample=False, max_new_tokens=24, output_scores=True, return_dict_in_generate=True)
    for scores in made.scores:
        best = scores[0].topk(2).values
        assert best[0] - best[1] > 1e-3, f"{directory}: a choice is not clear, take another seed"
    continuation = made.sequences[0, len(prompt):].tolist()
    return {"prompt": prompt, "ids": continuation, "text": tokenizer().decode(continuation)}


def language_model_golden(golden, directory):
    model = load(golden, directory)
    shared = ids(7)
    sequences = [(shared, ids(12)), (shared, ids(5)), ([PADDING, 9], ids(22)), (ids(3), ids(1))]
    told = []
    for prompt, completion in sequences:
        weights = torch.randn(len(completion))
        values = log_probs(model, prompt, completion)
        (values * weights).sum().backward()
        told.append({"prompt": prompt, "completion": completion,
                     "logProbs": floats(values), "weights": floats(weights)})
    greedies = [greedy(golden, directory, prompt) for prompt in (shared, ids(2), ids(20))]
    return {"sequences": told, "gradients": gradients(model), "greedy": greedies}


def scores_golden(golden, directory):
    """The last of the sequences ends in padding, which transformers does not score."""
    model = load(golden, directory)
    told = []
    for sequence in (ids(9), ids(1), ids(20), ids(6) + [PADDING] * 3):
        scores = model(torch.tensor([sequence])).logits[0]
        weights = torch.randn(len(scores))
        (scores * weights).sum().backward()
        told.append({"ids": sequence, "scores": floats(scores), "weights": floats(weights)})
    return {"labels": [model.config.id2label[i] for i in range(model.config.num_labels)],
            "sequences": told, "gradients": gradients(model)}


def main(goldens):
    for name, golden in GOLDENS.items():
        torch.manual_seed(zlib.crc32(name.encode()))
        directory = goldens / name
        write_checkpoint(golden, directory)
        causal = golden.kind is AutoModelForCausalLM
        told = language_model_golden(golden, directory) if causal else scores_golden(golden, directory)
        (directory / "golden.json").write_text(json.dumps(told) + "\n")
        print(name, sum(file.stat().st_size for file in directory.iterdir()), "bytes")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]))

"""Loads with transformers what the engine saved of each golden checkpoint, and prints how far its log-probabilities
and scores are from the golden ones, and whether each tensor is bit for bit that of the golden checkpoint.

    mvn -pl language-model test -Dtest=GoldenCheckpointsTest -Dgoldens.saved=/tmp/saved
    pip install torch==2.13.0 transformers==5.23.0
    python language-model/src/test/python/check_saved.py language-model/src/test/resources/goldens /tmp/saved
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

from make_goldens import log_probs


def largest(differences):
    return max(difference.abs().max().item() for difference in differences)


def check(golden_directory, saved):
    golden = json.loads((golden_directory / "golden.json").read_text())
    scores = "labels" in golden
    kind = AutoModelForSequenceClassification if scores else AutoModelForCausalLM
    model = kind.from_pretrained(saved, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        if scores:
            off = largest(model(torch.tensor([item["ids"]])).logits[0] - torch.tensor(item["scores"])
                          for item in golden["sequences"])
        else:
            off = largest(log_probs(model, item["prompt"], item["completion"]) - torch.tensor(item["logProbs"])
                          for item in golden["sequences"])
    before = kind.from_pretrained(golden_directory, dtype="auto").state_dict()
    after = kind.from_pretrained(saved, dtype="auto").state_dict()
    same = before.keys() == after.keys() and all(torch.equal(before[name], after[name].to(before[name].dtype))
                                                 for name in before)
    print(f"{saved.name:36} {'scores' if scores else 'log-probs'} off by {off:.1e}, "
          f"tensors {'the same' if same else 'DIFFERENT'}")
    return same and off < 1e-4


if __name__ == "__main__":
    torch.set_num_threads(1)
    goldens, parent = Path(sys.argv[1]), Path(sys.argv[2])
    results = [check(goldens / saved.name.rsplit("-", 1)[0], saved) for saved in sorted(parent.iterdir())]
    sys.exit(0 if results and all(results) else "a saved checkpoint is not what was read")

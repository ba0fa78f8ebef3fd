"""Writes truncation.json: what the warpers of transformers leave of logits that a test can make again.

    python src/test/python/truncation.py > src/test/resources/dev/tribunal/languagemodel/truncation.json
"""

import json
import math

import torch
import transformers
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

# As the test makes them again.
peaked = torch.tensor([2 * math.sin(i * i) for i in range(30)])
flat = torch.tensor([0.5 * math.sin(i * i) for i in range(1500)])
cases = []
for logits, temperature, top_k, top_p in [
    (peaked, 1.0, 0, 1.0), (peaked, 0.7, 5, 1.0), (peaked, 1.0, 0, 0.8), (peaked, 1.5, 12, 0.6),
    (peaked, 1.0, 1, 1.0), (peaked, 1.0, 0, 0.01), (peaked, 1.0, 100, 0.9), (flat, 1.0, 0, 0.9), (flat, 2.0, 700, 0.5),
]:
    scores = TemperatureLogitsWarper(temperature)(None, logits[None])
    if top_k:
        scores = TopKLogitsWarper(top_k)(None, scores)
    if top_p < 1:
        scores = TopPLogitsWarper(top_p)(None, scores)
    p = torch.softmax(scores, -1)[0]
    ids = p.argsort(descending=True)[:12].tolist()
    cases.append({"size": len(logits), "scale": round(logits.max().item() * 2) / 2, "temperature": temperature,
                  "topK": top_k, "topP": top_p, "kept": int((p > 0).sum()),
                  "largest": {i: round(p[i].item(), 7) for i in ids if p[i] > 0}})
print(json.dumps({"transformers": transformers.__version__, "cases": cases}, indent=1))

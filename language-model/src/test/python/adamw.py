"""Writes adamw.json: what torch.optim.AdamW and clip_grad_norm_ make of numbers that a test can make again.

    python src/test/python/adamw.py > src/test/resources/dev/tribunal/languagemodel/adamw.json
"""

import json
import math

import torch

SIZE = 16728  # all weights of the tests' tied tiny checkpoint
PLACES = [0, 1, 2, 777, 9999, SIZE - 1]
SCALES = [0.001, 0.02, 5.0, 0.0001]

weights = torch.nn.Parameter(torch.tensor([0.5 * math.sin(i) for i in range(SIZE)], dtype=torch.float32))
optimizer = torch.optim.AdamW([weights], lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.1, fused=True)
steps = []
for t, scale in enumerate(SCALES):
    weights.grad = torch.tensor([scale * math.cos(i * (t + 1)) for i in range(SIZE)], dtype=torch.float32)
    norm = torch.nn.utils.clip_grad_norm_([weights], 1.0)
    optimizer.step()
    steps.append({"scale": scale, "norm": norm.item(), "weights": [weights[i].item() for i in PLACES]})
print(json.dumps({"torch": torch.__version__.split("+")[0], "places": PLACES, "steps": steps}, indent=2))

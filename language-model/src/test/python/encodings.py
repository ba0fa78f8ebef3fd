"""Writes smollm2-encodings.json: how transformers' tokenizer of SmolLM2-135M-Instruct encodes and decodes texts.

    pip install transformers==5.23.0
    python language-model/src/test/python/encodings.py SmolLM2-135M-Instruct \
        > language-model/src/test/resources/dev/tribunal/languagemodel/smollm2-encodings.json
"""

import json
import random
import sys

import transformers
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
draw = random.Random(7)
pieces = [
    "hello", " World", "  ", "\n", "\n\n\n", "\t", "\r\n", "don't", "I'LL", "1234567", " 3.14", "naïve", "e\u0301", "é",
    "你好", "こんにちは", "안녕", "Привет", "שלום", "مرحبا", "नमस्ते", "🙂", "👩‍👩‍👧", "🇨🇭", "\u00a0", "\u200b", "\ufeff", "\u2028",
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im_start|>user\n", "<|im", "_end|>", "<repo_name>", "<file_sep>",
    "{{ x }}", "def f(x):\n    return x\n", "----", "=====", "\\n", "\x00", "\x1c", "ﬁ", "Ⅷ", "½", "…", "—", "$", "%d", "a" * 60,
]
texts = ["", " ", *pieces]
texts += ["".join(draw.choice(pieces) for _ in range(draw.randint(2, 9))) for _ in range(200)]
cases = []
for text in texts:
    ids = tokenizer.encode(text, add_special_tokens=False)
    cases.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=True)})
json.dump({"transformers": transformers.__version__, "cases": cases}, sys.stdout, indent=None, ensure_ascii=True)
print()

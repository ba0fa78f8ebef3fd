"""Times math-verify on the responses that MathAnswerBenchmark's judge takes too, microseconds a response.

    pip install math-verify==0.9.0 'latex2sympy2_extended[antlr4_13_2]'
    python math-answers/src/test/python/math_times.py math-answers/src/test/resources/math/answers.txt
"""

import logging
import re
import statistics
import sys
import time

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def responses(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            found = re.fullmatch(r"(.+?) [=!] (.+)", line.rstrip("\n"))
            if found and not line.startswith("#"):
                for answer in found[2].split(" ;; "):
                    text = "We add up what is given, step by step.\n" * 5 + "So it is \\boxed{" + answer + "}."
                    yield found[1], text


def judge(reference, text):
    return verify(parse("$" + reference + "$"), parse(text))


pairs = list(responses(sys.argv[1]))
for pair in pairs:  # warm up: the grammar is loaded, expressions are cached
    judge(*pair)
rounds = []
for _ in range(3):
    start = time.perf_counter()
    for pair in pairs:
        judge(*pair)
    rounds.append((time.perf_counter() - start) / len(pairs) * 1e6)
print(f"{len(pairs)} responses: {statistics.median(rounds):.0f} microseconds each, of {[round(r) for r in rounds]}")

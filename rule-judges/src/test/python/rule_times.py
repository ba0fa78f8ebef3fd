"""Times the public IFEval checker on responses that InstructionBenchmark's judge takes too, microseconds a response.

    python rule-judges/src/test/python/rule_times.py CASES.jsonl [JMH.json]

CASES.jsonl is ifeval_verdicts.py's, which says what has to be installed. With the result file of JMH (-rf json -rff)
the judge's times stand beside, and how many times faster it is.
"""

import json
import statistics
import sys
import time

from absl import logging
from instruction_following_eval import evaluation_lib

logging.set_verbosity(logging.FATAL)
READINGS = {
    "strict": evaluation_lib.test_instruction_following_strict,
    "loose": evaluation_lib.test_instruction_following_loose,
}


def seconds(check, examples):
    start = time.perf_counter()
    for example, response in examples:
        check(example, response)
    return time.perf_counter() - start


with open(sys.argv[1], encoding="utf-8") as file:
    cases = [json.loads(line) for line in file]
ours = {}
if len(sys.argv) > 2:
    with open(sys.argv[2], encoding="utf-8") as file:
        for row in json.load(file):
            ours[row["params"]["instruction"], row["params"]["reading"]] = row["primaryMetric"]["score"]

sums = {}
for kind in sorted({case["instruction"] for case in cases}):
    examples = [
        (evaluation_lib.InputExample(0, [kind], "p", [case["kwargs"]]), {"p": case["response"]})
        for case in cases
        if case["instruction"] == kind
    ]
    for reading, check in READINGS.items():
        check(*examples[0])
        micros = statistics.median(seconds(check, examples) for _ in range(5)) / len(examples) * 1e6
        own = ours.get((kind, reading))
        sums.setdefault(reading, []).append((micros, own or 0))
        print(f"{kind} {reading}: checker {micros:.1f}" + (f", judge {own:.2f}, {micros / own:.0f} times" if own else ""))
for reading, pairs in sums.items():
    checker, own = (statistics.mean(column) for column in zip(*pairs))
    print(f"mean {reading}: checker {checker:.1f}" + (f", judge {own:.2f}, {checker / own:.0f} times" if own else ""))

"""A judge in Python: a completion must not swear.

    python3 judge.py [PORT [ADDRESS]]     8091 and 127.0.0.1; port 0 takes a free one

With JUDGE_TOKEN in the environment, only that bearer token is answered. tribunal_client.judging (clients/python) has to be
on the path, and nothing else.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tribunal_client.judging import Verdict, judge, satisfied, violated


def parameter_mistakes(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a task's parameters that their types do not say."""
    if not parameters["words"]:
        yield "/words", "must be a list of at least one word"
    for index, word in enumerate(parameters["words"]):
        if not word.strip():
            yield f"/words/{index}", "must be a word"


@judge(
    "no-profanity-python",
    "1.0.0",
    fixtures=[
        ("What a lovely day.", True),
        ("What a damn fine day.", False),
        ("The amsterdam nmad is fine.", True),
    ],
    max_batch_items=256,
    check_parameters=parameter_mistakes,
)
def no_profanity(completion: str, *, words: Sequence[str] = ("damn", "bloody", "crap")) -> Verdict:
    """Does not swear."""
    for word in words:
        if re.search(rf"\b{re.escape(word)}\b", completion, re.IGNORECASE):
            return violated(f"says '{word}'")
    return satisfied("does not swear")


if __name__ == "__main__":
    no_profanity.main()

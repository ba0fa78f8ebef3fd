"""Writes what the instruction rules know of English sentences and of three languages into src/main/resources.

    pip install nltk==3.10.4 langdetect==1.0.9      # and nltk's data package punkt_tab where NLTK_DATA says
    python rule-judges/src/test/python/ifeval_resources.py \
        rule-judges/src/main/resources/dev/tribunal/judge/rules/instruction

punkt-english.txt: the parameters that Punkt learned from English newspapers, as far as its decisions need them.
languages.txt: the n-gram counts of the languages that langdetect has and the Java library has not, or otherwise.
"""

import json
import pathlib
import sys

import langdetect
from nltk.tokenize.punkt import PunktTokenizer

MIT = """\
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
# and this permission notice shall be included in all copies or substantial portions of the Software.
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
UPPER, MIDDLE_UPPER, LOWER, FIRST_LOWER = 14, 4, 112, 16


def punkt():
    parameters = PunktTokenizer("english")._params
    lines = [
        "# What Punkt (Kiss and Strunk 2006) learned from English newspapers, by ifeval_resources.py.",
        "# Source: NLTK's data package punkt_tab, english. Copyright (c) Jan Strunk, Tibor Kiss. MIT License.",
        MIT.rstrip(),
    ]
    words = {"large-inside": [], "small-only": [], "small-first": []}
    for word, seen in sorted(parameters.ortho_context.items()):
        if seen & LOWER:
            if seen & MIDDLE_UPPER:
                words["large-inside"].append(word)
            elif seen & UPPER or not seen & FIRST_LOWER:
                words["small-only"].append(word)
            else:
                words["small-first"].append(word)
    for name, entries in [
        ("abbreviations", sorted(parameters.abbrev_types)),
        ("collocations", sorted("\t".join(pair) for pair in parameters.collocations)),
        ("starters", sorted(parameters.sent_starters)),
        *words.items(),
    ]:
        lines += ["== " + name, *entries]
    return "\n".join(lines) + "\n"


def languages():
    lines = [
        "# N-gram counts in the Wikipedia of some languages, by ifeval_resources.py.",
        "# Source: the profiles of langdetect 1.0.9 (Michal Danilak), a port of Shuyo Nakatani's language-detection,",
        "# Copyright 2010-2014 Cybozu Labs, Inc. Apache License 2.0, http://www.apache.org/licenses/LICENSE-2.0",
    ]
    profiles = pathlib.Path(langdetect.__file__).parent / "profiles"
    for language in ["ca", "cy", "ko"]:
        profile = json.loads((profiles / language).read_text(encoding="utf-8"))
        lines.append("== " + language + "\t" + "\t".join(map(str, profile["n_words"])))
        by_count = {}
        for gram, count in profile["freq"].items():
            by_count.setdefault(count, []).append(gram)
        lines += [f"{count}\t" + "\t".join(sorted(grams)) for count, grams in sorted(by_count.items())]
    return "\n".join(lines) + "\n"


folder = pathlib.Path(sys.argv[1])
for part in ("text", "language"):
    (folder / part).mkdir(parents=True, exist_ok=True)
(folder / "text" / "punkt-english.txt").write_text(punkt(), encoding="utf-8")
(folder / "language" / "languages.txt").write_text(languages(), encoding="utf-8")

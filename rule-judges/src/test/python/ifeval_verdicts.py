"""Writes what the public IFEval checker says of generated responses: one JSON object a line.

    pip install absl-py immutabledict langdetect==1.0.9 nltk==3.10.4        # and nltk's data package punkt_tab
    export PYTHONPATH=google-research                                       # where instruction_following_eval lies
    python rule-judges/src/test/python/ifeval_verdicts.py --hard 400 \
        > rule-judges/src/test/resources/dev/tribunal/judge/rules/instruction/verdicts.jsonl

Without --hard it writes --count cases for a wider comparison; --prompts FILE takes arguments from IFEval's prompts too,
--responses FILE takes texts, one JSON string a line. InstructionFollowingJudge reads such a file in VerdictsTest:

    mvn -pl judge-service test -Dtest=VerdictsTest -Dtribunal.ifeval.verdicts=FILE

langdetect draws at random; its seed is 0 here, as in the judge.
"""

import argparse
import json
import random
import sys

import langdetect
from absl import logging
from instruction_following_eval import evaluation_lib

langdetect.DetectorFactory.seed = 0
logging.set_verbosity(logging.FATAL)

WORDS = (
    "the a an he she it we they is was said went saw old new river town house music Anna London NASA U.S. U.K. etc. e.g. "
    "i.e. Mr. Mrs. Dr. St. vs. No. p.m. a.m. Jan. Inc. Co. Ltd. J. K. R. X. Ph.D. 3.5 1,000 2. 42. $5 50% -7 don't I'm "
    "it's 'tis cannot CANNOT wanna 'quoted' rock'n'roll O'Neill well-known STOP-IT A I B2B HELLO WORLD naïve über ÉCOLE "
    "straße ΣΊΣΥΦΟΣ İstanbul ŠKODA a@b.org https://a.example/x?y=1 www.example.com file.txt v1.2.3 C++ c# #tag @me "
    "and but however moreover although since in under this these so if when while then some many despite indeed "
    "keyword Keyword KEYWORDS section Section SECTION Day mother rocks rock rocky warm war word_word x² ½ Ⅷ 10th ok. "
    "Sept. Calif. gen. corp. int'l ... .. . ! ? ?! !!! … – — -- - * ** ( ) [ ] { } < > ; : , ' \" ` `` '' “ ” ‘ ’ « »"
).split(" ")
ENDS = [".", ".", ".", "!", "?", "...", "…", "!!", "?!", '."', ".'", ".)", ".”", ".’", "!»", ". . .", ";", ":", "", ".*", "**."]
SPACES = [" "] * 12 + ["\n", "\n\n", "  ", "\t", "\u00a0", "\r\n", "\n \n", "\u2003", "\u2028", "\x0b", ""]
LINES = [
    "* one", "* two", "*three", "- one", "- two", "-", "*", "** x", "**bold** and *light*", "*a* *b* **c** ****", "* *", "  * in",
    "    - deep", "1. first", "• dot", "---", "***", "* * *", "******", "*****", "***bold***", "<<title>>", "<< >>", "<<>>",
    "<<<a>>>", "<<a", "b>>", "<<a>> <<b>>", "[name]", "[a] [b] [[c]]", "[open", "]", "[]", "P.S. more", "p. s. more", "P.P.S more",
    "P.P.S. more", "P. P. S", "PS: more", "P.S more", "SECTION 1", "Section 1:", "SECTION2", "section 3", "Section  4", "Day 1",
    "Day\t2", "PARAGRAPH 1", "My answer is yes.", "My answer is no", "my answer is maybe.", "Any other questions?",
    "Is there anything else I can help with?", "Peace out!", "Peace out", '"', '"quoted"', "```", "```json", "# Title", "> quote",
    "Dear Sir,", "Yours, J. Doe", "| a | b |", "$x = 1.5$", "\\boxed{4}", "int main() { return 0; }", "Wait... what? No! Yes.",
    "He lives in the U.S. He works.", "He is J. Smith. She is K.", "At 5 p.m. The door opened. At 6 a.m. it shut.",
    "See No. 5 vs. No. 6, etc. and so on.", "(One.) [Two.] {Three.} 'Four.' “Five.” ‘Six.’ «Seven.» \"Eight.\"", "Go.Now.Then!Why?So",
    "It cost $3. That is 4. that is it.", "i. ii. iii. iv. A. B. C. x. y.", "Hm . . . well . . Yes. ..no", "end .", "? !",
    "1. One. 2. Two. 3. three. 4) Four.", "first.\nSecond.\n\nthird.", "Who? Me?! “You.” He said.", "A.I. is U.N. The E.U. Is.",
    "नमस्ते दुनिया। यह हिंदी है।", "你好。世界！", "こんにちは。", "안녕하세요. 세계", "Привет, мир. Как дела?", "مرحبا بالعالم.", "שלום עולם.",
]
LANGUAGES = {
    "en": ["The old house by the river was empty when they came home.", "what is there to say about it now", "I THINK THIS IS IT"],
    "de": ["Das alte Haus am Fluss war leer, als sie nach Hause kamen.", "DAS IST EIN SATZ"],
    "fr": ["La vieille maison près de la rivière était vide.", "Il n'y a rien à dire."],
    "es": ["La vieja casa junto al río estaba vacía.", "No hay nada que decir."],
    "pt": ["A velha casa junto ao rio estava vazia quando chegaram.", "Não há nada a dizer."],
    "it": ["La vecchia casa vicino al fiume era vuota."], "ca": ["La vella casa vora el riu era buida quan van arribar."],
    "cy": ["Yr oedd yr hen dŷ ger yr afon yn wag pan ddaethant adref."], "nl": ["Het oude huis aan de rivier was leeg."],
    "sw": ["Nyumba ya zamani kando ya mto ilikuwa tupu walipofika."], "vi": ["Ngôi nhà cũ bên sông trống không khi họ về."],
    "ru": ["Старый дом у реки был пуст, когда они вернулись."], "bg": ["Старата къща до реката беше празна."],
    "uk": ["Старий будинок біля річки був порожній."], "hi": ["नदी के किनारे का पुराना घर खाली था।"], "mr": ["नदीकाठचे जुने घर रिकामे होते."],
    "ne": ["नदी किनारको पुरानो घर खाली थियो।"], "bn": ["নদীর ধারের পুরনো বাড়িটি খালি ছিল।"], "pa": ["ਨਦੀ ਕੰਢੇ ਪੁਰਾਣਾ ਘਰ ਖਾਲੀ ਸੀ।"],
    "gu": ["નદી કિનારે જૂનું ઘર ખાલી હતું."], "ta": ["ஆற்றங்கரையில் பழைய வீடு காலியாக இருந்தது."], "te": ["నది ఒడ్డున పాత ఇల్లు ఖాళీగా ఉంది."],
    "kn": ["ನದಿಯ ದಡದ ಹಳೆಯ ಮನೆ ಖಾಲಿಯಾಗಿತ್ತು."], "ml": ["പുഴക്കരയിലെ പഴയ വീട് ഒഴിഞ്ഞുകിടന്നു."], "th": ["บ้านเก่าริมแม่น้ำว่างเปล่า"],
    "ko": ["강가의 낡은 집은 비어 있었다."], "ja": ["川のそばの古い家は空だった。"], "ar": ["كان البيت القديم قرب النهر خاليا."],
    "fa": ["خانه‌ی قدیمی کنار رودخانه خالی بود."], "ur": ["دریا کے کنارے پرانا گھر خالی تھا۔"], "he": ["הבית הישן ליד הנהר היה ריק."],
    "pl": ["Stary dom nad rzeką był pusty."], "fi": ["Vanha talo joen rannalla oli tyhjä."], "zh-cn": ["河边的老房子是空的。"],
}
JSONS = [
    "{}", "[]", '{"a": 1}', '{"a": [1, 2.5, -3e4, null, true, false]}', '"x"', "42", "-0", "01", "1.", ".5", "1e", "+1", "NaN",
    "-Infinity", "Infinity", "-NaN", "nul", "{'a': 1}", '{"a": 1,}', "[1,]", "[,1]", '{"a" 1}', '{"a": "b\nc"}', '{"a": "b\tc"}',
    '"\\u00e9\\ud800"', '"\\x"', '"\\u12g4"', '{"a": 1} {"b": 2}', '{"a": 1}\n\n', "// c\n{}", '{"a": {"b": [{}, []]}}', "\ufeff{}",
    '{"a": "“q”"}', "9" * 4300, "9" * 4301, "-" + "9" * 4301, "9" * 4301 + ".0", '{"": ""}', "[1 2]", "\u00a0[1]", "[\u00a01]", '["\x7f"]',
    '["\x1f"]', "{1: 2}", '{"a": 1, "a": 2}', "True", "None", "[[[[[[]]]]]]", "[", '{"a"', '"', "1 2", "[NaN,-Infinity]",
]
FENCES = ["{}", "```json\n{}\n```", "```\n{}\n```", "```JSON{}```", "```Json\n{}", "``` {} ```", "{}\n```", "Here:\n{}", "```json\n```json{}```", "{}\nBye"]
KEYWORDS = [
    "rock", "war", "keyword", "mother", "c++", "C++", "a.c", "the", "it's", "straße", "STRASSE", "ÉCOLE", "i", "ı", "k", "naïve", "don't",
    "word", "10", "#tag", "@me", "well-known", "(", "[name]", "x|y", "\\bwar\\b", "\\w+", "s\\s+a", "U.S.", "?", "$", "ß", "σ", "½", "e",
    "two words", "old new", "$5", "{", "a{2}", "[aeiou]{3}", "^the", "\\d+", "नमस्ते", "你好", "Привет", "", "(a)(b)?", "quoted", "_word",
]


def sentence(draw):
    words = [draw.choice(WORDS) for _ in range(draw.randint(1, 9))]
    if draw.random() < 0.5:
        words[0] = words[0][:1].upper() + words[0][1:]
    return "".join(word + draw.choice(SPACES) for word in words[:-1]) + words[-1] + draw.choice(ENDS)


def english(draw):
    text = " ".join(draw.choice(LANGUAGES["en"]) for _ in range(draw.randint(1, 4)))
    return draw.choice([str, str.upper, str.lower, str.title])(text)


def foreign(draw):
    first = draw.choice(list(LANGUAGES))
    second = draw.choice([first, first, draw.choice(list(LANGUAGES))])
    text = " ".join(draw.choice(LANGUAGES[draw.choice([first, second])]) for _ in range(draw.randint(1, 3)))
    if draw.random() < 0.2:
        text = " ".join(text.split()[: draw.randint(1, 3)])
    return draw.choice([str, str, str, str.upper, str.lower])(text)


def composed(draw):
    makers = [sentence, sentence, sentence, lambda d: d.choice(LINES), lambda d: d.choice(LINES), english, foreign]
    parts = [draw.choice(makers)(draw) for _ in range(draw.randint(1, 12))]
    joins = draw.choice([[" "], ["\n"], ["\n\n"], [" ", "\n", "\n\n", "\n***\n", "\r\n", ""]])
    return parts[0] + "".join(draw.choice(joins) + part for part in parts[1:])


def response(draw):
    kind = draw.random()
    if kind < 0.1:
        return draw.choice(FENCES).replace("{}", draw.choice(JSONS))
    if kind < 0.2:
        return foreign(draw)
    if kind < 0.25:
        return english(draw)
    if kind < 0.28:
        return draw.choice(["", " ", "\n", "\n\n", "*", "**", "123", "...", "A", "a", "É", "\x1c", "\u200b", "!!", "\u00a0"])
    text = composed(draw)
    if kind < 0.36:
        text = draw.choice(["***", "******", "\n\n", "\n***\n", " ****** ", "*** ***"]).join([text, composed(draw), composed(draw)][: draw.randint(1, 3)])
    if kind < 0.42:
        text = '"' + text + draw.choice(['"', '" ', '"\n', '".', ""])
    if kind < 0.48:
        text = draw.choice([str.upper, str.lower])(text)
    if kind < 0.54:
        text += draw.choice([" ", "\n", ""]) + draw.choice(["Any other questions?", "any other questions?\"", "Any other questions? ", "“Peace out!”", "Peace out!"])
    if kind > 0.97:
        text = draw.choice([" ", "\n", "\t"]) + text + draw.choice([" ", "\n", "\n\n"])
    return text


def relation(draw):
    return draw.choice(["less than", "at least"])


def arguments(draw, text):
    """One draw for every kind of instruction; counts lie around what a text may have."""
    small = lambda top: draw.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, draw.randint(0, top)])
    paragraphs = small(6)
    words = text.split()
    own = draw.choice(words) if words and draw.random() < 0.5 else draw.choice(KEYWORDS)
    yield "keywords:existence", {"keywords": [draw.choice(KEYWORDS) for _ in range(draw.randint(1, 2))]}
    yield "keywords:frequency", {"keyword": draw.choice([k for k in KEYWORDS if k]), "frequency": small(6), "relation": relation(draw)}
    yield "keywords:forbidden_words", {"forbidden_words": [draw.choice(KEYWORDS) for _ in range(draw.randint(1, 3))]}
    yield "keywords:letter_frequency", {"letter": draw.choice("etaQzI#!éßİσk "), "let_frequency": draw.randint(0, 12), "let_relation": relation(draw)}
    yield "language:response_language", {"language": draw.choice("en es pt ar hi fr ru de ja it bn uk th ur ta te bg ko pl he fa vi ne sw kn mr gu pa ml fi".split())}
    yield "length_constraints:number_sentences", {"num_sentences": draw.randint(0, 14), "relation": relation(draw)}
    yield "length_constraints:number_paragraphs", {"num_paragraphs": small(5)}
    yield "length_constraints:number_words", {"num_words": draw.randint(0, 70), "relation": relation(draw)}
    yield "length_constraints:nth_paragraph_first_word", {
        "num_paragraphs": max(paragraphs, 1), "nth_paragraph": draw.randint(1, max(paragraphs, 1)), "first_word": own or "the"}
    yield "detectable_content:number_placeholders", {"num_placeholders": small(6)}
    yield "detectable_content:postscript", {"postscript_marker": draw.choice(["P.S.", "P.P.S", "P.P.S.", "PS", "N.B."])}
    yield "detectable_format:number_bullet_lists", {"num_bullets": small(6)}
    yield "detectable_format:constrained_response", {}
    yield "detectable_format:number_highlighted_sections", {"num_highlights": small(6)}
    yield "detectable_format:multiple_sections", {
        "section_spliter": draw.choice(["Section", "SECTION", "Day", "PARAGRAPH", "section", "(Day)", "Day|Section", ""]), "num_sections": small(5)}
    yield "detectable_format:json_format", {}
    yield "detectable_format:title", {}
    yield "combination:two_responses", {}
    yield "combination:repeat_prompt", {"prompt_to_repeat": draw.choice([text[: draw.randint(1, 40)].upper(), "Say it. ", " the old"]) or "x"}
    yield "startend:end_checker", {"end_phrase": draw.choice(["Any other questions?", "Peace out!", " Peace out! ", "", text[-9:]])}
    yield "startend:quotation", {}
    yield "change_case:capital_word_frequency", {"capital_frequency": draw.randint(0, 9), "capital_relation": relation(draw)}
    yield "change_case:english_capital", {}
    yield "change_case:english_lowercase", {}
    yield "punctuation:no_comma", {}


def verdicts(instruction, kwargs, text):
    """Strict and loose; None where the checker draws its arguments, or stops."""
    example = evaluation_lib.InputExample(0, [instruction], "p", [kwargs])
    try:
        strict = evaluation_lib.test_instruction_following_strict(example, {"p": text})
        loose = evaluation_lib.test_instruction_following_loose(example, {"p": text})
    except Exception:
        return None
    return {
        "instruction": instruction,
        "kwargs": kwargs,
        "response": text,
        "strict": strict.follow_all_instructions,
        "loose": loose.follow_all_instructions,
    }


def cases(draw, prompts, texts):
    while True:
        text = draw.choice(texts) if texts and draw.random() < 0.5 else response(draw)
        drawn = list(arguments(draw, text))
        if prompts and draw.random() < 0.5:
            drawn = draw.choice(prompts)
        for instruction, kwargs in drawn:
            case = verdicts(instruction, kwargs, text)
            if case is not None:
                yield case


def hard(generated, count):
    """Short responses, about as many of each kind and verdict."""
    buckets = {}
    for _, case in zip(range(count * 15), generated):
        if len(case["response"]) < 300:
            buckets.setdefault((case["instruction"], case["strict"], case["loose"]), []).append(case)
    chosen = []
    while len(chosen) < count and any(buckets.values()):
        for bucket in buckets.values():
            if bucket and len(chosen) < count:
                chosen.append(bucket.pop())
    return sorted(chosen, key=lambda case: case["instruction"])


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--hard", type=int)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--prompts")
    parser.add_argument("--responses")
    options = parser.parse_args()
    rows = lines(options.prompts) if options.prompts else []
    prompts = [list(zip(row["instruction_id_list"], row["kwargs"])) for row in rows]
    generated = cases(random.Random(options.seed), prompts, lines(options.responses) if options.responses else [])
    chosen = hard(generated, options.hard) if options.hard else (c for _, c in zip(range(options.count), generated))
    for case in chosen:
        json.dump(case, sys.stdout, ensure_ascii=True)
        print()

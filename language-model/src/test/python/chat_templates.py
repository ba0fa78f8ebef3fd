"""Writes expected.json beside the chat templates of the tests: what transformers renders with each of them.

    pip install transformers==5.23.0 jinja2==3.1.6
    python language-model/src/test/python/chat_templates.py language-model/src/test/resources/dev/tribunal/languagemodel/chat-templates
"""

import datetime
import json
import sys
from pathlib import Path

import jinja2
import transformers
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils


class Clock(datetime.datetime):
    """strftime_now of the tests."""

    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 6, 13, 5, 9)


chat_template_utils.datetime = Clock


def chat(*turns):
    return [{"role": role, "content": content} for role, content in turns]


CONVERSATIONS = [
    chat(("user", "Hi")),
    chat(("system", " Be brief. "), ("user", "What is 2 + 2?\n")),
    chat(("user", "a"), ("assistant", "<think>\nwell\n</think>\n\nb"), ("user", "c")),
    chat(("system", "s"), ("user", "a"), ("assistant", " b "), ("user", "c"), ("assistant", "\n<think>x</think>\n\ny")),
    chat(("user", "{{ messages }} {% if x %}{# no #}"), ("assistant", "naïve 你好 🙂 \u00a0\u3000\u2028 <b>&'\"")),
    chat(("user", ""), ("user", "twice")),
    chat(("assistant", "first"), ("user", "second")),
    chat(("user", "a"), ("tool", "1"), ("tool", "<result>2</result>"), ("assistant", "three")),
    chat(("tool", "alone")),
    chat(("developer", "\r\nwindows\rlines\n\n")),
    chat(("system", "only")),
    chat(("user", "<result>1</result>"), ("assistant", "</think>"), ("system", "late"), ("user", "\t \x1c\n")),
]

directory = Path(sys.argv[1])
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel({"<u>": 0}, unk_token="<u>")),
    bos_token="<b>", eos_token="<e>", unk_token="<u>",
)


def rendered(template, messages, generation_prompt):
    try:
        text = tokenizer.apply_chat_template(
            messages, chat_template=template, add_generation_prompt=generation_prompt, tokenize=False
        )
        return {"text": text}
    except jinja2.exceptions.UndefinedError as error:
        return {"error": str(error)}
    except jinja2.exceptions.SecurityError as error:
        return {"error": str(error)}
    except jinja2.exceptions.TemplateSyntaxError:
        raise
    except jinja2.exceptions.TemplateError as error:
        return {"refusal": str(error)}


def cases(template):
    """One is enough where the template does not look at the conversation."""
    for index, messages in enumerate(CONVERSATIONS if "messages" in template else CONVERSATIONS[:1]):
        for generation_prompt in [False, True] if "add_generation_prompt" in template else [False]:
            expected = rendered(template, messages, generation_prompt)
            yield {"conversation": index, "generationPrompt": generation_prompt, **expected}


expected = {
    "transformers": transformers.__version__,
    "jinja2": jinja2.__version__,
    "now": Clock.now().isoformat(),
    "conversations": CONVERSATIONS,
    "templates": {file.stem: list(cases(file.read_text())) for file in sorted(directory.glob("*.jinja"))},
}
(directory / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")

"""Writes src/tribunal_client/types.py from a running platform's OpenAPI document.

Of the platform at a URL, or of a saved document; the platform's needs no token:

    python generate_types.py URL
    python generate_types.py FILE.json
"""

from __future__ import annotations

import json
import keyword
import pathlib
import re
import sys
import textwrap
import urllib.request
from typing import Any

TARGET = pathlib.Path(__file__).parent / "src" / "tribunal_client" / "types.py"

# What the client returns; with them comes what they refer to.
ROOTS = [
    "CheckResponse",
    "CheckpointFile",
    "CheckpointResource",
    "EpisodeResource",
    "EvaluateResponse",
    "HistogramResource",
    "JudgeLogEntry",
    "JudgeResource",
    "JudgeStatistics",
    "JudgeTemplateResource",
    "LabelAgreement",
    "LabelResource",
    "LineageResource",
    "MethodResource",
    "MethodTrialResource",
    "MetricColumns",
    "MetricResource",
    "RejudgedSample",
    "RejudgementResource",
    "RewardModelResource",
    "RunDifferences",
    "RunEvent",
    "RunResource",
    "ScoreResponse",
    "StressReport",
    "TokenResource",
]

# What a person writes is documented where it is written, and has a type for every method there is.
OPAQUE = {"Method", "PreferenceMethod", "RewardModelRegistrationSource", "RunSpec"}

HEAD = '''"""What the platform answers, as its OpenAPI document has it. Written by generate_types.py.

A field that is absent is not there: ``episode.get("score")``. A newer platform may answer with more fields and words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:  # every type checker knows it; at run time nobody asks
    from typing_extensions import NotRequired
'''


def references(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        here = [schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else []
        return here + [name for value in schema.values() for name in references(value)]
    return [name for value in schema for name in references(value)] if isinstance(schema, list) else []


def reachable(schemas: dict[str, Any]) -> list[str]:
    found: set[str] = set()
    waiting = list(ROOTS)
    while waiting:
        name = waiting.pop()
        if name not in found and name not in OPAQUE:
            found.add(name)
            waiting += references(schemas[name])
    return sorted(found)


def type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name: str = schema["$ref"].rsplit("/", 1)[1]
        return "dict[str, Any]" if name in OPAQUE else name
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(word) for word in schema['enum'])}]"
    kinds = schema.get("oneOf") or schema.get("anyOf")
    if kinds:
        return " | ".join(dict.fromkeys(type_of(kind) for kind in kinds))
    match schema.get("type"):
        case "string":
            return "str"
        case "integer":
            return "int"
        case "number":
            return "float"
        case "boolean":
            return "bool"
        case "array":
            return f"list[{type_of(schema['items'])}]"
        case "object":
            more = schema.get("additionalProperties")
            return f"dict[str, {type_of(more) if isinstance(more, dict) else 'Any'}]"
        case _:
            return "Any"


def documented(text: str, indent: str) -> str:
    words = re.sub(r"\s+", " ", text.replace("\\", "\\\\")).strip()
    lines = textwrap.wrap(words, 120 - len(indent) - 6, break_long_words=False, break_on_hyphens=False)
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""\n'
    return f'{indent}"""' + f"\n{indent}".join(lines) + f'\n{indent}"""\n'


def alias(name: str, schema: dict[str, Any]) -> str:
    text = f"{name} = {type_of(schema)}\n"
    if len(text) > 120:
        words = "".join(f"    {json.dumps(word)},\n" for word in schema["enum"])
        text = f"{name} = Literal[\n{words}]\n"
    return text + (documented(schema["description"], "") if "description" in schema else "")


def definition(name: str, schema: dict[str, Any]) -> str:
    if "properties" not in schema:
        return alias(name, schema)
    fields = {field: kind_of(field, schema) for field in schema["properties"]}
    if any(keyword.iskeyword(field) for field in fields):  # which a class cannot have
        listed = "".join(f"        {json.dumps(field)}: {json.dumps(kind)},\n" for field, kind in fields.items())
        return f'{name} = TypedDict(\n    "{name}",\n    {{\n{listed}    }},\n)\n' + documented(
            schema["description"], ""
        )
    text = f"class {name}(TypedDict):\n" + documented(schema.get("description") or name, "    ")
    for field, kind in fields.items():
        text += f"\n    {field}: {kind}\n"
        described = schema["properties"][field].get("description")
        text += documented(described, "    ") if described else ""
    return text


def kind_of(field: str, schema: dict[str, Any]) -> str:
    kind = type_of(schema["properties"][field])
    return kind if field in schema.get("required", []) else f"NotRequired[{kind}]"


def types(document: dict[str, Any]) -> str:
    schemas = document["components"]["schemas"]
    names = reachable(schemas)
    aliases = [name for name in names if "properties" not in schemas[name]]
    ordered = sorted(aliases, key=lambda name: bool(references(schemas[name])))
    classes = [name for name in names if name not in aliases]
    words = "\n".join(alias(name, schemas[name]) for name in ordered)
    return "\n\n".join([HEAD + "\n" + words, *(definition(name, schemas[name]) for name in classes)])


def main() -> None:
    source = sys.argv[1]
    if source.startswith("http"):
        with urllib.request.urlopen(source.rstrip("/") + "/v1/openapi.json") as answer:
            document = json.load(answer)
    else:
        document = json.loads(pathlib.Path(source).read_text())
    TARGET.write_text(types(document), encoding="utf-8")


if __name__ == "__main__":
    main()

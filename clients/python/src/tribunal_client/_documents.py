"""Specs and registrations as a person gives them: a mapping, a text in YAML or JSON, or a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._http import JSON, YAML

Document = Mapping[str, Any] | str | os.PathLike[str]
"""A mapping, YAML or JSON text, or the path of a file (a ``Path``, for a str is text)."""

# A scalar that is a relative reference, hf:PATH or file:PATH, quoted or not: what stands where a scalar of YAML begins,
# and is all of it. So a text that only speaks of one stays as it is.
_REFERENCE = re.compile(
    r"""(?P<before>\A|[:\[{,]\s*(?=["'])|[:-]\s+|[\[{,]\s*)(?P<quote>["'])?"""
    r"""(?P<scheme>hf|file):(?=[^\s/])(?P<home>~/)?"""
    r"""(?=(?(quote)[^\n]*?(?P=quote)\s*(?:[,\]}#]|$)|[^\s,\]}"']+[ \t]*(?:[,\]}]|[ ]\#|$)))""",
    re.M,
)
_UNQUOTED = re.compile(r"""[,\[\]{}\n]|:\s|\s#|:$|\s$""")


def content(document: Document, folder: str | os.PathLike[str] | None = None) -> tuple[str, str]:
    """Text and content type. Relative ``hf:`` and ``file:`` references are taken from the folder, as the platform does
    not know it: of a file, from its own; else they are sent as they are if none is given.

    :raises ValueError: if a text is the name of a file
    """
    if isinstance(document, Mapping):
        return json.dumps(document if folder is None else _absolute(document, _folder(folder))), JSON
    if isinstance(document, os.PathLike):
        file = Path(document)
        text = file.read_text(encoding="utf-8-sig")
        folder = file.parent if folder is None else folder
    else:
        text = document
        if "\n" not in text and re.search(r"\.(ya?ml|json)\s*$", text):
            raise ValueError(f"{text!r} is taken for YAML, not for a file; give Path({text.strip()!r})")
    return text if folder is None else _absolute_text(text, _folder(folder)), YAML


def _folder(folder: str | os.PathLike[str]) -> str:
    return Path(folder).expanduser().absolute().as_posix()


def _absolute(value: Any, folder: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _absolute(each, folder) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_absolute(each, folder) for each in value]
    if isinstance(value, str):
        scheme, colon, path = value.partition(":")
        if colon and path and scheme in ("hf", "file"):
            return scheme + ":" + os.path.normpath(Path(folder) / Path(path).expanduser())
    return value


def _absolute_text(text: str, folder: str) -> str:
    """YAML with the folder written into its references; all else stays to the letter."""

    def written(match: re.Match[str]) -> str:
        start = Path.home().as_posix() if match["home"] else folder
        quote = match["quote"] or ""
        if quote == '"':
            start = json.dumps(start, ensure_ascii=False)[1:-1]
        elif quote == "'":
            start = start.replace("'", "''")
        elif _UNQUOTED.search(start + "/"):
            line = text[: match.start("scheme")].count("\n") + 1
            raise ValueError(f"write the reference in line {line} in quotes: the folder {start} has letters of YAML's")
        return f"{match['before']}{quote}{match['scheme']}:{start}/"

    return _REFERENCE.sub(written, text)

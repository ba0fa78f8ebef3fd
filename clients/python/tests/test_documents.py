"""Specs as they are sent: YAML to the letter, but for references that are taken from the file's folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tribunal_client._documents import content

SPEC = """\
# see "docs", file names: anywhere
name: x # file: no reference
policy: {model: "hf:embedded/policy", other: hf:models/base}
prompts:
- source: 'file:prompts/a.jsonl'
- file:b.jsonl
- "file:/data/c.jsonl"
- file:~/d.jsonl
- stage:first
- profile:x
"""


def test_a_text_is_sent_to_the_letter() -> None:
    assert content(SPEC) == (SPEC, "application/yaml")


def test_a_files_references_are_taken_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/mira")
    file = tmp_path / "spec.yaml"
    file.write_text("\ufeff" + SPEC, encoding="utf-8")
    at = tmp_path.as_posix()
    assert content(file) == (
        SPEC.replace("hf:embedded", f"hf:{at}/embedded")
        .replace("hf:models", f"hf:{at}/models")
        .replace("file:prompts", f"file:{at}/prompts")
        .replace("file:b.jsonl", f"file:{at}/b.jsonl")
        .replace("file:~/", "file:/home/mira/"),
        "application/yaml",
    )


def test_a_files_folder_may_be_another(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text('{"model": "hf:base", "many":["file:a","file:b"]}')
    text, _ = content(file, "/data")
    assert json.loads(text) == {"model": "hf:/data/base", "many": ["file:/data/a", "file:/data/b"]}


def test_letters_of_yaml_in_a_folder_are_escaped_or_told() -> None:
    assert content('a: "hf:b"\n', '/x "y"')[0] == 'a: "hf:/x \\"y\\"/b"\n'
    assert content("a: 'hf:b'\n", "/it's")[0] == "a: 'hf:/it''s/b'\n"
    with pytest.raises(ValueError, match="line 2 in quotes"):
        content("name: x\na: hf:b\n", "/x, y")


def test_a_mapping_is_sent_as_json() -> None:
    spec = {"policy": {"model": "hf:base"}, "tasks": [{"prompts": {"source": "file:/a"}}], "note": "hf: is not one"}
    assert content(spec) == (json.dumps(spec), "application/json")
    assert json.loads(content(spec, "/data")[0])["policy"] == {"model": "hf:/data/base"}
    assert json.loads(content(spec, "/data")[0])["tasks"] == spec["tasks"]


def test_the_name_of_a_file_is_not_taken_for_yaml() -> None:
    with pytest.raises(ValueError, match=r"Path\('my-run.yaml'\)"):
        content("my-run.yaml")

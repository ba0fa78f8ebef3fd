"""Specs as they are sent: YAML to the letter, but for references that are taken from the file's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tribunal_client._documents import content

EXAMPLES = Path(__file__).parents[3] / "examples"

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
- file:d.jsonl  # or file:e.jsonl
-   "file:f g.jsonl"   # with a blank
many: [file:h, "file:i", 'hf:j' , {a: file:k}]
question: |
  Look at file:abc, or at "file:abc", or hf:x and say "hf:y" if it is good.
  file:abc
  An item, file:abc is one.
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
        .replace("file:d.jsonl", f"file:{at}/d.jsonl")
        .replace("file:f g", f"file:{at}/f g")
        .replace("[file:h", f"[file:{at}/h")
        .replace('"file:i"', f'"file:{at}/i"')
        .replace("'hf:j'", f"'hf:{at}/j'")
        .replace("a: file:k", f"a: file:{at}/k")
        .replace("file:~/", "file:/home/mira/"),
        "application/yaml",
    )


def test_a_files_folder_may_be_another(tmp_path: Path) -> None:
    file = tmp_path / "spec.json"
    file.write_text('{"model": "hf:base", "many":["file:a","file:b"]}')
    text, _ = content(file, "/data")
    assert json.loads(text) == {"model": "hf:/data/base", "many": ["file:/data/a", "file:/data/b"]}


def test_the_projects_own_specs_get_all_of_their_references_completed() -> None:
    yaml = pytest.importorskip("yaml")
    specs = [file for file in EXAMPLES.rglob("*.yaml") if "apiVersion: tribunal/v1" in file.read_text()]
    assert len(specs) > 5

    def absolute(value: Any, folder: Path) -> Any:
        if isinstance(value, dict):
            return {key: absolute(each, folder) for key, each in value.items()}
        if isinstance(value, list):
            return [absolute(each, folder) for each in value]
        scheme, colon, path = value.partition(":") if isinstance(value, str) else ("", "", "")
        return f"{scheme}:{folder / path}" if colon and scheme in ("hf", "file") else value

    for file in specs:
        sent = yaml.safe_load(content(file)[0])
        assert sent == absolute(yaml.safe_load(file.read_text()), file.parent), file


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

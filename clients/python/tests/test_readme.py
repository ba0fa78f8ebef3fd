"""The README's code runs as it stands, against the platform that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tribunal_client import Tribunal

PROJECT = Path(__file__).parents[3]
BLOCKS = re.findall(r"```python\n(.*?)```", (PROJECT / "clients/python/README.md").read_text(encoding="utf-8"), re.S)


def said(block: str, folder: Path) -> str:
    (folder / "examples").symlink_to(PROJECT / "examples")  # it is written for the project's root
    command = [sys.executable, "-c", block]
    ran = subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=550)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_there_is_nothing_else() -> None:
    assert len(BLOCKS) == 3


def test_ten_lines(platform: Tribunal, tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    assert len(BLOCKS[0].split("\n\n")[-1].splitlines()) <= 10
    told = said(BLOCKS[0], tmp_path)
    assert "feasible" in told
    assert re.search(r"kl\s+chat\s+8\s", told)
    assert (tmp_path / "my-model" / "model.safetensors").is_file()


def test_a_judge(platform: Tribunal, tmp_path: Path) -> None:
    assert "says 'thank'" in said(BLOCKS[1], tmp_path)


def test_errors(platform: Tribunal, tmp_path: Path) -> None:
    assert "/training/steps is 0" in said(BLOCKS[2], tmp_path)

"""Checkpoints' files: whole, or from where a download was cut off, and checked by their SHA-256."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import httpx

from ._http import Http
from .errors import DownloadError, ProblemError
from .types import CheckpointFile

_ATTEMPTS = 5
_PAUSE_S = 1.0
_SILENCE_S = 60.0
_CHUNK = 1 << 20
_PARTIAL = 206
_NOT_THERE = 416


def fetch(http: Http, address: str, file: CheckpointFile, folder: Path, name: str) -> Path:
    """Fetches a file into a folder. What has come of it waits as ``NAME.SHA.part`` until all of it is there and its
    SHA-256 is right: a part is never taken for a file, nor for a part of another checkpoint's.

    :param address: path of the file's bytes
    :param name: where in the folder it is put
    :raises DownloadError: if another file is in its place, or it does not come
    """
    target = Path(os.path.normpath(folder / name))
    if folder not in target.parents:
        raise DownloadError(f"the platform names a file {file['path']!r} that is outside of the folder")
    if target.exists():
        if target.is_file() and _whole(target, file):
            return target
        raise DownloadError(f"{target} is there already and is another file; choose an empty folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = file.get("sha256")
    part = target.with_name(f"{target.name}.{digest[:7] if digest else 'unknown'}.part")
    if not digest:
        part.unlink(missing_ok=True)  # nothing tells whether it is the beginning of this file
    _complete(http, address, file, part)
    if not _whole(part, file):
        part.unlink()
        raise DownloadError(f"{name} did not come as it is: its SHA-256 is not {digest}; download it again")
    part.replace(target)
    return target


def _complete(http: Http, address: str, file: CheckpointFile, part: Path) -> None:
    failure: Exception | None = None
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_S * 1.5 ** (attempt - 1))
        try:
            there = part.stat().st_size if part.exists() else 0
            if there < file["bytes"] or not there:
                _get(http, address, part, there)
            if part.exists() and part.stat().st_size >= file["bytes"]:
                return
        except httpx.TransportError as broken:
            failure = broken
        except ProblemError as refused:
            if refused.status == _NOT_THERE:
                part.unlink(missing_ok=True)
            elif refused.status < 500 and refused.status != 429:
                raise
            failure = refused
    raise DownloadError(
        f"{file['path']} does not come: {failure or 'the answer broke off'}. What has come is kept; the same call"
        " goes on from there"
    ) from failure


def _get(http: Http, address: str, part: Path, there: int) -> None:
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={there}-"} if there else {})}
    with (
        http.stream(address, headers=headers, query={}, timeout=_SILENCE_S) as response,
        part.open("ab" if response.status_code == _PARTIAL else "wb") as out,
    ):
        for chunk in response.iter_bytes():  # as it comes: what has come when it breaks off is kept
            out.write(chunk)


def _whole(path: Path, file: CheckpointFile) -> bool:
    if path.stat().st_size != file["bytes"]:
        return False
    digest = file.get("sha256")
    if not digest:
        return True
    with path.open("rb") as content:
        sha256 = hashlib.sha256()
        while chunk := content.read(_CHUNK):
            sha256.update(chunk)
    return sha256.hexdigest() == digest

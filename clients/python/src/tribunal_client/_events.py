"""Server-sent events, and how a stream that broke off goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx

from ._http import Http, path, unreachable
from .errors import PlatformUnreachableError, ProblemError
from .types import RunEvent

_HEARTBEAT_S = 45.0
"""The platform sends something each 15 s; silence for longer is a connection that is dead."""

_PATIENCE_S = 120.0
"""A service that is away for a moment ends no run, so it ends no watching either."""

_PAUSE_S = 1.0
_NO_CONTENT = 204
_AWAY = (429, 500, 502, 503, 504)


def parse(lines: Iterable[str]) -> Iterator[str]:
    """The data of each event of a stream; one that is cut off is none."""
    data: list[str] = []
    for line in lines:
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))


def follow(
    http: Http, run: str, after: int, ended: Callable[[], bool], until: float | None = None
) -> Iterator[RunEvent]:
    """A run's events after a sequence number, those that there are and then each as it comes, until the run has ended
    and all were given. Each is given once, however often the stream breaks off.

    :param ended: asks whether nothing can change any more
    :param until: when to stop waiting, by ``time.monotonic``; None for never
    :raises TimeoutError: then
    """

    def left() -> float:
        seconds = _HEARTBEAT_S if until is None else until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError(f"no longer watching {run}, which goes on")
        return seconds

    seen = after
    served = time.monotonic()
    while True:
        failure: Exception
        try:
            # Asked before the events are read: those of a run that has ended are then all there.
            last = ended()
            for event in _stream(http, run, seen, _endless if last else left):
                served = time.monotonic()
                if event is not None:
                    seen = event["sequence"]
                    yield event
            if last:
                return
            # The run has ended meanwhile, or the service that sent the stream has.
            time.sleep(_PAUSE_S / 5)
            continue
        except PlatformUnreachableError as away:
            failure = away
        except httpx.TransportError as broken:
            failure = unreachable(http.url, broken)
        except ProblemError as refused:
            if refused.status not in _AWAY:
                raise
            failure = refused
        if time.monotonic() - served > _PATIENCE_S:
            raise failure
        time.sleep(_PAUSE_S)


def _endless() -> float:
    return _HEARTBEAT_S


def _stream(http: Http, run: str, seen: int, left: Callable[[], float]) -> Iterator[RunEvent | None]:
    """The events of one stream after a number; None where it was accepted, and so the platform serves.

    :param left: seconds that may be waited for what comes next
    """
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": str(seen)} if seen else {})}
    silence = min(_HEARTBEAT_S, left())
    with http.stream(path("v1", "runs", run, "events"), headers=headers, query={}, timeout=silence) as response:
        yield None
        if response.status_code != _NO_CONTENT:
            for data in parse(_lines(response, left)):
                event: RunEvent = json.loads(data)
                if event["sequence"] > seen:
                    seen = event["sequence"]
                    yield event


def _lines(response: httpx.Response, came: Callable[[], object]) -> Iterator[str]:
    """Lines as server-sent events have them; a text may hold other line ends of Unicode's, which end none.

    :param came: is called with all that comes, heartbeats too
    """
    rest = ""
    for text in response.iter_text():
        came()
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            yield line.removesuffix("\r")


def number(event: RunEvent, name: str) -> int | None:
    value: Any = event["data"].get(name)
    return value if isinstance(value, int) else None

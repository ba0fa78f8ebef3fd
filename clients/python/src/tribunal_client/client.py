"""The platform."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx

from ._http import Bearer, Http
from .errors import TribunalError
from .methods import Methods
from .registry import Judges, RewardModels
from .runs import Runs
from .types import MetricResource

_TIMEOUT_S = 120.0
"""Creating a run validates all of its spec and asks every judge and reward model that it names."""


class Tribunal:
    """A platform: ``runs``, ``judges``, ``reward_models``, ``methods``. A context manager that ends its connections.

    :param url: its address; default ``TRIBUNAL_URL``, else that of the platform that runs on the home
    :param token: default ``TRIBUNAL_TOKEN``, else the home's, which is sent to the home's platform only
    :param home: the folder that ``./tribunal up --home`` was given; default ``~/.tribunal``
    :param timeout: seconds that an answer may take
    :raises TribunalError: if there is no platform to talk to, or no token for it
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        home: str | os.PathLike[str] | None = None,
        timeout: float = _TIMEOUT_S,
    ) -> None:
        url, secret = _address(
            url or _variable("TRIBUNAL_URL"),
            token or _variable("TRIBUNAL_TOKEN"),
            Path(home) if home is not None else Path.home() / ".tribunal",
        )
        self._http = Http(url, secret, timeout)
        self.url = url
        self.runs = Runs(self._http)
        self.judges = Judges(self._http)
        self.reward_models = RewardModels(self._http)
        self.methods = Methods(self._http)

    def metrics(self) -> list[MetricResource]:
        """The metrics that runs may have: what each is, in a sentence, and which direction is good."""
        metrics: list[MetricResource] = self._http.get("/v1/metrics")["data"]
        return metrics

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Tribunal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Tribunal({self.url!r})"


def _variable(name: str) -> str | None:
    """What is set but empty is not set."""
    return os.environ.get(name, "").strip() or None


def _address(url: str | None, token: str | None, home: Path) -> tuple[str, Bearer]:
    running = _running(home)
    if url is None and running is None:
        raise TribunalError(
            f"no platform runs on {home}; start one with ./tribunal up, or name one by url and token, or TRIBUNAL_URL"
            " and TRIBUNAL_TOKEN"
        )
    address = _checked(url) if url is not None else (running or {})["url"]
    # The home's token is for the home's platform and never sent elsewhere.
    if token is None and running is not None and running["url"] == address:
        token = running["token"]
    if token is None:
        raise TribunalError(f"no token for {address}; give it as token, or TRIBUNAL_TOKEN")
    token = token.strip()
    if not token or not all("!" <= character <= "~" for character in token):
        raise TribunalError("the token is empty, or has blanks or letters beyond ASCII; ./tribunal up prints one")
    return address, Bearer(token)


def _running(home: Path) -> dict[str, str] | None:
    """The address of the platform that runs on a home, which keeps it there while it does."""
    try:
        told = json.loads((home / "platform.json").read_text(encoding="utf-8"))
        return {"url": str(told["url"]), "token": str(told["token"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url.strip())
        if (
            parsed.scheme in ("http", "https")
            and parsed.host
            and not (parsed.userinfo or parsed.query or parsed.fragment)
        ):
            return str(parsed).rstrip("/")
    except httpx.InvalidURL:
        pass
    raise TribunalError(f"{url!r} is not a platform's address; give one such as http://127.0.0.1:8080")

"""Judges and reward models as the platform knows them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._documents import Document, content
from ._http import Http, path
from .errors import JudgeRejectedError, RewardModelFailedError
from .judging import JudgeServer
from .types import (
    CheckResponse,
    EvaluateResponse,
    JudgeLogEntry,
    JudgeResource,
    JudgeResourceState,
    JudgeTemplateResource,
    RewardModelResource,
    ScoreResponse,
    StressReport,
)

_LOOK_S = 0.3

Items = Sequence[Mapping[str, Any]]


def _named(name: str) -> tuple[str, str]:
    """``NAME@VERSION``, or ``NAME`` for the latest."""
    name, _, version = name.partition("@")
    return name, version or "latest"


class Judges:
    """``tribunal.judges``"""

    def __init__(self, http: Http) -> None:
        self._http = http

    def register(
        self,
        registration: Document | JudgeServer,
        *,
        url: str | None = None,
        secret_ref: str | None = None,
        timeout: float | None = 120.0,
    ) -> RegisteredJudge:
        """Registers a version of a judge and waits for the conformance gate. A version never changes: one that is there
        already is the same, or a conflict. If it was rejected, it goes to the gate again.

        :param registration: a mapping, YAML or JSON text, a ``Path``, or a judge that is being served
        :param url: of a judge that is being served, where the platform finds it; default where it listens
        :param secret_ref: of a judge that is being served, the name of the secret that the platform sends
        :param timeout: seconds for the gate; None waits as long as it takes
        :raises JudgeRejectedError: if it does not pass
        :raises ConflictError: if another judge has this name and version
        """
        if isinstance(registration, JudgeServer):
            registration = registration.judge.registration(url or registration.url, secret_ref)
        response = self._http.send("POST", "/v1/judges", text=content(registration))
        judge = RegisteredJudge(self._http, response.json())
        return judge.probe(timeout) if judge.state == "rejected" else judge.wait(timeout)

    def get(self, name: str) -> RegisteredJudge:
        """:param name: ``NAME@VERSION``, or ``NAME`` for the newest active one"""
        return RegisteredJudge(
            self._http, self._http.get(path("v1", "judges", _named(name)[0], "versions", _named(name)[1]))
        )

    def list(self, limit: int | None = None) -> Iterator[RegisteredJudge]:
        """All versions of all judges."""
        return (RegisteredJudge(self._http, judge) for judge in self._http.pages("/v1/judges", limit))

    def templates(self) -> Sequence[JudgeTemplateResource]:
        """The questions to language models that ship."""
        templates: Sequence[JudgeTemplateResource] = self._http.get("/v1/judge-templates")["data"]
        return templates


class RegisteredJudge:
    """A version of a judge; ``data`` is what the platform last said of it."""

    def __init__(self, http: Http, data: JudgeResource) -> None:
        self._http = http
        self.data = data
        self.name = data["name"]
        self.version = data["version"]
        self._path = path("v1", "judges", self.name, "versions", self.version)

    def __str__(self) -> str:
        """As a spec names it."""
        return f"{self.name}@{self.version}"

    def __repr__(self) -> str:
        return f"<judge {self}: {self.state}>"

    @property
    def state(self) -> JudgeResourceState:
        return self.data["state"]

    def refresh(self) -> RegisteredJudge:
        self.data = self._http.get(self._path)
        return self

    def wait(self, timeout: float | None = None) -> RegisteredJudge:
        """Returns when the gate has let it pass.

        :raises JudgeRejectedError: if it did not
        :raises TimeoutError: if the gate takes longer than so many seconds
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self.state == "probing":
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self} is still in the conformance gate")
            time.sleep(_LOOK_S)
            self.refresh()
        if self.state != "active":
            raise JudgeRejectedError(str(self), self.state, self.data["report"])
        return self

    def evaluate(
        self, items: Items, parameters: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> EvaluateResponse:
        """Asks it about judge/v1 items, ``{"itemId": ..., "completion": {"text": ...}}``, as many as there are.

        :param timeout: seconds; default the judge's own
        """
        body: dict[str, Any] = {"judge": {"parameters": dict(parameters or {})}, "items": list(items)}
        if timeout is not None:
            body["deadlineMs"] = round(1000 * timeout)
        answer: EvaluateResponse = self._http.post(f"{self._path}/evaluate", body)
        return answer

    def stress(
        self, items: Items, parameters: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> StressReport:
        """What it can be talked into: asks again about the completions that it finds violated, dressed up.

        :param items: at most 10,000
        :param timeout: seconds, each of the two times; default the judge's own
        """
        body: dict[str, Any] = {"judge": {"parameters": dict(parameters or {})}, "items": list(items)}
        if timeout is not None:
            body["deadlineMs"] = round(1000 * timeout)
        report: StressReport = self._http.post(f"{self._path}/stress", body)
        return report

    def check(self, items: Items, parameters: Mapping[str, Any] | None = None) -> CheckResponse:
        """Asks it which prompts it could not judge a completion of; items without a completion, at most 1000."""
        body = {"judge": {"parameters": dict(parameters or {})}, "items": list(items)}
        answer: CheckResponse = self._http.post(f"{self._path}/check", body)
        return answer

    def log(self) -> Sequence[JudgeLogEntry]:
        """What happened to it lately, oldest first."""
        entries: Sequence[JudgeLogEntry] = self._http.get(f"{self._path}/log")["data"]
        return entries

    def probe(self, timeout: float | None = 120.0) -> RegisteredJudge:
        """Puts it to the gate again, and waits for it."""
        before = self.data.get("probedAt")
        self.data = self._http.post(f"{self._path}/probe")
        until = None if timeout is None else time.monotonic() + timeout
        # One that may judge goes on judging meanwhile: only the time of the decision says that it was made.
        while self.state != "probing" and self.data.get("probedAt") == before:
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self} is still in the conformance gate")
            time.sleep(_LOOK_S)
            self.refresh()
        return self.wait(timeout)

    def drain(self) -> RegisteredJudge:
        """Closes it to new runs; those that pinned it go on asking it."""
        self.data = self._http.post(f"{self._path}/drain")
        return self

    def retire(self) -> RegisteredJudge:
        """Ends it for good: verdicts that runs still want of it are undecided."""
        self.data = self._http.post(f"{self._path}/retire")
        return self

    def delete(self) -> None:
        """Takes it off the list.

        :raises ConflictError: naming the runs, if some that have not ended refer to it
        """
        self._http.send("DELETE", self._path)


class RewardModels:
    """``tribunal.reward_models``"""

    def __init__(self, http: Http) -> None:
        self._http = http

    def register(
        self, registration: Document, *, folder: str | os.PathLike[str] | None = None, timeout: float | None = None
    ) -> RewardModel:
        """Registers a version of a reward model and waits until it is trained or imported.

        :param registration: a mapping, YAML or JSON text, or a ``Path``
        :param folder: that its relative references are taken from; default the file's
        :param timeout: seconds; 0 returns at once, None waits as long as it takes
        :raises RewardModelFailedError: if it could not be made ready
        """
        response = self._http.send("POST", "/v1/reward-models", text=content(registration, folder))
        model = RewardModel(self._http, response.json())
        return model if timeout == 0 else model.wait(timeout)

    def get(self, name: str) -> RewardModel:
        """:param name: ``NAME@VERSION``, or ``NAME`` for the newest that is ready"""
        named = path("v1", "reward-models", _named(name)[0], "versions", _named(name)[1])
        return RewardModel(self._http, self._http.get(named))

    def list(self, limit: int | None = None) -> Iterator[RewardModel]:
        """All versions of all reward models."""
        return (RewardModel(self._http, model) for model in self._http.pages("/v1/reward-models", limit))


class RewardModel:
    """A version of a reward model; ``data`` is what the platform last said of it."""

    def __init__(self, http: Http, data: RewardModelResource) -> None:
        self._http = http
        self.data = data
        self.name = data["name"]
        self.version = data["version"]
        self._path = path("v1", "reward-models", self.name, "versions", self.version)

    def __str__(self) -> str:
        """As a spec names it."""
        return f"{self.name}@{self.version}"

    def __repr__(self) -> str:
        return f"<reward model {self}: {self.data['state']}>"

    def refresh(self) -> RewardModel:
        self.data = self._http.get(self._path)
        return self

    def wait(self, timeout: float | None = None) -> RewardModel:
        """Returns when it is ready.

        :raises RewardModelFailedError: if it failed
        :raises TimeoutError: if it is not ready within so many seconds; it goes on
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self.data["state"] == "preparing":
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self} is at {self.data['progress']:.0%}")
            time.sleep(_LOOK_S)
            self.refresh()
        if self.data["state"] == "failed":
            raise RewardModelFailedError(self.data)
        return self

    def score(self, items: Items) -> ScoreResponse:
        """Scores completions: ``{"itemId": ..., "messages": [...], "completion": "..."}``, at most 1024."""
        answer: ScoreResponse = self._http.post(f"{self._path}/score", {"items": list(items)})
        return answer

"""Rejudgements: what another judge, version or threshold would have made of a run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

from ._http import Http, path
from .errors import TribunalError
from .types import RejudgedSample, RejudgementResource

_LOOK_S = 0.5
_ENDED = ("succeeded", "failed", "cancelled")

Change = Literal["verdict", "feasible", "reward", "weight"]


class Rejudgement:
    """A rejudgement of a run; ``data`` is what the platform last said of it."""

    def __init__(self, http: Http, data: RejudgementResource) -> None:
        self._http = http
        self.data = data
        self.id = data["id"]
        self._path = path("v1", "runs", data["run"], "rejudgements", self.id)

    def __repr__(self) -> str:
        return f"<rejudgement {self.id}: {self.data['state']}, {self.data['done']} of {self.data['total']}>"

    def refresh(self) -> Rejudgement:
        self.data = self._http.get(self._path)
        return self

    def wait(self, timeout: float | None = None) -> Rejudgement:
        """Returns when it has succeeded; ``data["result"]`` says what would have been otherwise.

        :raises TribunalError: if it failed or was cancelled
        :raises TimeoutError: if it has not ended within so many seconds; it goes on
        """
        until = None if timeout is None else time.monotonic() + timeout
        while self.refresh().data["state"] not in _ENDED:
            if until is not None and time.monotonic() > until:
                raise TimeoutError(f"{self!r} goes on")
            time.sleep(_LOOK_S)
        if self.data["state"] != "succeeded":
            raise TribunalError(f"{self.id} has ended {self.data['state']}: {self.data.get('failure', 'by request')}")
        return self

    def samples(
        self, *, changed: Change | None = None, task: str | None = None, limit: int | None = None
    ) -> Iterator[RejudgedSample]:
        """The completions that were judged again, in the order in which they were stored.

        :param changed: only those of which this is another one now
        """
        return self._http.pages(f"{self._path}/samples", limit, changed=changed, task=task)

    def cancel(self) -> Rejudgement:
        """Ends it; what it has judged so far stays."""
        self.data = self._http.post(f"{self._path}/cancel")
        return self

    def delete(self) -> None:
        """Deletes it with its verdicts, and ends it first."""
        self._http.send("DELETE", self._path)

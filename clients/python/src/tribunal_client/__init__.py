"""A client of the Tribunal platform.

    from tribunal_client import Tribunal

    tribunal = Tribunal()                                   # TRIBUNAL_URL and TRIBUNAL_TOKEN, or the local platform
    run = tribunal.runs.create(Path("my-run.yaml")).watch()

``tribunal_client.judging`` needs nothing but Python's standard library, so what needs httpx is loaded when it is asked
for: a judge runs where httpx is not installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .judging import Deadline, Judge, Verdict, judge, satisfied, undecided, violated

if TYPE_CHECKING:
    from .client import Tribunal
    from .errors import (
        ConflictError,
        DoubtfulRunWarning,
        DownloadError,
        InvalidRequestError,
        JudgeRejectedError,
        NotFoundError,
        PlatformUnreachableError,
        ProblemError,
        RewardModelFailedError,
        RunFailedError,
        TribunalError,
        UnauthenticatedError,
    )
    from .methods import Methods
    from .registry import Judges, RegisteredJudge, RewardModel, RewardModels
    from .rejudgements import Rejudgement
    from .runs import Metrics, Run, Runs

_MODULES = {
    "Tribunal": "client",
    **dict.fromkeys(("Judges", "RegisteredJudge", "RewardModel", "RewardModels"), "registry"),
    **dict.fromkeys(("Metrics", "Run", "Runs"), "runs"),
    "Rejudgement": "rejudgements",
    "Methods": "methods",
    **dict.fromkeys(
        (
            "ConflictError",
            "DoubtfulRunWarning",
            "DownloadError",
            "InvalidRequestError",
            "JudgeRejectedError",
            "NotFoundError",
            "PlatformUnreachableError",
            "ProblemError",
            "RewardModelFailedError",
            "RunFailedError",
            "TribunalError",
            "UnauthenticatedError",
        ),
        "errors",
    ),
}

__all__ = [
    "ConflictError",
    "Deadline",
    "DoubtfulRunWarning",
    "DownloadError",
    "InvalidRequestError",
    "Judge",
    "JudgeRejectedError",
    "Judges",
    "Methods",
    "Metrics",
    "NotFoundError",
    "PlatformUnreachableError",
    "ProblemError",
    "RegisteredJudge",
    "Rejudgement",
    "RewardModel",
    "RewardModelFailedError",
    "RewardModels",
    "Run",
    "RunFailedError",
    "Runs",
    "Tribunal",
    "TribunalError",
    "UnauthenticatedError",
    "Verdict",
    "judge",
    "satisfied",
    "undecided",
    "violated",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULES[name]}", __name__), name)

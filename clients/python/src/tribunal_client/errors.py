"""What can go wrong, as exceptions that say what to do. None of them holds the token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .types import JudgeResourceCheck, RewardModelResource, RunResource


class TribunalError(Exception):
    """Anything that this client raises on purpose."""


class PlatformUnreachableError(TribunalError):
    """No answer, or one that broke off. What was asked may be under way all the same."""


class DownloadError(TribunalError):
    """A checkpoint's file did not come, or is not what the platform says it is."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in what was sent.

    :param pointer: JSON pointer (RFC 6901) to it, such as ``/training/steps``; empty for the whole
    :param detail: what is wrong and what to do
    """

    pointer: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pointer or '(the whole)'}  {self.detail}"


class ProblemError(TribunalError):
    """The platform refused or failed: a problem document (RFC 9457).

    :ivar status: HTTP's
    :ivar code: a stable word in snake case, to branch on
    :ivar detail: for people
    :ivar request_id: finds the request in the services' logs; None where something else answered than Tribunal
    :ivar errors: all mistakes of the request at once
    """

    def __init__(
        self, status: int, code: str, detail: str, request_id: str | None = None, errors: Sequence[Mistake] = ()
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.request_id = request_id
        self.errors = tuple(errors)
        listed = "".join(f"\n  {mistake}" for mistake in self.errors)
        asked = f", {request_id}" if request_id else ""
        super().__init__(f"{detail} ({status} {code}{asked}){listed}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.status, self.code, self.detail, self.request_id, self.errors)


class UnauthenticatedError(ProblemError):
    """401: the platform wants another token."""


class NotFoundError(ProblemError):
    """404"""


class ConflictError(ProblemError):
    """409: what is there, or its state, does not allow it."""


class InvalidRequestError(ProblemError):
    """400 or 422: ``errors`` has every mistake with its pointer."""


class RunFailedError(TribunalError):
    """A watched run has failed or was cancelled.

    :ivar run: as it ended; ``errors`` has the mistakes of a spec that were found after the run was created
    """

    def __init__(self, run: RunResource) -> None:
        self.run = run
        reason = run.get("terminalReason")
        listed = "".join(f"\n  {error['pointer']}  {error['detail']}" for error in run["errors"])
        super().__init__(f"{run['id']} ({run['name']}) has {_ended(run)}" + (f": {reason}" if reason else "") + listed)


def _ended(run: RunResource) -> str:
    return "been cancelled" if run["state"] == "cancelled" else run["state"]


class DoubtfulRunWarning(UserWarning):
    """A run succeeded, but some of its steps changed nothing, or an alarm is raised."""


class JudgeRejectedError(TribunalError):
    """A judge did not pass the conformance gate.

    :ivar report: what the gate found, check by check
    """

    def __init__(self, judge: str, state: str, report: Sequence[JudgeResourceCheck]) -> None:
        self.report = list(report)
        failed = "".join(f"\n  {one['name']}: {one.get('detail', '')}" for one in self.report if not one["passed"])
        super().__init__(f"{judge} is {state}" + failed)


class RewardModelFailedError(TribunalError):
    """A reward model could not be made ready.

    :ivar reward_model: as it is now
    """

    def __init__(self, reward_model: RewardModelResource) -> None:
        self.reward_model = reward_model
        name = f"{reward_model['name']}@{reward_model['version']}"
        super().__init__(f"{name} has failed: {reward_model.get('failure', 'no reason is known')}")

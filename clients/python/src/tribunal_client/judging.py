"""Write a judge as a function; ``@judge`` serves it by judge/v1, on the standard library alone.

    @judge("polite", "1.0.0", fixtures=[("Thank you.", True), ("Shut up.", False)])
    def polite(completion: str, *, words: Sequence[str] = ("shut up",)) -> bool:
        return not any(word in completion.lower() for word in words)

    polite.serve(port=8091)

What the function may take, by name: ``prompt`` (the last message of the prompt), ``messages``, ``completion``,
``finish_reason``, ``reference``, ``metadata``, ``deadline``. Its keyword-only arguments are parameters that a task may
set: their annotations and defaults make the descriptor's JSON Schema. It returns True, False or a :class:`Verdict`; an
item on which it raises is undecided.

This module stands alone: where only a judge runs, this file is all that has to be there.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import inspect
import json
import logging
import math
import os
import re
import signal
import threading
import time
import traceback
import types
import typing
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, Literal, ParamSpec, TypeVar, Union

CONTRACT = "judge/v1"
MAX_BODY_BYTES = 16 << 20
MAX_IN_FLIGHT = 64

_DESCRIPTOR = "/judge/v1/descriptor"
_EVALUATE = "/judge/v1/evaluate"
_CHECK = "/judge/v1/check"
_ITEM_ID = 200  # characters, at most
_WAY_BACK = 0.95  # of the deadline is the judge's, the rest the answer's way back
_GRACE_S = 20.0  # for what was asked before the judge was told to stop
_CHECK_S = 10.0
_LONGEST_S = 600.0
_SILENCE_S = 60  # after which a connection is closed
_LINGER_S = 5.0  # for a body that is not wanted
_CHUNK_BYTES = 1 << 16
_LONGEST_REASON = 2000
_VERDICTS = ("satisfied", "violated", "undecided")
_CODE = "[a-z][a-z0-9_]{0,63}"

log = logging.getLogger("tribunal_client.judge")

Mistakes = list[tuple[str, str]]
"""JSON pointers, each with what is wrong there and what to do."""

Fixture = tuple[str | Mapping[str, Any], bool]
"""A completion, or a judge/v1 item, and whether it is satisfied."""


@dataclass(frozen=True)
class Verdict:
    """What a judge says of a completion: made by :func:`satisfied`, :func:`violated` or :func:`undecided`."""

    verdict: Literal["satisfied", "violated", "undecided"]
    reason: str | None = None
    score: float | None = None
    code: str | None = None
    retryable: bool = False


def satisfied(reason: str | None = None, score: float | None = 1.0) -> Verdict:
    """:param score: finite, on any scale of the judge's own; None for no score"""
    return Verdict("satisfied", reason, score)


def violated(reason: str | None = None, score: float | None = 0.0) -> Verdict:
    """:param score: finite, on any scale of the judge's own; None for no score"""
    return Verdict("violated", reason, score)


def undecided(code: str, detail: str | None = None, *, retryable: bool = False) -> Verdict:
    """For what the judge itself could not do; a completion that is odd is violated, never undecided.

    :param code: in snake case, for counting
    :param retryable: whether asking again may help
    """
    if not re.fullmatch(_CODE, code):
        raise ValueError(f"the code {code!r} is not in snake case")
    return Verdict("undecided", detail, None, code, retryable)


class Deadline:
    """When an answer is of no use any more."""

    def __init__(self, seconds: float, started: float | None = None) -> None:
        self._at = (time.monotonic() if started is None else started) + seconds

    def remaining(self) -> float:
        """Seconds; 0 when it is over."""
        return max(0.0, self._at - time.monotonic())

    def expired(self) -> bool:
        return self.remaining() == 0


_Arguments = ParamSpec("_Arguments")
_Said = TypeVar("_Said", bound="bool | Verdict", covariant=True)
ItemCheck = Callable[..., Iterable[tuple[str, str]]]

_FROM_ITEM: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "messages": lambda item: item.get("messages") or [],
    "prompt": lambda item: (item.get("messages") or [{"content": ""}])[-1]["content"],
    "completion": lambda item: item["completion"]["text"],
    "finish_reason": lambda item: item["completion"].get("finishReason"),
    "reference": lambda item: item.get("reference") or {},
    "metadata": lambda item: item.get("metadata") or {},
}
_OF_PROMPT = ("messages", "prompt", "reference", "metadata")


class judge:
    """Makes a :class:`Judge` of the decorated function; the module says what it takes and returns.

    :param fixtures: completions (or judge/v1 items) with whether they are satisfied, which the platform's gate asks: at
        least one of each. A prompt may be given as ``{"prompt": ..., "completion": ...}``
    :param description: default the first line of the function's docstring
    :param deterministic: whether the same item always gets the same verdict
    :param max_batch_items: it is never sent more at once
    :param timeout_ms: how long the platform waits for a batch
    :param parallelism: how many items of a batch are asked about at once, for a judge that waits for another server
    :param requires: fields without which an item is undecided, such as ``reference.answer``
    :param check_parameters: what is wrong with a task's parameters beyond their types: JSON pointers, and details
    :param digest: of the build, so that the platform notices another one under the same version
    """

    def __init__(
        self,
        name: str,
        version: str,
        *,
        fixtures: Sequence[Fixture] = (),
        description: str | None = None,
        deterministic: bool = True,
        max_batch_items: int = 64,
        timeout_ms: int = 5000,
        parallelism: int = 1,
        requires: Sequence[str] = (),
        check_parameters: Callable[[dict[str, Any]], Iterable[tuple[str, str]]] | None = None,
        digest: str | None = None,
    ) -> None:
        if max_batch_items < 1 or timeout_ms < 1 or parallelism < 1:
            raise ValueError("max_batch_items, timeout_ms and parallelism must be at least 1")
        self.name = name
        self.version = version
        self.fixtures = [_fixture(item, expect) for item, expect in fixtures]
        self.description = description
        self.deterministic = deterministic
        self.max_batch_items = max_batch_items
        self.timeout_ms = timeout_ms
        self.parallelism = parallelism
        self.requires = list(requires)
        self.check_parameters = check_parameters
        self.digest = digest

    def __call__(self, function: Callable[_Arguments, _Said]) -> Judge[_Arguments, _Said]:
        return Judge(function, self)


class Judge(Generic[_Arguments, _Said]):
    """A judge made of a function by :class:`judge`. Called, it is that function."""

    def __init__(self, function: Callable[_Arguments, _Said], settings: judge) -> None:
        self.function = function
        self.settings = settings
        self.name = settings.name
        self.version = settings.version
        self._description = settings.description or (inspect.getdoc(function) or "").split("\n")[0]
        self._item_check: ItemCheck | None = None
        self._takes, self._parameters = _signature(function)

    def __call__(self, *arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Said:
        return self.function(*arguments, **named)

    def __repr__(self) -> str:
        return f"<judge {self.name}@{self.version}>"

    def check(self, function: ItemCheck) -> ItemCheck:
        """Decorates a function that says what is wrong with a prompt's data, before any completion is judged.

        It takes ``prompt``, ``messages``, ``reference`` and ``metadata`` by name, and the judge's parameters, and
        returns JSON pointers from the item's root with what is wrong there.
        """
        takes, _ = _signature(function)
        unknown = [name for name in takes if name not in _OF_PROMPT]
        if unknown:
            raise TypeError(f"a check of prompts takes {', '.join(_OF_PROMPT)}, not {', '.join(unknown)}")
        self._item_check = function
        return function

    def descriptor(self) -> dict[str, Any]:
        """Who the judge is, as ``GET /judge/v1/descriptor`` says it."""
        told: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "contract": CONTRACT,
            "description": self._description,
            "deterministic": self.settings.deterministic,
            "maxBatchItems": self.settings.max_batch_items,
            "parameters": {
                "type": "object",
                "properties": {name: parameter.schema() for name, parameter in self._parameters.items()},
                "required": [name for name, parameter in self._parameters.items() if parameter.required],
                "additionalProperties": False,
            },
        }
        if self.settings.requires:
            told["requires"] = self.settings.requires
        if self._item_check:
            told["checksItems"] = True
        if self.settings.digest is not None:
            told["digest"] = self.settings.digest
        return told

    def registration(self, url: str, secret_ref: str | None = None) -> dict[str, Any]:
        """What a platform is told to know the judge.

        :param url: where the platform finds it
        :param secret_ref: the name, never the value, of the secret that the platform is to send as bearer token
        """
        told: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "contract": CONTRACT,
            "endpoint": {"url": url},
            "timeoutMs": self.settings.timeout_ms,
            "maxBatchItems": self.settings.max_batch_items,
            "deterministic": self.settings.deterministic,
            "fixtures": self.settings.fixtures,
        }
        if secret_ref is not None:
            told["auth"] = {"mode": "bearer", "secretRef": secret_ref}
        return told

    def parameter_mistakes(self, parameters: Mapping[str, Any]) -> Mistakes:
        """All that is wrong with a task's parameters."""
        known = ", ".join(self._parameters) or "none"
        mistakes = [
            (f"/{_escaped(name)}", f"is not a parameter of this judge; it has {known}")
            for name in parameters
            if name not in self._parameters
        ]
        for name, parameter in self._parameters.items():
            if name in parameters:
                mistakes += [(f"/{name}{pointer}", detail) for pointer, detail in parameter.mistakes(parameters[name])]
            elif parameter.required:
                mistakes.append((f"/{name}", "is missing"))
        if not mistakes and self.settings.check_parameters:
            mistakes += self.settings.check_parameters({**self._defaults(), **parameters})
        return mistakes

    def _defaults(self) -> dict[str, Any]:
        return {name: parameter.default for name, parameter in self._parameters.items() if not parameter.required}

    def result(self, item: Mapping[str, Any], parameters: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
        """The result of one judge/v1 item; only who interrupts the program is not held up by it."""
        try:
            for path in self.settings.requires:
                if not _has(item, path):
                    return _result(item, undecided("missing_field", f"the item has no {path}, which this judge needs"))
            given = {name: deadline if name == "deadline" else _FROM_ITEM[name](item) for name in self._takes}
            function: Callable[..., Any] = self.function
            verdict = function(**given, **parameters)
            if isinstance(verdict, bool):
                verdict = satisfied() if verdict else violated()
            if not isinstance(verdict, Verdict):
                raise TypeError(f"the judge returned {type(verdict).__name__}, not a bool or a Verdict")
            return _result(item, verdict)
        except KeyboardInterrupt:
            raise
        except BaseException as failure:  # sys.exit and asyncio's cancellation are no Exception
            _log_failure("an item", failure)
            return _result(item, undecided("judge_error", f"the judge failed: {type(failure).__name__}"))

    def evaluate(self, items: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], deadline: Deadline) -> _Batch:
        """Judges a batch; the answer is there by the deadline, whatever the function does."""
        return _Batch(self, items, parameters, deadline)

    def problems(self, items: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
        """What is wrong with prompts' data, as ``POST /judge/v1/check`` answers it."""
        problems: list[dict[str, str]] = []
        answer: dict[str, Any] = {"judge": {"name": self.name, "version": self.version}, "problems": problems}
        if self._item_check is None:
            return answer
        takes, declared = _signature(self._item_check)
        named = {name: value for name, value in parameters.items() if name in declared}
        deadline = Deadline(_CHECK_S)
        for item in items:
            if deadline.expired():
                answer["unchecked"] = f"only some of the {len(items)} prompts were looked at within {_CHECK_S:.0f} s"
                break
            try:
                found = list(self._item_check(**{name: _FROM_ITEM[name](item) for name in takes}, **named))
                told = [{"itemId": item["itemId"], "pointer": at, "detail": detail} for at, detail in found]
                if not all(isinstance(text, str) for problem in told for text in problem.values()):
                    raise TypeError("the check returned something else than pointers and details, all texts")
            except KeyboardInterrupt:
                raise
            except BaseException as failure:
                _log_failure("a prompt", failure)
                answer["unchecked"] = f"the check failed: {type(failure).__name__}"
                break
            problems += told
        return answer

    def start(self, port: int = 0, host: str = "127.0.0.1", *, token: str | None = None) -> JudgeServer:
        """Serves the judge beside what else the process does, until it is closed; for notebooks and tests.

        :param port: 0 takes a free one
        :param token: with it, only this bearer token is answered; default ``JUDGE_TOKEN``, else none
        """
        server = JudgeServer(self, host, port, token)
        threading.Thread(target=server.http.serve_forever, name=f"{self.name} server", daemon=True).start()
        return server

    def serve(self, port: int = 8091, host: str = "127.0.0.1", *, token: str | None = None) -> None:
        """Serves the judge until the process is told to end; then what was asked is answered, within 20 s."""
        server = JudgeServer(self, host, port, token)
        stop = threading.Thread(target=server.http.shutdown, daemon=True)
        signal.signal(signal.SIGTERM, lambda *_: stop.start() if not stop.ident else None)
        print(f"judging on port {server.port}", flush=True)
        try:
            server.http.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            server.finish()

    def main(self, arguments: Sequence[str] | None = None) -> None:
        """The command line of a judge that is a program: ``[PORT [ADDRESS]]``, or ``--registration URL``."""
        parser = argparse.ArgumentParser(description=self._description)
        parser.add_argument("port", nargs="?", type=int, default=8091, help="default 8091; 0 takes a free one")
        parser.add_argument("address", nargs="?", default="127.0.0.1", help="default 127.0.0.1")
        parser.add_argument("--registration", metavar="URL", help="print what to register, with the judge at URL")
        parser.add_argument("--secret-ref", metavar="NAME", help="of the secret that the platform is to send")
        chosen = parser.parse_args(arguments)
        if chosen.registration:
            print(json.dumps(self.registration(chosen.registration, chosen.secret_ref), indent=2))
            return
        logging.basicConfig(level=logging.INFO, format="%(message)s")
        self.serve(chosen.port, chosen.address)


AnyJudge = Judge[..., Any]


class _Batch:
    """The items of one request, judged by threads that the answer does not wait for beyond the deadline."""

    def __init__(
        self, judge: AnyJudge, items: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any], deadline: Deadline
    ) -> None:
        self._judge = judge
        self._items = items
        self._parameters = parameters
        self._deadline = deadline
        self._results: list[dict[str, Any] | None] = [None] * len(items)
        self._next = 0
        self._working = min(judge.settings.parallelism, len(items))
        self._changed = threading.Condition()
        self.when_idle: Callable[[], None] = lambda: None

    def results(self) -> list[dict[str, Any]]:
        """Exactly one an item. What is not judged by the deadline is undecided, never a guess."""
        if not self._working:
            self.when_idle()
        wanted = self._working
        for started in range(wanted):
            try:
                threading.Thread(target=self._work, daemon=True).start()
            except RuntimeError:  # the machine has no more threads; what is left over is undecided
                self._leave(wanted - started)
                break
        with self._changed:
            self._changed.wait_for(lambda: not self._working, self._deadline.remaining())
            self._next = len(self._items)
            late = undecided("timeout", "its turn came too late", retryable=True)
            return [
                result if result is not None else _result(item, late)
                for item, result in zip(self._items, self._results, strict=True)
            ]

    def _work(self) -> None:
        try:
            while (index := self._take()) is not None:
                result = self._judge.result(self._items[index], self._parameters, self._deadline)
                with self._changed:
                    self._results[index] = result
        finally:
            self._leave(1)

    def _leave(self, threads: int) -> None:
        with self._changed:
            self._working -= threads
            idle = not self._working
            self._changed.notify_all()
        if idle:
            self.when_idle()

    def _take(self) -> int | None:
        with self._changed:
            if self._next >= len(self._items) or self._deadline.expired():
                return None
            self._next += 1
            return self._next - 1


class JudgeServer:
    """A judge that is being served: ``url`` is where. A context manager that ends it."""

    def __init__(self, judge: AnyJudge, host: str, port: int, token: str | None) -> None:
        self.judge = judge
        self._state = _State(judge, token if token is not None else os.environ.get("JUDGE_TOKEN") or None)
        self.http = _Server((host, port), type("Handler", (_Handler,), {"state": self._state}))
        self.host = host
        self.port = int(self.http.server_address[1])

    @property
    def url(self) -> str:
        """Where it answers. A judge that listens on all addresses is found under the machine's name."""
        return f"http://{'127.0.0.1' if self.host in ('', '0.0.0.0') else self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"<{self.judge.name}@{self.judge.version} at {self.url}>"

    def close(self) -> None:
        """Takes no more requests and answers those that it has, within 20 s."""
        self.http.shutdown()
        self.finish()

    def finish(self) -> None:
        self._state.drain(_GRACE_S)
        self.http.server_close()

    def __enter__(self) -> JudgeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # a platform opens its connections at once
    daemon_threads = True
    block_on_close = False


class _State:
    """What the requests of a server have in common."""

    def __init__(self, judge: AnyJudge, token: str | None) -> None:
        self.judge = judge
        self._token = token
        self._changed = threading.Condition()
        self._in_flight = 0
        self._answering = 0
        self._verdicts: Counter[str] = Counter()
        self._count = 0
        self._seconds = 0.0

    def admits(self, authorization: str) -> bool:
        return self._token is None or hmac.compare_digest(authorization.encode(), f"Bearer {self._token}".encode())

    def begin(self) -> bool:
        """Takes a place for a batch, which its last thread gives back; False if there is none."""
        with self._changed:
            if self._in_flight >= MAX_IN_FLIGHT:
                return False
            self._in_flight += 1
            self._answering += 1
            return True

    def idle(self) -> None:
        with self._changed:
            self._in_flight -= 1

    def answered(self) -> None:
        with self._changed:
            self._answering -= 1
            self._changed.notify_all()

    def count(self, verdicts: Counter[str], seconds: float) -> None:
        with self._changed:
            self._verdicts.update(verdicts)
            self._count += 1
            self._seconds += seconds

    def drain(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._answering, seconds)

    def metrics(self) -> str:
        """For Prometheus."""
        with self._changed:
            lines = ["# TYPE judge_items_total counter"]
            lines += [f'judge_items_total{{verdict="{verdict}"}} {count}' for verdict, count in self._verdicts.items()]
            lines += ["# TYPE judge_in_flight gauge", f"judge_in_flight {self._in_flight}"]
            lines += ["# TYPE judge_evaluations_seconds summary"]
            lines += [f"judge_evaluations_seconds_count {self._count}"]
            lines += [f"judge_evaluations_seconds_sum {self._seconds}"]
        return "\n".join(lines) + "\n"


class _Handler(BaseHTTPRequestHandler):
    """judge/v1."""

    protocol_version = "HTTP/1.1"
    timeout = _SILENCE_S
    state: _State

    def do_GET(self) -> None:
        if self.path in ("/health/live", "/health/ready"):
            self._answer(200, {"status": "UP"})
        elif not self._authenticated():
            self._refuse_stranger()
        elif self.path == _DESCRIPTOR:
            self._answer(200, self.state.judge.descriptor())
        elif self.path == "/metrics":
            self._send(200, self.state.metrics().encode(), "text/plain; version=0.0.4")
        else:
            self._problem(404, "not_found", f"there is nothing here; GET {_DESCRIPTOR} says who this judge is")

    def do_POST(self) -> None:
        received = time.monotonic()
        if not self._authenticated():
            return self._refuse_stranger_unread()
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY_BYTES:
            self.close_connection = True  # for the body is still there
            return self._problem(413, "payload_too_large", f"send at most {MAX_BODY_BYTES} bytes, and their number")
        body = self.rfile.read(int(length))
        judge = self.state.judge
        if self.path not in (_EVALUATE, _CHECK) or (self.path == _CHECK and "checksItems" not in judge.descriptor()):
            return self._problem(404, "not_found", "there is nothing here")
        try:
            request = json.loads(body)
        except (ValueError, RecursionError) as error:
            return self._problem(400, "malformed_request", f"the body is not JSON: {error}")
        try:
            mistakes = request_mistakes(judge, request, completions=self.path == _EVALUATE)
        except (Exception, SystemExit) as failure:  # of check_parameters
            _log_failure("a task's parameters", failure)
            return self._problem(500, "judge_error", f"the judge failed: {type(failure).__name__}")
        if mistakes:
            first = " ".join(mistakes[0])
            detail = f"the request has {len(mistakes)} mistake(s): {first}"
            return self._problem(422, "invalid_request", detail, mistakes)
        if not self.state.begin():
            detail = f"{MAX_IN_FLIGHT} batches are being judged already; ask again later"
            return self._problem(429, "busy", detail, headers={"Retry-After": "1"})
        try:
            parameters = {**judge._defaults(), **(request["judge"].get("parameters") or {})}
            if self.path == _EVALUATE:
                self._evaluate(request, parameters, received)
            else:
                try:
                    answer = judge.problems(request["items"], parameters)
                finally:
                    self.state.idle()
                self._answer(200, answer)
        finally:
            self.state.answered()
        return None

    def _evaluate(self, request: dict[str, Any], parameters: dict[str, Any], received: float) -> None:
        judge = self.state.judge
        deadline = Deadline(_WAY_BACK * min(request["deadlineMs"], 1000 * _LONGEST_S) / 1000, received)
        batch = judge.evaluate(request["items"], parameters, deadline)
        batch.when_idle = self.state.idle
        results = batch.results()
        seconds = time.monotonic() - received
        verdicts = Counter(one["verdict"] for one in results)
        self.state.count(verdicts, seconds)
        named = {"name": judge.name, "version": judge.version}
        self._answer(200, {"requestId": request["requestId"], "judge": named, "results": results})
        told = {"requestId": request["requestId"], "traceparent": self.headers.get("traceparent")}
        log.info("%s", json.dumps({**told, "tookMs": round(1000 * seconds), **verdicts}))

    def _authenticated(self) -> bool:
        return self.state.admits(self.headers.get("Authorization", ""))

    def _refuse_stranger(self, headers: Mapping[str, str] = {}) -> None:
        detail = "send the judge's token as a header: Authorization: Bearer TOKEN"
        self._problem(401, "unauthenticated", detail, headers=headers)

    def _refuse_stranger_unread(self) -> None:
        """Answers before the body is there, and keeps none of it. What is on its way is read past for a while: closing
        on it would reset the connection, and the answer could be lost."""
        self._refuse_stranger({"Connection": "close"})
        length = self.headers.get("Content-Length", "")
        told = length.isascii() and length.isdigit() and len(length) < 20
        left = int(length) if told else MAX_BODY_BYTES if "Transfer-Encoding" in self.headers else 0
        end = Deadline(_LINGER_S)
        with contextlib.suppress(OSError):
            while left > 0 and not end.expired():
                self.connection.settimeout(max(0.001, end.remaining()))
                read = len(self.rfile.read1(min(left, _CHUNK_BYTES)))
                left -= read or left

    def _problem(
        self, status: int, code: str, detail: str, mistakes: Mistakes | None = None, headers: Mapping[str, str] = {}
    ) -> None:
        errors = [{"pointer": pointer, "detail": text} for pointer, text in mistakes or []]
        problem = {"status": status, "code": code, "detail": detail, "errors": errors}
        self._send(status, _json(problem), "application/problem+json", headers)

    def _answer(self, status: int, body: Mapping[str, Any]) -> None:
        self._send(status, _json(body), "application/json")

    def _send(self, status: int, data: bytes, content_type: str, headers: Mapping[str, str] = {}) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the asker has left; there is nobody to tell

    def log_message(self, format: str, *_: Any) -> None:
        """The server's own line a request says nothing that matters."""


def request_mistakes(judge: AnyJudge, request: Any, *, completions: bool) -> Mistakes:
    """All that is wrong with a request; fields that judge/v1 does not know are nobody's business.

    :param completions: whether it asks for verdicts; else for the check of prompts
    """
    if not isinstance(request, dict):
        return [("", "must be an object")]
    mistakes: Mistakes = []

    def require(holds: object, pointer: str, detail: str) -> None:
        if not holds:
            mistakes.append((pointer, detail))

    if completions:
        deadline, request_id = request.get("deadlineMs"), request.get("requestId")
        require(isinstance(request_id, str) and request_id, "/requestId", "must be a text and is missing")
        whole = isinstance(deadline, int) and not isinstance(deadline, bool)
        require(whole and typing.cast(int, deadline) > 0, "/deadlineMs", "must be a whole number above 0")
    asked = request.get("judge")
    asked = asked if isinstance(asked, dict) else {}
    for field, value in (("name", judge.name), ("version", judge.version)):
        require(asked.get(field) == value, f"/judge/{field}", f"must be {value}")
    parameters = asked.get("parameters") or {}
    require(isinstance(parameters, dict), "/judge/parameters", "must be an object")
    if isinstance(parameters, dict):
        found = judge.parameter_mistakes(parameters)
        mistakes += [(f"/judge/parameters{pointer}", detail) for pointer, detail in found]
    items, most = request.get("items"), judge.settings.max_batch_items
    require(isinstance(items, list) and len(items) <= most, "/items", f"must be a list of at most {most}")
    seen: set[str] = set()
    for index, item in enumerate(items if isinstance(items, list) else []):
        at = f"/items/{index}"
        if not isinstance(item, dict):
            require(False, at, "must be an object")
            continue
        mistakes += [(at + pointer, detail) for pointer, detail in _item_mistakes(item, seen, completions)]
    return mistakes


def _item_mistakes(item: dict[str, Any], seen: set[str], completions: bool) -> Mistakes:
    mistakes: Mistakes = []
    item_id = item.get("itemId")
    if not isinstance(item_id, str) or not 0 < len(item_id) <= _ITEM_ID or item_id in seen:
        mistakes.append(("/itemId", f"must be a text of its own of 1 to {_ITEM_ID} characters"))
    else:
        seen.add(item_id)
    completion = item.get("completion")
    if completions and not (isinstance(completion, dict) and isinstance(completion.get("text"), str)):
        mistakes.append(("/completion/text", "must be a text and is missing"))
    messages = item.get("messages") or []
    if not isinstance(messages, list):
        mistakes.append(("/messages", "must be a list"))
    else:
        mistakes += [
            (f"/messages/{index}", "must have role and content, both texts")
            for index, message in enumerate(messages)
            if not isinstance(message, dict)
            or not all(isinstance(message.get(field), str) for field in ("role", "content"))
        ]
    for field in ("reference", "metadata"):
        if not isinstance(item.get(field) or {}, dict):
            mistakes.append((f"/{field}", "must be an object"))
    return mistakes


def _result(item: Mapping[str, Any], verdict: Verdict) -> dict[str, Any]:
    """As the contract has it: what a judge writes need not be of the types that it is declared with."""
    if verdict.verdict not in _VERDICTS:
        raise ValueError(f"the verdict is none of {', '.join(_VERDICTS)}")
    if not isinstance(verdict.reason, (str, _NONE)):
        raise TypeError(f"the reason is {type(verdict.reason).__name__}, not a text")
    result: dict[str, Any] = {"itemId": item["itemId"], "verdict": verdict.verdict}
    reason = verdict.reason[:_LONGEST_REASON] if verdict.reason else None
    if verdict.verdict == "undecided":
        if not re.fullmatch(_CODE, verdict.code or ""):
            raise ValueError("an undecided verdict needs a code in snake case")
        if not isinstance(verdict.retryable, bool):
            raise TypeError(f"retryable is {type(verdict.retryable).__name__}, not True or False")
        error = {"code": verdict.code, "retryable": verdict.retryable, **({"detail": reason} if reason else {})}
        return {**result, "error": error}
    if verdict.score is not None:
        if not math.isfinite(verdict.score):
            raise ValueError(f"the judge's score is {verdict.score}, which is not finite")
        result["score"] = float(verdict.score)
    if reason:
        result["reason"] = reason
    return result


def _log_failure(what: str, failure: BaseException) -> None:
    """Where it failed; the exception's own words are left out, for they may be the item's."""
    frames = "".join(traceback.format_tb(failure.__traceback__))
    log.error("the judge failed on %s:\n%s%s", what, frames, type(failure).__name__)


def _json(body: Mapping[str, Any]) -> bytes:
    # In ASCII, for a completion may hold half of a surrogate pair, which UTF-8 has no bytes for.
    return json.dumps(body, allow_nan=False).encode("ascii")


def _has(item: Mapping[str, Any], path: str) -> bool:
    value: Any = item
    for name in path.split("."):
        if not isinstance(value, Mapping) or value.get(name) is None:
            return False
        value = value[name]
    return True


def _fixture(given: str | Mapping[str, Any], expect: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"completion": given} if isinstance(given, str) else dict(given)
    if isinstance(item.get("completion"), str):
        item["completion"] = {"text": item["completion"]}
    if "prompt" in item:
        item["messages"] = [{"role": "user", "content": item.pop("prompt")}]
    return {"item": item, "expect": "satisfied" if expect else "violated"}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# A task's parameters, from the annotations of the function's keyword-only arguments.

_NONE = type(None)
_LISTS = (list, Sequence)
_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", _NONE: "null"}
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", _NONE: "null"}


@dataclass(frozen=True)
class _Parameter:
    annotation: Any
    default: Any
    required: bool

    def schema(self) -> dict[str, Any]:
        schema = _schema(self.annotation)
        default = list(self.default) if isinstance(self.default, tuple) else self.default
        return schema if self.required else {**schema, "default": default}

    def mistakes(self, value: Any) -> Mistakes:
        return _value_mistakes(self.annotation, value)


def _signature(function: Callable[..., Any]) -> tuple[list[str], dict[str, _Parameter]]:
    """What it takes of an item, and its keyword-only arguments."""
    annotations = typing.get_type_hints(function)
    takes: list[str] = []
    parameters: dict[str, _Parameter] = {}
    for name, argument in inspect.signature(function).parameters.items():
        if argument.kind is argument.KEYWORD_ONLY:
            if name not in annotations:
                raise TypeError(f"the parameter {name!r} needs an annotation, such as {name}: str")
            _schema(annotations[name])
            required = argument.default is argument.empty
            parameters[name] = _Parameter(annotations[name], None if required else argument.default, required)
        elif argument.kind is argument.POSITIONAL_OR_KEYWORD and name in (*_FROM_ITEM, "deadline"):
            takes.append(name)
        else:
            known = ", ".join((*_FROM_ITEM, "deadline"))
            raise TypeError(f"a judge takes {known}, and parameters after *, but not {name!r}")
    return takes, parameters


def _schema(annotation: Any) -> dict[str, Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any:
        return {}
    if annotation in _NAMES:
        return {"type": _NAMES[annotation]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument) for argument in arguments]}
    if origin in _LISTS and arguments:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict and len(arguments) == 2 and arguments[0] is str:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    raise TypeError(
        f"a parameter cannot be {annotation}; it is str, int, float, bool, Any, a Literal, list[...], Sequence[...],"
        " dict[str, ...] or several of them with |"
    )


def _value_mistakes(annotation: Any, value: Any) -> Mistakes:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Any:
        return []
    if annotation in _NAMES:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        right = {
            int: number and value == int(value) if number and math.isfinite(value) else False,
            float: number,
        }.get(annotation, isinstance(value, annotation))
        return [] if right else [("", f"must be {_WORDS[annotation]}")]
    if origin is Literal:
        return [] if value in arguments else [("", f"must be one of {', '.join(map(str, arguments))}")]
    if origin in (Union, types.UnionType):
        each = [_value_mistakes(argument, value) for argument in arguments]
        return [] if any(not mistakes for mistakes in each) else each[0]
    if origin in _LISTS:
        if not isinstance(value, list):
            return [("", "must be a list")]
        found = [(index, _value_mistakes(arguments[0], one)) for index, one in enumerate(value)]
        return [(f"/{index}{pointer}", detail) for index, mistakes in found for pointer, detail in mistakes]
    if not isinstance(value, dict):
        return [("", "must be an object")]
    named = [(name, _value_mistakes(arguments[1], one)) for name, one in value.items()]
    return [(f"/{_escaped(name)}{pointer}", detail) for name, mistakes in named for pointer, detail in mistakes]

"""A server that answers what a test says, and the platform that runs, if one is named."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tribunal_client import Tribunal

TOKEN = "a-token-that-nobody-may-see"


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """after so many bytes the connection breaks"""

    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Server:
    """Answers one after the other what a test has written down for a path; the last one again and again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer | Callable[[Asked], Answer]]] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked = Asked(self.command, url.path, parse_qs(url.query), dict(self.headers), body)
                server.asked.append(asked)
                answers = server._answers.get(f"{self.command} {url.path}", [problem(404, "not_found")])
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                answer = answer if isinstance(answer, Answer) else answer(asked)
                data = answer.data()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data if answer.cut is None else data[: answer.cut])
                self.close_connection = answer.cut is not None

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, format: str, *_: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def on(self, request: str, *answers: Answer | Callable[[Asked], Answer]) -> None:
        self._answers[request] = list(answers)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def problem(status: int, code: str, detail: str = "no", **more: Any) -> Answer:
    body = {"status": status, "code": code, "detail": detail, "requestId": "req_1", "errors": [], **more}
    return Answer(status, body, {"Content-Type": "application/problem+json"})


def page(*data: Any, next_cursor: str | None = None) -> Answer:
    more = {} if next_cursor is None else {"nextCursor": next_cursor}
    return Answer(200, {"data": list(data), "hasMore": next_cursor is not None, **more})


def run(state: str = "running", **more: Any) -> dict[str, Any]:
    return {
        "id": "run_1",
        "name": "blend",
        "state": state,
        "step": 1,
        "steps": 3,
        "tasks": ["math"],
        "errors": [],
        "alarms": [],
        **more,
    }


@pytest.fixture
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.close()


@pytest.fixture
def tribunal(server: Server) -> Iterator[Tribunal]:
    with Tribunal(server.url, TOKEN) as client:
        yield client


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Pauses between attempts are short, and the environment's platform is for the tests that ask for it."""
    monkeypatch.setattr("tribunal_client._http._FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr("tribunal_client._events._PAUSE_S", 0.01)
    monkeypatch.setattr("tribunal_client._download._PAUSE_S", 0.01)
    if "platform" not in request.fixturenames:
        monkeypatch.delenv("TRIBUNAL_URL", raising=False)
        monkeypatch.delenv("TRIBUNAL_TOKEN", raising=False)


@pytest.fixture(scope="session")
def asked() -> set[tuple[str, str]]:
    """Methods and paths of all requests to the platform that runs."""
    return set()


@pytest.fixture(scope="session")
def platform(asked: set[tuple[str, str]]) -> Iterator[Tribunal]:
    """The platform that TRIBUNAL_URL and TRIBUNAL_TOKEN name: one that nobody needs, for it gets runs and judges."""
    if not os.environ.get("TRIBUNAL_URL"):
        pytest.skip("TRIBUNAL_URL names no platform")

    def note(request: httpx.Request) -> None:
        asked.add((request.method, request.url.path))

    with Tribunal() as client:
        client._http._client.event_hooks = {"request": [note]}
        yield client

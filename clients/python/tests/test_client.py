"""How a platform is found, what is said when it refuses, and that nobody sees the token."""

from __future__ import annotations

import json
import logging
import pickle
import threading
import traceback
from pathlib import Path

import pytest

from tribunal_client import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PlatformUnreachableError,
    ProblemError,
    Tribunal,
    TribunalError,
    UnauthenticatedError,
)

from .conftest import TOKEN, Answer, Server, page, problem, run


def home(folder: Path, url: str) -> Path:
    (folder / "platform.json").write_text(json.dumps({"url": url, "token": TOKEN}))
    return folder


def test_the_homes_platform_is_found_with_its_token(server: Server, tmp_path: Path) -> None:
    server.on("GET /v1/metrics", page())
    with Tribunal(home=home(tmp_path, server.url)) as tribunal:
        tribunal.metrics()
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_environment_goes_before_the_home(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.on("GET /v1/metrics", page())
    monkeypatch.setenv("TRIBUNAL_URL", server.url + "/")
    monkeypatch.setenv("TRIBUNAL_TOKEN", "another")
    with Tribunal(home=home(tmp_path, "http://127.0.0.1:1")) as tribunal:
        tribunal.metrics()
    assert server.asked[0].headers["Authorization"] == "Bearer another"


def test_the_homes_token_is_not_sent_elsewhere(server: Server, tmp_path: Path) -> None:
    with pytest.raises(TribunalError, match="no token for"):
        Tribunal(server.url, home=home(tmp_path, "http://127.0.0.1:1"))
    assert Tribunal(server.url, home=home(tmp_path, server.url)).url == server.url


def test_without_a_platform_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TribunalError, match=r"tribunal up"):
        Tribunal(home=tmp_path)


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://", "http://me:secret@x", "http://x?y=1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(TribunalError, match="is not a platform's address"):
        Tribunal(url, TOKEN)


@pytest.mark.parametrize("token", ["two words", "t\u00f6ken", "a\nb"])
def test_what_is_no_token_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(TribunalError, match="the token") as refused:
        Tribunal("http://127.0.0.1:1", token)
    assert token not in str(refused.value)


def test_the_token_is_in_no_representation_log_or_traceback(
    server: Server, tribunal: Tribunal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("GET /v1/runs/x", problem(404, "run_not_found"))
    with pytest.raises(NotFoundError) as refused:
        tribunal.runs.get("x")
    told = traceback.TracebackException.from_exception(refused.value, capture_locals=True)
    shown = "".join(told.format()) + repr([tribunal, tribunal._http, vars(tribunal._http), vars(tribunal)])
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "run_not_found" in shown
    assert TOKEN not in shown
    assert TOKEN not in caplog.text


def test_a_client_is_not_pickled_with_its_token(server: Server) -> None:
    with pytest.raises(TypeError, match="connect anew"):
        pickle.dumps(Tribunal(server.url, TOKEN)._http._client._auth)


def test_a_problem_has_code_request_and_all_mistakes(server: Server, tribunal: Tribunal) -> None:
    errors = [{"pointer": "/training/steps", "detail": "is 0"}, {"pointer": "/policy", "detail": "is missing"}]
    server.on("POST /v1/runs", problem(422, "invalid_spec", "The spec has 2 mistakes.", errors=errors))
    with pytest.raises(InvalidRequestError) as refused:
        tribunal.runs.dry_run({"name": "x"})
    assert server.asked[0].query == {"dryRun": ["true"]}
    assert (refused.value.status, refused.value.code, refused.value.request_id) == (422, "invalid_spec", "req_1")
    assert [(one.pointer, one.detail) for one in refused.value.errors] == [
        ("/training/steps", "is 0"),
        ("/policy", "is missing"),
    ]
    assert str(refused.value).splitlines() == [
        "The spec has 2 mistakes. (422 invalid_spec, req_1)",
        "  /training/steps  is 0",
        "  /policy  is missing",
    ]
    assert pickle.loads(pickle.dumps(refused.value)).errors == refused.value.errors


@pytest.mark.parametrize(
    ("status", "kind"), [(401, UnauthenticatedError), (404, NotFoundError), (409, ConflictError), (500, ProblemError)]
)
def test_a_problem_is_an_exception_of_its_kind(
    server: Server, tribunal: Tribunal, status: int, kind: type[ProblemError]
) -> None:
    server.on("GET /v1/runs/run_1", problem(status, "some_code"))
    with pytest.raises(ProblemError) as refused:
        tribunal.runs.get("run_1")
    assert type(refused.value) is kind


def test_another_servers_answer_is_told_apart(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs/run_1", Answer(403, b"<html>no</html>", {"Content-Type": "text/html"}))
    with pytest.raises(ProblemError, match="not one of Tribunal's") as refused:
        tribunal.runs.get("run_1")
    assert refused.value.code == "http_403"


def test_reading_is_tried_again_and_acting_is_not(server: Server, tribunal: Tribunal) -> None:
    away = problem(503, "database_unavailable")
    server.on("GET /v1/runs/run_1", away, away, Answer(200, run()))
    server.on("POST /v1/runs/run_1/cancel", away)
    one = tribunal.runs.get("run_1")
    with pytest.raises(ProblemError, match="database_unavailable"):
        one.cancel()
    assert [asked.method for asked in server.asked] == ["GET", "GET", "GET", "POST"]


def test_what_was_refused_as_too_much_is_tried_again_whatever_it_is(server: Server, tribunal: Tribunal) -> None:
    server.on("POST /v1/runs/run_1/pause", problem(429, "busy"), Answer(202, run("pausing")))
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    assert tribunal.runs.get("run_1").pause().state == "pausing"


def test_an_answer_that_breaks_off_is_asked_for_again_only_where_that_is_safe(
    server: Server, tribunal: Tribunal
) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run(), cut=5), Answer(200, run()))
    server.on("POST /v1/runs/run_1/forks", Answer(201, run(), cut=5))
    one = tribunal.runs.get("run_1")
    with pytest.raises(PlatformUnreachableError, match="may be under way"):
        one.fork({"training": {"steps": 9}})
    assert [asked.method for asked in server.asked] == ["GET", "GET", "POST"]


@pytest.mark.parametrize("first", [Answer(200, b"gone", cut=2), problem(502, "away"), problem(504, "away")])
def test_a_deletion_whose_answer_was_lost_is_done(server: Server, tribunal: Tribunal, first: Answer) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("DELETE /v1/runs/run_1", first, problem(404, "run_not_found"))
    tribunal.runs.get("run_1").delete()
    assert [asked.method for asked in server.asked] == ["GET", "DELETE", "DELETE"]


@pytest.mark.parametrize(
    "answers",
    [
        [problem(404, "run_not_found")],
        [problem(429, "busy"), problem(404, "run_not_found")],
        [problem(502, "away"), Answer(404, b"<html>no</html>", {"Content-Type": "text/html"})],
    ],
    ids=["at once", "after a refusal", "of another server"],
)
def test_a_deletion_of_what_was_never_there_is_not_done(
    server: Server, tribunal: Tribunal, answers: list[Answer]
) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("DELETE /v1/runs/run_1", *answers)
    one = tribunal.runs.get("run_1")
    with pytest.raises(NotFoundError):
        one.delete()


def test_creating_is_repeated_under_one_key(server: Server, tribunal: Tribunal) -> None:
    server.on("POST /v1/runs", Answer(201, run(), cut=5), Answer(201, run()))
    tribunal.runs.create({"name": "x"})
    keys = [asked.headers["Idempotency-Key"] for asked in server.asked]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    tribunal.runs.create({"name": "x"})
    assert server.asked[2].headers["Idempotency-Key"] != keys[0]
    tribunal.runs.create({"name": "x"}, idempotency_key="mine")
    assert server.asked[3].headers["Idempotency-Key"] == "mine"


def test_a_platform_that_is_not_there_is_said_so(server: Server, tribunal: Tribunal) -> None:
    server.close()
    with pytest.raises(PlatformUnreachableError, match="is it running"):
        tribunal.runs.get("run_1")


def test_what_takes_too_long_is_said_so(server: Server) -> None:
    done = threading.Event()

    def slow(_: object) -> Answer:
        done.wait(5)
        return Answer(200, run())

    server.on("POST /v1/runs/run_1/cancel", slow)
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    with Tribunal(server.url, TOKEN, timeout=0.2) as tribunal:
        one = tribunal.runs.get("run_1")
        with pytest.raises(PlatformUnreachableError, match="took too long"):
            one.cancel()
    done.set()


def test_lists_are_read_page_by_page_as_they_are_asked_for(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs", page(run(), run(), next_cursor="c1"), page(run(), next_cursor="c2"), page(run()))
    runs = tribunal.runs.list(state="running", label="team=a", ended=False)
    assert server.asked == []
    next(runs)
    assert len(server.asked) == 1
    assert len(list(runs)) == 3
    assert server.asked[0].query == {"state": ["running"], "label": ["team=a"], "ended": ["false"], "limit": ["200"]}
    assert [asked.query.get("cursor") for asked in server.asked] == [None, ["c1"], ["c2"]]


def test_a_limit_asks_for_no_more_than_it_says(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs", page(*[run()] * 200, next_cursor="c1"), page(*[run()] * 50, next_cursor="c2"))
    assert len(list(tribunal.runs.list(limit=250))) == 250
    assert [asked.query["limit"] for asked in server.asked] == [["200"], ["50"]]


def test_names_are_escaped_in_paths(server: Server, tribunal: Tribunal) -> None:
    with pytest.raises(NotFoundError):
        tribunal.runs.get("../judges?x=1")
    assert server.asked[0].path == "/v1/runs/..%2Fjudges%3Fx%3D1"

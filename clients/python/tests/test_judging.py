"""Judges by judge/v1, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from tribunal_client import Deadline, Verdict, judge, satisfied, undecided, violated
from tribunal_client.judging import MAX_BODY_BYTES, AnyJudge, JudgeServer

SOURCES = Path(__file__).parents[1] / "src"


@judge("polite", "1.0.0", fixtures=[("Thanks.", True), ({"prompt": "Hi", "completion": "Shut up."}, False)])
def polite(completion: str, prompt: str, *, words: Sequence[str] = ("shut up",), strict: bool = False) -> Verdict:
    """Is polite.

    More of it.
    """
    if completion == "raise":
        raise RuntimeError(completion)
    if completion == "nothing":
        return None  # type: ignore[return-value]
    if completion == "infinite":
        return satisfied(score=float("inf"))
    if completion == "ask me later":
        return undecided("model_timeout", "the model is slow", retryable=True)
    found = [word for word in words if word in completion.lower()]
    return violated(f"says {found[0]!r} to {prompt!r}", score=None) if found else satisfied("is polite")


def item(text: str, item_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"itemId": item_id, "completion": {"text": text}, **more}


def request(*items: Any, judge: AnyJudge = polite, parameters: Any = None, **more: Any) -> dict[str, Any]:
    named: dict[str, Any] = {"name": judge.name, "version": judge.version}
    if parameters is not None:
        named["parameters"] = parameters
    return {"requestId": "jr_1", "deadlineMs": 2000, "judge": named, "items": list(items), **more}


def ask(
    server: JudgeServer,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] = {},
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data, dict(headers))
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text.startswith(b"{") else text.decode()
    finally:
        connection.close()


def evaluate(server: JudgeServer, body: Any) -> tuple[int, Any]:
    return ask(server, "POST", "/judge/v1/evaluate", body)


def wait_until_idle(server: JudgeServer) -> None:
    for _ in range(100):
        if "judge_in_flight 0\n" in ask(server, "GET", "/metrics")[1]:
            return
        time.sleep(0.02)
    pytest.fail("a batch that has been answered still counts")


@pytest.fixture
def served() -> Iterator[JudgeServer]:
    with polite.start() as server:
        yield server


def test_the_descriptor_is_made_of_the_function() -> None:
    assert polite.descriptor() == {
        "name": "polite",
        "version": "1.0.0",
        "contract": "judge/v1",
        "description": "Is polite.",
        "deterministic": True,
        "maxBatchItems": 64,
        "parameters": {
            "type": "object",
            "properties": {
                "words": {"type": "array", "items": {"type": "string"}, "default": ["shut up"]},
                "strict": {"type": "boolean", "default": False},
            },
            "required": [],
            "additionalProperties": False,
        },
    }


def test_the_registration_has_fixtures_and_never_the_secret() -> None:
    assert polite.registration("http://judge:8091", "polite-token") == {
        "name": "polite",
        "version": "1.0.0",
        "contract": "judge/v1",
        "endpoint": {"url": "http://judge:8091"},
        "auth": {"mode": "bearer", "secretRef": "polite-token"},
        "timeoutMs": 5000,
        "maxBatchItems": 64,
        "deterministic": True,
        "fixtures": [
            {"item": {"completion": {"text": "Thanks."}}, "expect": "satisfied"},
            {
                "item": {"completion": {"text": "Shut up."}, "messages": [{"role": "user", "content": "Hi"}]},
                "expect": "violated",
            },
        ],
    }


def test_a_code_that_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="snake case"):
        undecided("Time out!")


def test_a_judge_is_still_the_function() -> None:
    assert polite("Thanks.", "Hi") == satisfied("is polite")


def test_items_get_a_result_each(served: JudgeServer) -> None:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    items = [
        item("Shut up!", "1", messages=messages, later=True),
        item("Thanks.", "2"),
        item("raise", "3"),
        item("nothing", "4"),
        item("infinite", "5"),
        item("ask me later", "6"),
        item("\ud800", "7"),
    ]
    status, answer = evaluate(served, request(*items, unknown={"x": 1}))
    assert status == 200
    assert (answer["requestId"], answer["judge"]) == ("jr_1", {"name": "polite", "version": "1.0.0"})
    failed = {"code": "judge_error", "retryable": False}
    assert answer["results"] == [
        {"itemId": "1", "verdict": "violated", "reason": "says 'shut up' to 'Hi'"},
        {"itemId": "2", "verdict": "satisfied", "score": 1.0, "reason": "is polite"},
        {"itemId": "3", "verdict": "undecided", "error": {**failed, "detail": "the judge failed: RuntimeError"}},
        {"itemId": "4", "verdict": "undecided", "error": {**failed, "detail": "the judge failed: TypeError"}},
        {"itemId": "5", "verdict": "undecided", "error": {**failed, "detail": "the judge failed: ValueError"}},
        {
            "itemId": "6",
            "verdict": "undecided",
            "error": {"code": "model_timeout", "retryable": True, "detail": "the model is slow"},
        },
        {"itemId": "7", "verdict": "satisfied", "score": 1.0, "reason": "is polite"},
    ]


def test_the_log_says_where_a_judge_failed_and_not_what_the_item_says(caplog: pytest.LogCaptureFixture) -> None:
    @judge("failing", "1")
    def failing(completion: str) -> bool:
        raise ValueError(completion)

    failing.result(item("a secret text"), {}, Deadline(1))
    assert "raise ValueError(completion)" in caplog.text
    assert "a secret text" not in caplog.text


def test_a_task_may_set_parameters(served: JudgeServer) -> None:
    _, answer = evaluate(served, request(item("Fudge."), parameters={"words": ["fudge"]}))
    assert answer["results"][0]["verdict"] == "violated"
    _, answer = evaluate(served, request(item("Fudge.")))
    assert answer["results"][0]["verdict"] == "satisfied"


def test_all_mistakes_of_a_request_are_told_at_once(served: JudgeServer) -> None:
    status, problem = evaluate(
        served,
        {
            "requestId": "",
            "deadlineMs": True,
            "judge": {"name": "another", "version": "1.0.0", "parameters": {"words": ["x", 1], "wo/rds": 1}},
            "items": [
                item("x"),
                item("x"),
                {"itemId": "b"},
                7,
                item("x", "c" * 201, metadata=[]),
                item("x", "d", messages=[{"role": "user"}], reference=[1]),
            ],
        },
    )
    assert (status, problem["status"], problem["code"]) == (422, 422, "invalid_request")
    assert [error["pointer"] for error in problem["errors"]] == [
        "/requestId",
        "/deadlineMs",
        "/judge/name",
        "/judge/parameters/wo~1rds",
        "/judge/parameters/words/1",
        "/items/1/itemId",
        "/items/2/completion/text",
        "/items/3",
        "/items/4/itemId",
        "/items/5/messages/0",
        "/items/5/reference",
    ]
    assert evaluate(served, b'{"requestId":')[0] == 400
    assert evaluate(served, b"[" * 100_000)[0] == 400
    assert evaluate(served, [])[0] == 422
    assert evaluate(served, request(*[item("x", str(n)) for n in range(65)]))[0] == 422


def test_what_is_not_of_the_contract_is_not_there(served: JudgeServer) -> None:
    assert ask(served, "GET", "/")[0] == 404
    assert ask(served, "POST", "/judge/v1/check", {"judge": {}, "items": []})[0] == 404
    assert ask(served, "GET", "/health/live") == (200, {"status": "UP"})
    assert ask(served, "GET", "/health/ready") == (200, {"status": "UP"})


def test_a_body_that_is_too_large_is_refused_unread(served: JudgeServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.putrequest("POST", "/judge/v1/evaluate")
    connection.putheader("Content-Length", str(MAX_BODY_BYTES + 1))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["code"]) == (413, "payload_too_large")
    connection.close()


def test_with_a_token_only_that_one_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_TOKEN", "from-the-environment")
    for server, token in ((polite.start(token="mine"), "mine"), (polite.start(), "from-the-environment")):
        with server:
            assert ask(server, "GET", "/judge/v1/descriptor")[0] == 401
            assert ask(server, "GET", "/metrics")[0] == 401
            assert evaluate(server, request(item("x")))[0] == 401
            wrong = {"Authorization": "Bearer m\u00efne"}
            assert ask(server, "GET", "/judge/v1/descriptor", headers=wrong)[0] == 401
            right = {"Authorization": f"Bearer {token}"}
            assert ask(server, "GET", "/judge/v1/descriptor", headers=right)[0] == 200
            assert ask(server, "GET", "/health/live")[0] == 200
            assert token not in repr(server)


def test_without_the_token_a_body_is_not_waited_for() -> None:
    with polite.start(token="mine") as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.putrequest("POST", "/judge/v1/evaluate")
        connection.putheader("Content-Length", str(MAX_BODY_BYTES))
        connection.endheaders(b"{")
        response = connection.getresponse()
        assert (response.status, response.headers["Connection"]) == (401, "close")
        assert json.loads(response.read())["code"] == "unauthenticated"
        connection.close()


def test_who_sends_a_large_body_without_the_token_still_reads_why_it_is_refused() -> None:
    with polite.start(token="mine") as server:
        for _ in range(10):
            assert evaluate(server, b" " * MAX_BODY_BYTES)[0] == 401


def test_the_answer_is_there_by_the_deadline_whatever_the_judge_does() -> None:
    release = threading.Event()
    seen: list[Deadline] = []

    @judge("slow", "1")
    def slow(completion: str, deadline: Deadline) -> bool:
        seen.append(deadline)
        return release.wait(10) if completion == "slow" else True

    with slow.start() as server:
        begun = time.monotonic()
        body = request(item("quick", "1"), item("slow", "2"), item("quick", "3"), judge=slow, deadlineMs=300)
        status, answer = evaluate(server, body)
        assert time.monotonic() - begun < 2
        assert status == 200
        assert [one["verdict"] for one in answer["results"]] == ["satisfied", "undecided", "undecided"]
        assert [one.get("error", {}).get("code") for one in answer["results"]] == [None, "timeout", "timeout"]
        assert "judge_in_flight 1\n" in ask(server, "GET", "/metrics")[1]
        release.set()
        wait_until_idle(server)
        assert len(seen) == 2  # the third item is not begun after the deadline
        assert 'judge_items_total{verdict="undecided"} 2\n' in ask(server, "GET", "/metrics")[1]


@pytest.mark.parametrize("parallelism", [1, 2])
def test_whatever_a_judge_says_or_raises_costs_its_own_item_only(parallelism: int) -> None:
    class Cancelled(BaseException):
        """As asyncio's is."""

    @judge("odd", "1", parallelism=parallelism)
    def odd(completion: str) -> Any:
        if completion == "exit":
            sys.exit(1)
        if completion == "cancel":
            raise Cancelled
        return {
            "reason": violated(ValueError("bad json")),  # type: ignore[arg-type]
            "detail": undecided("no_answer", 7),  # type: ignore[arg-type]
            "word": Verdict("maybe"),  # type: ignore[arg-type]
            "list": Verdict([]),  # type: ignore[arg-type]
            "no code": Verdict("undecided"),
            "code": Verdict("undecided", code="No answer"),
            "retryable": Verdict("undecided", code="no_answer", retryable=object()),  # type: ignore[arg-type]
            "score": satisfied(score="1"),  # type: ignore[arg-type]
            "fine": True,
        }[completion]

    wrong = {
        "exit": "SystemExit",
        "cancel": "Cancelled",
        "reason": "TypeError",
        "detail": "TypeError",
        "word": "ValueError",
        "list": "ValueError",
        "no code": "ValueError",
        "code": "ValueError",
        "retryable": "TypeError",
        "score": "TypeError",
    }
    with odd.start() as server:
        for text, failure in wrong.items():
            begun = time.monotonic()
            status, answer = evaluate(server, request(item(text, "1"), item("fine", "2"), judge=odd))
            assert status == 200
            assert time.monotonic() - begun < 1, text
            error = {"code": "judge_error", "retryable": False, "detail": f"the judge failed: {failure}"}
            assert answer["results"] == [
                {"itemId": "1", "verdict": "undecided", "error": error},
                {"itemId": "2", "verdict": "satisfied", "score": 1.0},
            ]
            wait_until_idle(server)


def test_a_thread_that_dies_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(completion: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("threading.excepthook", lambda _: None)
    stopping = judge("stopping", "1")(interrupted)
    with stopping.start() as server:
        begun = time.monotonic()
        _, answer = evaluate(server, request(item("x", "1"), item("x", "2"), judge=stopping))
        assert time.monotonic() - begun < 1
        assert [one["verdict"] for one in answer["results"]] == ["undecided", "undecided"]
        wait_until_idle(server)


def test_threads_that_cannot_be_started_give_their_places_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    batch = polite.evaluate([item("x")], {}, Deadline(5))
    batch.when_idle = lambda: ended.append(True)
    monkeypatch.setattr("threading.Thread.start", start)
    assert [one["error"]["code"] for one in batch.results()] == ["timeout"]
    assert ended == [True]


def test_a_deadline_beyond_all_numbers_is_the_longest_there_is(served: JudgeServer) -> None:
    status, answer = evaluate(served, request(item("Thanks."), deadlineMs=10**400))
    assert (status, answer["results"][0]["verdict"]) == (200, "satisfied")
    wait_until_idle(served)


def test_a_judge_that_waits_asks_about_several_items_at_once() -> None:
    together = threading.Barrier(4)

    @judge("waiting", "1", parallelism=4)
    def waiting(completion: str) -> bool:
        together.wait(5)
        return completion == "2"

    with waiting.start() as server:
        _, answer = evaluate(server, request(*[item(str(n), str(n)) for n in range(4)], judge=waiting))
        assert [one["verdict"] == "satisfied" for one in answer["results"]] == [False, False, True, False]


def test_more_batches_than_there_are_places_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tribunal_client.judging.MAX_IN_FLIGHT", 1)
    release = threading.Event()

    @judge("stuck", "1")
    def stuck(completion: str) -> bool:
        return release.wait(10)

    with stuck.start() as server:
        assert evaluate(server, request(item("x"), judge=stuck, deadlineMs=100))[0] == 200
        status, problem = evaluate(server, request(item("x"), judge=stuck, deadlineMs=100))
        assert (status, problem["code"]) == (429, "busy")
        release.set()


def test_an_item_without_what_the_judge_needs_is_undecided() -> None:
    @judge("exact", "1", requires=["reference.answer"])
    def exact(completion: str, reference: dict[str, Any], metadata: dict[str, Any], finish_reason: str | None) -> bool:
        return completion == reference["answer"] and metadata == {} and finish_reason is None

    assert exact.descriptor()["requires"] == ["reference.answer"]
    assert exact.result(item("4", reference={"answer": "4"}), {}, Deadline(1))["verdict"] == "satisfied"
    assert exact.result(item("4"), {}, Deadline(1))["error"]["code"] == "missing_field"


def test_prompts_are_checked_before_there_is_a_completion() -> None:
    @judge("languages", "1")
    def languages(completion: str, metadata: dict[str, Any], *, known: list[str] = ["en"]) -> bool:  # noqa: B006
        return True

    @languages.check
    def check(metadata: dict[str, Any], *, known: list[str]) -> Iterator[tuple[str, str]]:
        if metadata.get("language") not in known:
            yield "/metadata/language", f"is {metadata.get('language')!r}; this judge knows {known}"

    assert languages.descriptor()["checksItems"] is True
    items = [{"itemId": "1", "metadata": {"language": "en"}}, {"itemId": "2", "metadata": {"language": "fr"}}]
    body = {"judge": {"name": "languages", "version": "1"}, "items": items}
    with languages.start() as server:
        status, answer = ask(server, "POST", "/judge/v1/check", body)
        assert status == 200
        assert answer == {
            "judge": {"name": "languages", "version": "1"},
            "problems": [
                {"itemId": "2", "pointer": "/metadata/language", "detail": "is 'fr'; this judge knows ['en']"}
            ],
        }
        body["judge"] = {"name": "languages", "version": "1", "parameters": {"known": ["fr", "en"]}}
        assert ask(server, "POST", "/judge/v1/check", body)[1]["problems"] == []
    with pytest.raises(TypeError, match="not completion"):

        @languages.check
        def wrong(completion: str) -> list[tuple[str, str]]:
            return []


@pytest.mark.parametrize("found", [SystemExit(), ["/metadata"], [("/metadata", 7)]])
def test_a_check_of_prompts_that_fails_leaves_them_unchecked(found: Any) -> None:
    @judge("checking", "1")
    def checking(completion: str) -> bool:
        return True

    @checking.check
    def check(metadata: dict[str, Any]) -> Any:
        if isinstance(found, SystemExit):
            raise found
        return found

    body = {"judge": {"name": "checking", "version": "1"}, "items": [{"itemId": "1"}]}
    with checking.start() as server:
        status, answer = ask(server, "POST", "/judge/v1/check", body)
        assert (status, answer["problems"]) == (200, [])
        assert answer["unchecked"].startswith("the check failed: ")


def test_parameters_are_of_the_annotated_types() -> None:
    @judge(
        "many", "1", check_parameters=lambda given: [("/low", "is above high")] if given["low"] > given["high"] else []
    )
    def many(
        completion: str,
        *,
        low: int,
        high: float = 9.5,
        mode: Literal["loose", "strict"] = "loose",
        weights: dict[str, float] = {},  # noqa: B006
        note: str | None = None,
        anything: Any = None,
    ) -> bool:
        return True

    def pointers(parameters: dict[str, Any]) -> list[str]:
        return [pointer for pointer, _ in many.parameter_mistakes(parameters)]

    assert many.descriptor()["parameters"]["required"] == ["low"]
    assert many.descriptor()["parameters"]["properties"]["mode"] == {"enum": ["loose", "strict"], "default": "loose"}
    assert pointers({"low": 1, "note": "x", "weights": {"a": 1}, "anything": [1]}) == []
    assert pointers({"low": 1, "note": None}) == []
    assert pointers({}) == ["/low"]
    assert pointers({"low": True}) == ["/low"]
    assert pointers({"low": 1.5}) == ["/low"]
    wrong = {"low": "1", "high": "x", "mode": "x", "weights": {"a/b": "x"}, "note": 1}
    assert pointers(wrong) == ["/low", "/high", "/mode", "/weights/a~1b", "/note"]
    assert pointers({"low": 10}) == ["/low"]


@pytest.mark.parametrize("failure", [KeyError("x"), SystemExit(1)])
def test_a_check_of_parameters_that_fails_is_the_judges_failure(failure: BaseException) -> None:
    def failing(parameters: dict[str, Any]) -> list[tuple[str, str]]:
        raise failure

    @judge("failing", "1", check_parameters=failing)
    def fine(completion: str) -> bool:
        return True

    with fine.start() as server:
        status, problem = evaluate(server, request(item("x"), judge=fine))
        assert (status, problem["code"]) == (500, "judge_error")


def test_a_function_that_cannot_be_a_judge_is_refused_when_it_is_decorated() -> None:
    with pytest.raises(TypeError, match="'answer'"):

        @judge("x", "1")
        def unknown(answer: str) -> bool:
            return True

    with pytest.raises(TypeError, match="needs an annotation"):

        @judge("x", "1")
        def bare(completion: str, *, words=()) -> bool:  # type: ignore[no-untyped-def]
            return True

    with pytest.raises(TypeError, match="cannot be"):

        @judge("x", "1")
        def odd(completion: str, *, when: set[str]) -> bool:
            return True


def test_a_judge_needs_the_standard_library_alone() -> None:
    # Nothing but the sources is on the path: -S leaves out what is installed.
    code = "import sys; from tribunal_client.judging import judge; assert 'httpx' not in sys.modules"
    subprocess.run([sys.executable, "-S", "-E", "-c", code], check=True, cwd=SOURCES)


def test_told_to_stop_a_judge_answers_what_it_was_asked(tmp_path: Path) -> None:
    program = tmp_path / "judge.py"
    program.write_text(
        "import time\n"
        "from tribunal_client.judging import judge\n"
        "@judge('late', '1')\n"
        "def late(completion: str) -> bool:\n"
        "    time.sleep(1)\n"
        "    return True\n"
        "late.main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, program, "0"],
        env={"PYTHONPATH": str(SOURCES)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline().rsplit(" ", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {"name": "late", "version": "1"}
    body = {"requestId": "jr_1", "deadlineMs": 9000, "judge": named, "items": [item("a secret text")]}
    connection.request("POST", "/judge/v1/evaluate", json.dumps(body), {"traceparent": "00-a-b-01"})
    time.sleep(0.4)
    process.terminate()
    assert json.loads(connection.getresponse().read())["results"][0]["verdict"] == "satisfied"
    connection.close()
    _, log = process.communicate(timeout=10)
    assert process.returncode == 0
    line = json.loads(log.splitlines()[-1])
    assert (line["requestId"], line["traceparent"], line["satisfied"]) == ("jr_1", "00-a-b-01", 1)
    assert "a secret text" not in log


def test_the_program_prints_its_registration(capsys: pytest.CaptureFixture[str]) -> None:
    polite.main(["--registration", "http://judge:1", "--secret-ref", "s"])
    assert json.loads(capsys.readouterr().out) == polite.registration("http://judge:1", "s")

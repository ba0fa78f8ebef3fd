"""Runs against a server that breaks off: nothing is missed, nothing is given twice."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tribunal_client import DoubtfulRunWarning, DownloadError, NotFoundError, ProblemError, RunFailedError, Tribunal

from .conftest import Answer, Asked, Server, page, problem, run

STREAM = {"Content-Type": "text/event-stream;charset=UTF-8"}


def event(sequence: int, kind: str = "state", **data: Any) -> dict[str, Any]:
    message = f"event {sequence}\u2028of many\u0085"
    return {"sequence": sequence, "time": "2026-01-05T10:12:40Z", "type": kind, "message": message, "data": data}


def stream(*sequences: int, cut: int | None = None) -> Answer:
    text = ": heartbeat\n\n" + "".join(
        f"id: {n}\nevent: state\ndata: {json.dumps(event(n), ensure_ascii=False)}\n\n" for n in sequences
    )
    return Answer(200, text.encode(), STREAM, cut)


def streams(asked: list[Asked]) -> list[str | None]:
    return [one.headers.get("Last-Event-ID") for one in asked if one.path.endswith("/events")]


def test_a_stream_that_breaks_off_goes_on_after_the_last_event(server: Server, tribunal: Tribunal) -> None:
    whole = stream(1, 2, 3)
    in_the_third = len(whole.body) - 20
    server.on("GET /v1/runs/run_1", *[Answer(200, run())] * 5, Answer(200, run("succeeded")))
    server.on(
        "GET /v1/runs/run_1/events",
        Answer(200, whole.body, STREAM, in_the_third),
        problem(503, "database_unavailable"),
        stream(2, 3, 4),
        stream(5),
        Answer(204, b""),
    )
    seen: list[int] = []
    ended = tribunal.runs.get("run_1").watch(progress=lambda _, one: seen.append(one["sequence"]))
    assert seen == [1, 2, 3, 4, 5]
    assert streams(server.asked) == [None, "2", "2", "4", "5"]
    assert ended.state == "succeeded"
    assert ended.exit_code == 0


def test_a_platform_that_is_started_again_is_waited_for(server: Server, tribunal: Tribunal) -> None:
    broken = Answer(200, run(), cut=1)
    server.on("GET /v1/runs/run_1", *[Answer(200, run())] * 2, *[broken] * 9, Answer(200, run("succeeded")))
    server.on("GET /v1/runs/run_1/events", stream(1, 2, cut=len(stream(1).data()) + 1), stream(2, 3))
    seen: list[int] = []
    tribunal.runs.get("run_1").watch(progress=lambda _, one: seen.append(one["sequence"]))
    assert seen == [1, 2, 3]
    assert streams(server.asked) == [None, "1"]


def test_events_of_a_run_that_has_ended_are_all_given(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run("succeeded")))
    server.on("GET /v1/runs/run_1/events", stream(1, 2))
    events = list(tribunal.runs.get("run_1").events(follow=True))
    assert [one["message"] for one in events] == [event(1)["message"], event(2)["message"]]
    assert len(streams(server.asked)) == 1


def test_a_stream_is_not_waited_for_where_the_platform_stays_away(
    server: Server, tribunal: Tribunal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tribunal_client._events._PATIENCE_S", 0.1)
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/events", problem(503, "trainer_unavailable"))
    with pytest.raises(ProblemError, match="trainer_unavailable"):
        tribunal.runs.get("run_1").watch()
    server.on("GET /v1/runs/run_1/events", problem(404, "run_not_found"))
    with pytest.raises(NotFoundError):
        tribunal.runs.get("run_1").watch()


def test_watching_ends_in_time_while_the_run_goes_on(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/events", stream(1), stream())
    with pytest.raises(TimeoutError, match="goes on"):
        tribunal.runs.get("run_1").watch(progress=False, timeout=0.3)


def test_a_run_that_does_not_succeed_raises(server: Server, tribunal: Tribunal) -> None:
    mistake = {"pointer": "/tasks/0/prompts", "detail": "line 3 has no prompt"}
    failed = run("failed", terminalReason="the spec has a mistake", errors=[mistake])
    server.on("GET /v1/runs/run_1", Answer(200, failed))
    server.on("GET /v1/runs/run_1/events", stream(1))
    one = tribunal.runs.get("run_1")
    with pytest.raises(RunFailedError, match=r"line 3 has no prompt") as raised:
        one.watch()
    assert raised.value.run["state"] == "failed"
    assert one.watch(check=False).exit_code == 1
    server.on("GET /v1/runs/run_1", Answer(200, run("cancelled")))
    with pytest.raises(RunFailedError, match="has been cancelled"):
        one.watch()


def test_a_doubtful_run_warns(server: Server, tribunal: Tribunal) -> None:
    alarm = {"type": "kl-high", "step": 2, "message": "KL is 30"}
    server.on("GET /v1/runs/run_1", Answer(200, run("succeeded", alarms=[alarm])))
    server.on("GET /v1/runs/run_1/events", stream(1))
    with pytest.warns(DoubtfulRunWarning, match="KL is 30"):
        one = tribunal.runs.get("run_1").watch()
    assert one.exit_code == 3
    idle = run("succeeded", signal={"steps": 3, "stepsWithoutUpdate": 1})
    server.on("GET /v1/runs/run_1", Answer(200, idle))
    assert one.refresh().doubts == ["no update in 1 of 3 steps"]
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    assert one.refresh().exit_code is None


def test_progress_is_a_line_a_step(server: Server, tribunal: Tribunal, capsys: pytest.CaptureFixture[str]) -> None:
    figures = {"math": {"calibratedReward": 0.5, "feasibleRate": 0.25}}
    told = f"data: {json.dumps(event(1, 'step', step=2, tasks=figures))}\n\n"
    server.on("GET /v1/runs/run_1", Answer(200, run("succeeded")))
    server.on("GET /v1/runs/run_1/events", Answer(200, told.encode(), STREAM))
    tribunal.runs.get("run_1").watch()
    assert capsys.readouterr().err == "10:12:40  step 2/3 | math: reward 0.50, feasible 0.25\n"


def test_listed_events_are_paged_by_their_numbers(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/events", page(event(8), next_cursor="8"), page(event(9)))
    events = tribunal.runs.get("run_1").events(after=7)
    assert [one["sequence"] for one in events] == [8, 9]
    assert [one.query["after"] for one in server.asked[1:]] == [["7"], ["8"]]


def columns(cursor: str, *series: tuple[str, str | None, list[int], list[float]], **more: Any) -> Answer:
    told = [
        {"name": name, "steps": steps, "values": values, **({"task": task} if task else {})}
        for name, task, steps, values in series
    ]
    return Answer(200, {"cursor": cursor, "reset": False, "hasMore": False, "series": told, **more})


def test_metrics_grow_by_the_cursor_and_begin_anew_where_steps_are_taken_back(
    server: Server, tribunal: Tribunal
) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on(
        "GET /v1/runs/run_1/metrics/columns",
        columns("c1", ("kl", "math", [1], [0.1]), hasMore=True),
        columns("c2", ("kl", "math", [2], [0.2]), ("gradientNorm", None, [1, 2], [5.0, 6.0])),
        columns("c3", ("kl", "math", [3], [0.3])),
        columns("c4", ("kl", "math", [1], [0.7]), reset=True),
    )
    metrics = tribunal.runs.get("run_1").metrics("kl", "gradientNorm", task="math", max_points=100)
    assert dict(metrics) == {("kl", "math"): ([1, 2], [0.1, 0.2]), ("gradientNorm", None): ([1, 2], [5.0, 6.0])}
    assert metrics.update()["kl", "math"] == ([1, 2, 3], [0.1, 0.2, 0.3])
    assert dict(metrics.update()) == {("kl", "math"): ([1], [0.7])}
    asked = [one.query for one in server.asked[1:]]
    assert asked[0] == {"name": ["kl", "gradientNorm"], "task": ["math"], "maxPoints": ["100"]}
    assert [one.get("after") for one in asked] == [None, ["c1"], ["c2"], ["c3"]]


def test_metrics_are_a_long_data_frame(server: Server, tribunal: Tribunal) -> None:
    pytest.importorskip("pandas")
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/metrics/columns", columns("c", ("kl", "math", [1, 2], [0.1, 0.2])))
    frame = tribunal.runs.get("run_1").metrics().frame()
    assert frame.to_dict("records") == [
        {"name": "kl", "task": "math", "step": 1, "value": 0.1},
        {"name": "kl", "task": "math", "step": 2, "value": 0.2},
    ]


EPISODE: dict[str, Any] = {
    "id": "ep_1",
    "step": 1,
    "completion": "4",
    "tokenIds": [5, 6],
    "logProbs": [-0.1, -0.2],
    "referenceLogProbs": [],
    "scores": [
        {"name": "good", "rewardModel": "good@1", "score": {"value": 1.5, "classes": {}}},
        {"name": "kind", "rewardModel": "kind@1", "error": "away"},
    ],
    "verdicts": [
        {"judge": "math-answer", "version": "1", "verdict": "satisfied", "reason": "is 4"},
        {"judge": "safety", "version": "1", "verdict": "undecided", "error": {"code": "timeout", "retryable": True}},
    ],
    "weight": 0.25,
}


def test_episodes_are_a_flat_data_frame(server: Server, tribunal: Tribunal) -> None:
    pytest.importorskip("pandas")
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/episodes", page(EPISODE, next_cursor="c"), page({**EPISODE, "id": "ep_2"}))
    one = tribunal.runs.get("run_1")
    frame = one.episodes_frame(violated=["length", "safety"], finish_reason="length")
    assert list(frame["id"]) == ["ep_1", "ep_2"]
    first = frame.iloc[0].to_dict()
    assert first["verdict.math-answer"] == "satisfied"
    assert first["reason.safety"] == "timeout"
    assert first["score.good"] == 1.5
    assert first["tokens"] == 2
    assert "tokenIds" not in first
    assert server.asked[1].query["violated"] == ["length", "safety"]
    assert server.asked[1].query["finishReason"] == ["length"]
    assert one.episodes_frame(tokens=True).iloc[0]["tokenIds"] == [5, 6]


def test_without_pandas_it_says_what_to_install(
    server: Server, tribunal: Tribunal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("GET /v1/runs/run_1/episodes", page(EPISODE))
    with pytest.raises(ImportError, match=r"tribunal-client\[pandas\]"):
        tribunal.runs.get("run_1").episodes_frame()


def test_what_is_done_to_a_run_is_asked_of_the_platform(server: Server, tribunal: Tribunal) -> None:
    server.on("GET /v1/runs/run_1", Answer(200, run()))
    server.on("POST /v1/runs/run_1/pause", Answer(202, run("pausing")))
    server.on("POST /v1/runs/run_1/resume", Answer(202, run("running")))
    server.on("POST /v1/runs/run_1/cancel", Answer(202, run("cancelling")))
    server.on("DELETE /v1/runs/run_1", Answer(204, b""))
    server.on("POST /v1/runs/run_1/forks", Answer(201, {**run(), "id": "run_2"}))
    server.on("PUT /v1/runs/run_1/episodes/ep_1/label", Answer(200, {"episode": "ep_1"}))
    server.on("DELETE /v1/runs/run_1/episodes/ep_1/label", Answer(204, b""))
    one = tribunal.runs.get("run_1")
    assert one.pause().state == "pausing"
    assert one.resume().state == "running"
    assert one.cancel().state == "cancelling"
    one.delete()
    assert one.fork({"name": None}, step=0, state=True).id == "run_2"
    one.label("ep_1", "violated", judge="math-answer", by="mira")
    one.unlabel("ep_1", judge="math-answer")
    assert server.asked[5].json() == {"kind": "state", "patch": {"name": None}, "step": 0}
    assert server.asked[6].json() == {"verdict": "violated", "judge": "math-answer", "by": "mira"}
    assert server.asked[7].query == {"judge": ["math-answer"]}


# Downloads.

CONTENT = bytes(range(256)) * 50


def ranged(asked: Asked) -> Answer:
    begin = int(asked.headers.get("Range", "bytes=0-")[6:-1])
    if begin >= len(CONTENT):
        return problem(416, "range_not_satisfiable")
    return Answer(206 if "Range" in asked.headers else 200, CONTENT[begin:])


def checkpoint(server: Server, name: str = "model.safetensors", sha256: str | None = None) -> None:
    digest = sha256 or hashlib.sha256(CONTENT).hexdigest()
    server.on("GET /v1/runs/run_1", Answer(200, run("succeeded", bestCheckpoint={"step": 20})))
    server.on("GET /v1/runs/run_1/checkpoints", page({"step": 10}, {"step": 20}, {"step": 30}))
    for step in (10, 20, 30):
        server.on(
            f"GET /v1/runs/run_1/checkpoints/{step}/files",
            page(
                {"path": name, "part": "model", "bytes": len(CONTENT), "sha256": digest},
                {"path": "training/adamw.bin", "part": "training", "bytes": len(CONTENT), "sha256": digest},
            ),
        )
        server.on(f"GET /v1/runs/run_1/checkpoints/{step}/files/training/adamw.bin", ranged)


def test_a_download_goes_on_where_it_broke_off(server: Server, tribunal: Tribunal, tmp_path: Path) -> None:
    checkpoint(server)
    server.on("GET /v1/runs/run_1/checkpoints/30/files/model.safetensors", Answer(200, CONTENT, cut=5000), ranged)
    folder = tribunal.runs.get("run_1").download(tmp_path / "model")
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["model.safetensors"]
    assert [one.headers.get("Range") for one in server.asked if one.path.endswith(".safetensors")] == [
        None,
        "bytes=5000-",
    ]
    asked = len(server.asked)
    tribunal.runs.get("run_1").download(folder)
    assert not any(one.path.endswith(".safetensors") for one in server.asked[asked:])


def test_a_download_that_was_given_up_goes_on_with_the_next_call(
    server: Server, tribunal: Tribunal, tmp_path: Path
) -> None:
    checkpoint(server)
    server.on("GET /v1/runs/run_1/checkpoints/30/files/model.safetensors", problem(503, "away"))
    one = tribunal.runs.get("run_1")
    with pytest.raises(DownloadError, match="goes on from there"):
        one.download(tmp_path)
    part = tmp_path / f"model.safetensors.{hashlib.sha256(CONTENT).hexdigest()[:7]}.part"
    part.write_bytes(CONTENT[:7000])
    server.on("GET /v1/runs/run_1/checkpoints/30/files/model.safetensors", ranged)
    one.download(tmp_path)
    assert server.asked[-1].headers["Range"] == "bytes=7000-"
    assert (tmp_path / "model.safetensors").read_bytes() == CONTENT


def test_a_file_that_is_another_is_not_kept(server: Server, tribunal: Tribunal, tmp_path: Path) -> None:
    checkpoint(server, sha256="0" * 64)
    server.on("GET /v1/runs/run_1/checkpoints/30/files/model.safetensors", ranged)
    with pytest.raises(DownloadError, match="SHA-256"):
        tribunal.runs.get("run_1").download(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_not_overwritten(server: Server, tribunal: Tribunal, tmp_path: Path) -> None:
    checkpoint(server)
    (tmp_path / "model.safetensors").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="choose an empty folder"):
        tribunal.runs.get("run_1").download(tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside"])
def test_no_file_is_written_outside_of_the_folder(
    server: Server, tribunal: Tribunal, tmp_path: Path, name: str
) -> None:
    checkpoint(server, name)
    with pytest.raises(DownloadError, match="outside"):
        tribunal.runs.get("run_1").download(tmp_path / "inner")


def test_a_checkpoint_is_chosen_by_step_or_word(server: Server, tribunal: Tribunal, tmp_path: Path) -> None:
    checkpoint(server)
    for step in (10, 20):
        server.on(f"GET /v1/runs/run_1/checkpoints/{step}/files/model.safetensors", ranged)
    one = tribunal.runs.get("run_1")
    one.download(tmp_path / "best", "best")
    assert server.asked[-1].path.startswith("/v1/runs/run_1/checkpoints/20/")
    one.download(tmp_path / "10", 10, training_state=True)
    assert (tmp_path / "10" / "training" / "adamw.bin").read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="it has those of step 10, 20, 30"):
        one.download(tmp_path / "11", 11)
    with pytest.raises(DownloadError, match="no adapter"):
        one.download(tmp_path / "adapter", adapter=True)

"""The client against a platform that runs: TRIBUNAL_URL and TRIBUNAL_TOKEN, in a checkout of the project."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, is_typeddict

import httpx
import pytest

import generate_types
from tribunal_client import (
    ConflictError,
    InvalidRequestError,
    JudgeRejectedError,
    NotFoundError,
    RegisteredJudge,
    Run,
    RunFailedError,
    Tribunal,
    UnauthenticatedError,
    Verdict,
    judge,
    satisfied,
    types,
    violated,
)

PROJECT = Path(__file__).parents[3]
SOURCES = Path(__file__).parents[1] / "src" / "tribunal_client"
VERSION = uuid.uuid4().hex[:12]

SPEC = """\
apiVersion: tribunal/v1
name: notebook
labels: {made: "%s"}
policy: {model: "hf:embedded/policy", maxNewTokens: 24, temperature: 1.0}
training: {steps: 2, seed: 1, learningRate: 2.5e-4, gradientClip: 1.0}
tasks:
- name: engagement
  prompts:
    source: "file:prompts/engagement.jsonl"
    batchSize: 4
    baseline: {field: baseline}
  rewardModel: helpfulness@1
  judges:
  - {judge: length@1, parameters: {minWords: 3, maxWords: 30}}
  - {judge: "%s", parameters: {words: [nice]}}
  method: {type: crpg, klMax: 20}
  generations: 4
"""


@judge("in-a-notebook", VERSION, fixtures=[("Thank you.", True), ("You damn fool.", False)])
def in_a_notebook(completion: str, prompt: str, *, words: Sequence[str] = ("damn",)) -> Verdict:
    """Says none of some words."""
    for word in words:
        if re.search(rf"\b{re.escape(word)}\b", completion, re.IGNORECASE):
            return violated(f"says '{word}' to {len(prompt)} characters")
    return satisfied("says none of them")


@pytest.fixture(scope="module")
def registered(platform: Tribunal) -> Iterator[RegisteredJudge]:
    with in_a_notebook.start() as server:
        yield platform.judges.register(server)


@pytest.fixture(scope="module")
def run(platform: Tribunal, registered: RegisteredJudge) -> Run:
    spec = SPEC % (VERSION, registered)
    key = f"test-{VERSION}"
    created = platform.runs.create(spec, folder=PROJECT / "examples", idempotency_key=key)
    again = platform.runs.create(spec, folder=PROJECT / "examples", idempotency_key=key)
    assert again.id == created.id
    with pytest.raises(InvalidRequestError):
        platform.runs.create(spec.replace("steps: 2", "steps: 3"), folder=PROJECT / "examples", idempotency_key=key)
    return created.watch(progress=False, check=False, timeout=540)


def test_a_decorated_judge_passes_the_gate(platform: Tribunal, registered: RegisteredJudge) -> None:
    assert registered.state == "active"
    assert [check["name"] for check in registered.data["report"] if not check["passed"]] == []
    assert len(registered.data["report"]) == 11
    items = [{"itemId": "a", "completion": {"text": "Damn."}}, {"itemId": "b", "completion": {"text": "Nice."}}]
    answer = registered.evaluate(items)
    assert [result["verdict"] for result in answer["results"]] == ["violated", "satisfied"]
    answer = registered.evaluate(items, {"words": ["nice"]}, timeout=3)
    assert [result["verdict"] for result in answer["results"]] == ["satisfied", "violated"]
    with pytest.raises(InvalidRequestError) as refused:
        registered.evaluate(items, {"wrods": ["nice"]})
    assert [mistake.pointer for mistake in refused.value.errors] == ["/judge/parameters/wrods"]
    assert registered.check([{"itemId": "line-1"}])["problems"] == []
    assert platform.judges.get(str(registered)).data["digest"] == registered.data["digest"]
    assert str(registered) in [str(one) for one in platform.judges.list()]
    assert registered.probe().state == "active"
    assert registered.log()
    assert platform.judges.templates()


def test_a_judge_that_errs_is_rejected_with_the_gates_report(platform: Tribunal) -> None:
    @judge("errs", VERSION, fixtures=[("yes", True), ("no", False)])
    def errs(completion: str) -> bool:
        return True

    with errs.start() as server, pytest.raises(JudgeRejectedError, match="fixture 1 must be violated") as rejected:
        platform.judges.register(server)
    assert [check["name"] for check in rejected.value.report if not check["passed"]] == ["fixtures"]
    platform.judges.get(f"errs@{VERSION}").delete()
    with pytest.raises(NotFoundError):
        platform.judges.get(f"errs@{VERSION}")


def test_a_version_is_no_other_judge_later(platform: Tribunal, registered: RegisteredJudge) -> None:
    with pytest.raises(ConflictError):
        platform.judges.register(in_a_notebook.registration("http://127.0.0.1:1"))


def test_a_run_is_watched_to_its_end(run: Run) -> None:
    assert run.state == "succeeded"
    assert run.exit_code in (0, 3)
    assert (run.step, run.steps) == (2, 2)
    assert [event["data"]["step"] for event in run.events() if event["type"] == "step"] == [1, 2]
    events = list(run.events(follow=True))
    assert [event["sequence"] for event in events] == sorted({event["sequence"] for event in events})
    assert list(run.events(after=events[-2]["sequence"], follow=True)) == events[-1:]
    assert list(run.events(after=events[-1]["sequence"], follow=True)) == []


def test_a_run_is_found_by_label_judge_and_state(platform: Tribunal, run: Run, registered: RegisteredJudge) -> None:
    assert [one.id for one in platform.runs.list(label=f"made={VERSION}")] == [run.id]
    assert [one.id for one in platform.runs.list(judge=str(registered), ended=True)] == [run.id]
    assert run.id in [one.id for one in itertools.islice(platform.runs.list(state="succeeded"), 50)]
    assert platform.runs.get(run.id).spec()["training"]["steps"] == 2
    with pytest.raises(NotFoundError):
        platform.runs.get("run_0")


def test_episodes_are_read_as_a_data_frame(run: Run, registered: RegisteredJudge) -> None:
    pytest.importorskip("pandas")
    frame = run.episodes_frame(split="train")
    assert len(frame) == 2 * 4 * 4
    assert set(frame["verdict.length"]) <= {"satisfied", "violated"}
    said = frame["completion"].str.contains(r"\bnice\b", case=False, regex=True)
    assert list(frame["verdict.in-a-notebook"] == "violated") == list(said)
    assert list(frame["feasible"]) == list((frame.filter(like="verdict.") == "satisfied").all(axis=1))
    assert len(list(run.episodes(step=1, limit=5))) == 5
    violated = list(run.episodes(judge="length", verdict="violated"))
    assert len(violated) == (frame["verdict.length"] == "violated").sum()


def test_metrics_are_read_by_column(platform: Tribunal, run: Run) -> None:
    pytest.importorskip("pandas")
    metrics = run.metrics("feasibleRate", task="engagement")
    assert list(metrics) == [("feasibleRate", "engagement")]
    steps, values = metrics["feasibleRate", "engagement"]
    assert list(steps) == [1, 2]
    assert all(0 <= value <= 1 for value in values)
    assert metrics.update()["feasibleRate", "engagement"] == (steps, values)
    wide = run.metrics().frame().pivot_table(index="step", columns=["task", "name"], values="value")
    assert list(wide["engagement"]["feasibleRate"].loc[[1, 2]]) == list(values)
    assert "feasibleRate" in [metric["name"] for metric in platform.metrics()]


def test_what_else_is_known_of_a_run(run: Run, registered: RegisteredJudge) -> None:
    assert {one["judge"] for one in run.judges()} == {"length", registered.name}
    assert run.histograms("reward", bins=5)[0]["task"] == "engagement"
    first = next(run.episodes())
    assert "".join(token["text"] for token in run.tokens(first["id"])).startswith(first["completion"][:10])
    assert [one["id"] for one in run.lineage()["runs"]] == [run.id]
    assert run.differences(run)["differences"] == []


def test_a_checkpoint_is_downloaded_and_goes_on(run: Run, tmp_path: Path) -> None:
    folder = run.download(tmp_path / "model")
    model = folder / "model.safetensors"
    whole = model.read_bytes()
    assert {path.name for path in folder.iterdir()} >= {"config.json", "model.safetensors", "tokenizer.json"}
    step = run.checkpoints()[-1]["step"]
    files = {file["path"]: file for file in run.checkpoint_files(step)}
    assert len(whole) == files["model.safetensors"]["bytes"]
    model.unlink()
    part = folder / f"model.safetensors.{files['model.safetensors'].get('sha256', '')[:7]}.part"
    part.write_bytes(whole[: len(whole) // 2])
    run.download(folder, step, training_state=True)
    assert model.read_bytes() == whole
    assert not part.exists()


def test_labels_are_put_compared_and_taken_back(run: Run) -> None:
    first = next(run.episodes())
    verdict = next(one["verdict"] for one in first["verdicts"] if one["judge"] == "length")
    assert verdict in ("satisfied", "violated")
    label = run.label(first["id"], "satisfied", judge="length", note="read", by="mira")
    assert (label["verdict"], label.get("by")) == ("satisfied", "mira")
    assert [one["episode"] for one in run.labels(items=True, judge="length")] == [first["id"]]
    length = next(one for one in run.agreement()["judges"] if one["judge"] == "length")
    assert sum(length["compared"]["agreement"]["counts"].values()) == 1  # type: ignore[arg-type]
    run.unlabel(first["id"], judge="length")
    assert list(run.labels()) == []


def test_completions_are_judged_again(run: Run, registered: RegisteredJudge) -> None:
    rejudgement = run.rejudge(str(registered), parameters={"words": ["a"]}, split="train").wait(120)
    everything = rejudgement.data["result"]["all"]
    assert everything["rollouts"] == 32
    changed = list(rejudgement.samples(changed="verdict"))
    assert len(changed) == everything["verdictsChanged"] > 0
    assert [one.id for one in run.rejudgements()] == [rejudgement.id]
    rejudgement.delete()
    assert run.rejudgements() == []
    with pytest.raises(NotFoundError):
        rejudgement.cancel()


def test_a_run_is_forked_paused_resumed_cancelled_and_deleted(platform: Tribunal, run: Run) -> None:
    patch = {"name": "fork", "training": {"steps": 400}}
    assert run.fork_dry_run(patch)["steps"] == 400
    fork = run.fork(patch)
    assert fork.data["parent"]["run"] == run.id
    assert fork.pause().state in ("pausing", "paused")
    while fork.refresh().state == "pausing":
        pass
    assert fork.resume().state in ("queued", "running")
    with pytest.raises(ConflictError):
        fork.delete()
    assert fork.cancel().state in ("cancelling", "cancelled")
    with pytest.raises(RunFailedError, match="been cancelled"):
        fork.watch(progress=False, timeout=120)
    assert fork.exit_code == 1
    fork.delete()
    with pytest.raises(NotFoundError):
        fork.refresh()


def test_a_dry_run_tells_all_mistakes_at_once(platform: Tribunal) -> None:
    spec = SPEC.replace("steps: 2", "steps: 0").replace("hf:embedded/policy", "hf:embedded/absent") % (
        VERSION,
        "length",
    )
    with pytest.raises(InvalidRequestError) as refused:
        platform.runs.dry_run(spec, folder=PROJECT / "examples")
    assert refused.value.code == "invalid_spec"
    assert refused.value.request_id
    assert {"/training/steps", "/policy/model"} <= {mistake.pointer for mistake in refused.value.errors}
    checked = platform.runs.dry_run(PROJECT / "examples" / "demo.yaml")
    assert checked["steps"] == 40
    assert [one.id for one in platform.runs.list(label=f"made={VERSION}", state="queued")] == []


def test_a_reward_model_scores(platform: Tribunal) -> None:
    model = platform.reward_models.get("helpfulness")
    assert str(model) in [str(one) for one in platform.reward_models.list()]
    items = [
        {"itemId": text, "messages": [{"role": "user", "content": "I found a drum."}], "completion": text}
        for text in ("Nice.", "You found a drum! What will you play?")
    ]
    scores = {result["itemId"]: result.get("score") for result in model.score(items)["results"]}
    assert set(scores) == {item["itemId"] for item in items}
    assert all(isinstance(score, float) for score in scores.values())


def test_a_reward_model_is_imported(platform: Tribunal) -> None:
    registration = {
        "name": "from-python",
        "version": VERSION,
        "source": {"type": "import", "model": "hf:embedded/helpfulness"},
    }
    model = platform.reward_models.register(registration, folder=PROJECT / "examples", timeout=120)
    assert model.data["state"] == "ready"


def test_a_method_is_tried_by_hand(platform: Tribunal) -> None:
    assert {"crpg", "codpo", "grpo"} <= {method["name"] for method in platform.methods.list()}
    assert platform.methods.get("crpg")["kind"] == "rollouts"
    with pytest.raises(KeyError):
        platform.methods.get("none")
    rollouts: list[dict[str, Any]] = [
        {"role": "baseline", "score": 1},
        {"score": 2, "feasible": True, "logProbs": [-1.0], "referenceLogProbs": [-2.0]},
        {"score": 1, "feasible": True, "logProbs": [-1.0], "referenceLogProbs": [-1.0]},
    ]
    trial = platform.methods.trial("crpg", [{"prompt": 0, "rollouts": rollouts}], {"klMax": 10})
    made = trial["groups"][0]["rollouts"][1]
    # sigmoid(2 - 1) (CGPO, eq. 5), less a tenth for a log-ratio of 1 of 10 (eq. 11)
    assert made.get("reward") == pytest.approx(0.7310586, abs=1e-6)
    assert made.get("regularizedReward") == pytest.approx(0.9 * 0.7310586, abs=1e-6)


def test_another_token_is_refused(platform: Tribunal) -> None:
    with Tribunal(platform.url, "another-token") as stranger, pytest.raises(UnauthenticatedError):
        stranger.metrics()


@pytest.fixture(scope="module")
def document(platform: Tribunal) -> dict[str, Any]:
    told: dict[str, Any] = httpx.get(f"{platform.url}/v1/openapi.json").raise_for_status().json()
    return told


def test_a_judge_is_drained_and_retired(platform: Tribunal) -> None:
    @judge("leaving", VERSION, fixtures=[("yes", True), ("no", False)])
    def leaving(completion: str) -> bool:
        return completion == "yes"

    with leaving.start() as server:
        registered = platform.judges.register(server)
        assert registered.drain().state == "draining"
        assert registered.retire().state == "retired"
        registered.delete()


def test_what_the_client_reads_is_what_the_document_says(document: dict[str, Any]) -> None:
    """A platform may have more fields and words than the client knows, and none that are others."""
    schemas = document["components"]["schemas"]
    words = {name: get_args(value) for name, value in vars(types).items() if get_origin(value) is Literal}
    objects = {name: value for name, value in vars(types).items() if is_typeddict(value)}
    assert len(words) > 10
    assert len(objects) > 60
    for name, known in words.items():
        assert set(known) <= set(schemas[name]["enum"]), name
    for name, value in objects.items():
        for field, annotation in value.__annotations__.items():
            assert annotation.__forward_arg__ == generate_types.kind_of(field, schemas[name]), f"{name}.{field}"


def test_every_request_of_these_tests_is_in_the_document(document: dict[str, Any], asked: set[tuple[str, str]]) -> None:
    """The last one: what the client has asked for until here."""
    operations = {
        (method.upper(), re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)))
        for path, methods in document["paths"].items()
        for method in methods
    }
    # OpenAPI has no parameter with slashes: the list of files says in words where their bytes are.
    operations.add(("GET", "/v1/runs/[^/]+/checkpoints/[^/]+/files/.+"))
    used = {
        operation
        for method, path in asked
        for operation in operations
        if operation[0] == method and re.fullmatch(operation[1], path)
    }
    unknown = [
        (method, path)
        for method, path in asked
        if not any(operation[0] == method and re.fullmatch(operation[1], path) for operation in operations)
    ]
    assert unknown == []
    # All but what programs ask that are no clients: the fan-out of a task's judges and its cases that wait for people.
    assert {path for _, path in operations - used} == {"/v1/judgements", "/v1/judgements/pending"}

"""Runs."""

from __future__ import annotations

import os
import sys
import time
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from . import _events
from ._documents import Document, content
from ._download import fetch
from ._frames import episode_row, frame
from ._http import Http, path
from .errors import DoubtfulRunWarning, DownloadError, RunFailedError
from .rejudgements import Rejudgement
from .types import (
    CheckpointFile,
    CheckpointResource,
    EpisodeResource,
    EpisodeResourceSplit,
    HistogramResource,
    HistogramResourceValue,
    JudgeStatistics,
    LabelAgreement,
    LabelResource,
    LabelVerdict,
    LineageResource,
    MetricColumns,
    RejudgementResource,
    RunDifferences,
    RunEvent,
    RunResource,
    RunState,
    TokenResource,
)

if TYPE_CHECKING:
    import pandas

_ENDED = ("succeeded", "failed", "cancelled")

EpisodeOrder = Literal["committed", "shortest", "longest", "lowest-score", "highest-score"]


class Runs:
    """``tribunal.runs``"""

    def __init__(self, http: Http) -> None:
        self._http = http

    def create(
        self,
        spec: Document,
        *,
        folder: str | os.PathLike[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Creates a run, after the platform has checked all of its spec.

        :param spec: a mapping, YAML or JSON text, or a ``Path``
        :param folder: that relative ``hf:`` and ``file:`` references are taken from; default the file's own. Without a
            file they are sent as they are, and the platform takes them from its own folder
        :param idempotency_key: the same key with the same spec gives the same run; default one for this call, so that
            asking again after a broken connection makes no second run
        :raises InvalidRequestError: whose ``errors`` are all mistakes, each with its pointer
        """
        key = idempotency_key or f"tribunal-client-{uuid.uuid4()}"
        response = self._http.send("POST", "/v1/runs", text=content(spec, folder), headers={"Idempotency-Key": key})
        return Run(self._http, response.json())

    def dry_run(self, spec: Document, *, folder: str | os.PathLike[str] | None = None) -> RunResource:
        """Checks a spec, with every judge and reward model that it names, and creates nothing.

        :return: the run as it would be; its ``conditions`` are what a person should know
        :raises InvalidRequestError: as :meth:`create`
        """
        response = self._http.send("POST", "/v1/runs", text=content(spec, folder), query={"dryRun": True})
        run: RunResource = response.json()
        return run

    def get(self, run: str) -> Run:
        """:raises NotFoundError: if there is no such run"""
        return Run(self._http, self._http.get(path("v1", "runs", run)))

    def list(
        self,
        *,
        state: RunState | None = None,
        label: str | None = None,
        judge: str | None = None,
        ended: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Run]:
        """Runs, newest first, read page by page as they are asked for.

        :param label: ``KEY=VALUE``
        :param judge: ``NAME@VERSION`` that the spec pins
        :param ended: whether nothing can change any more; both if it is left out
        :param limit: at most so many
        """
        pages = self._http.pages("/v1/runs", limit, state=state, label=label, judge=judge, ended=ended)
        return (Run(self._http, run) for run in pages)


class Run:
    """A run; ``data`` is what the platform last said of it, and :meth:`refresh` asks again."""

    def __init__(self, http: Http, data: RunResource) -> None:
        self._http = http
        self.data = data
        self.id = data["id"]
        self._path = path("v1", "runs", self.id)

    def __repr__(self) -> str:
        return f"<{self.id} {self.name!r}: {self.state}, step {self.step} of {self.steps}>"

    @property
    def name(self) -> str:
        return self.data["name"]

    @property
    def state(self) -> RunState:
        return self.data["state"]

    @property
    def step(self) -> int:
        """Committed steps, of all stages."""
        return self.data["step"]

    @property
    def steps(self) -> int:
        return self.data["steps"]

    @property
    def tasks(self) -> Sequence[str]:
        return self.data["tasks"]

    @property
    def ended(self) -> bool:
        """Whether nothing can change any more."""
        return self.state in _ENDED

    @property
    def doubts(self) -> Sequence[str]:
        """What makes it doubtful: alarms that are raised, and steps that changed nothing."""
        alarms = [
            f"alarm {alarm['type']} since step {alarm['step']}: {alarm['message']}" for alarm in self.data["alarms"]
        ]
        signal = self.data.get("signal")
        if signal and signal["stepsWithoutUpdate"]:
            alarms.append(f"no update in {signal['stepsWithoutUpdate']} of {signal['steps']} steps")
        return alarms

    @property
    def exit_code(self) -> int | None:
        """The command line's: 0 succeeded, 1 failed or cancelled, 3 succeeded but doubtful; None while it runs."""
        if not self.ended:
            return None
        if self.state != "succeeded":
            return 1
        return 3 if self.doubts else 0

    def refresh(self) -> Run:
        self.data = self._http.get(self._path)
        return self

    def spec(self) -> dict[str, Any]:
        """The resolved spec, with every default, version and digest."""
        spec: dict[str, Any] = self._http.get(f"{self._path}/spec")
        return spec

    def pause(self) -> Run:
        return self._act("pause")

    def resume(self) -> Run:
        return self._act("resume")

    def cancel(self) -> Run:
        """Ends it for good; its committed steps stay."""
        return self._act("cancel")

    def _act(self, action: str) -> Run:
        self.data = self._http.post(f"{self._path}/{action}")
        return self

    def delete(self) -> None:
        """Deletes it, once it has ended, with its episodes, metrics, events and checkpoints."""
        self._http.send("DELETE", self._path)

    def fork(self, patch: Mapping[str, Any] | None = None, *, step: int | None = None, state: bool = False) -> Run:
        """Creates a run from a checkpoint of this one.

        :param patch: what is to be another in the spec, None for what is to be taken away (a JSON merge patch)
        :param step: whose checkpoint; default the last
        :param state: whether to go on with the next step, with all of the training state; else it begins at step 1 with
            the weights
        """
        return Run(self._http, self._http.post(f"{self._path}/forks", self._fork(patch, step, state)))

    def fork_dry_run(
        self, patch: Mapping[str, Any] | None = None, *, step: int | None = None, state: bool = False
    ) -> RunResource:
        """Checks what :meth:`fork` would create, and creates nothing."""
        run: RunResource = self._http.post(f"{self._path}/forks", self._fork(patch, step, state), dryRun=True)
        return run

    @staticmethod
    def _fork(patch: Mapping[str, Any] | None, step: int | None, state: bool) -> dict[str, Any]:
        fork = {"kind": "state" if state else "weights", "patch": dict(patch or {})}
        return fork if step is None else {**fork, "step": step}

    # What happens.

    def events(self, *, after: int = 0, follow: bool = False) -> Iterator[RunEvent]:
        """What happened, oldest first.

        :param after: only events after this sequence number
        :param follow: whether to wait for those that follow, until the run has ended; a connection that breaks is made
            again, and no event is missed or given twice
        """
        if follow:
            return _events.follow(self._http, self.id, after, lambda: self.refresh().ended)
        return self._http.pages(f"{self._path}/events", cursor="after", after=after or None)

    def watch(
        self,
        *,
        progress: bool | Callable[[Run, RunEvent], object] = True,
        check: bool = True,
        timeout: float | None = None,
    ) -> Run:
        """Follows the run to its end and returns it.

        :param progress: whether to print what happens, or a function that is called with each event
        :param check: whether to raise if it does not succeed, and to warn if it is doubtful
        :param timeout: seconds after which to stop watching; the run goes on
        :raises RunFailedError: if it failed or was cancelled
        :raises TimeoutError: if it has not ended in time
        """
        tell = (lambda *_: None) if progress is False else _print if progress is True else progress
        until = None if timeout is None else time.monotonic() + timeout
        for event in _events.follow(self._http, self.id, 0, lambda: self.refresh().ended, until):
            tell(self, event)
        if check and self.state != "succeeded":
            raise RunFailedError(self.data)
        if check and self.doubts:
            warnings.warn(f"{self.id} is doubtful: {'; '.join(self.doubts)}", DoubtfulRunWarning, stacklevel=2)
        return self

    # What was measured and sampled.

    def metrics(self, *names: str, task: str | None = None, max_points: int | None = None) -> Metrics:
        """The metrics by column, as far as they are measured; :meth:`Metrics.update` adds what is new.

        :param names: only these; all if none is given. ``tribunal.metrics()`` says what each is
        :param max_points: of each series; one that is longer is thinned, and keeps its peaks
        """
        return Metrics(self._http, f"{self._path}/metrics/columns", names, task, max_points).update()

    def episodes(
        self,
        *,
        step: int | None = None,
        task: str | None = None,
        prompt: int | None = None,
        judge: str | None = None,
        verdict: Literal["satisfied", "violated", "undecided", "not-asked"] | None = None,
        violated: Sequence[str] | None = None,
        split: EpisodeResourceSplit | None = None,
        finish_reason: str | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        order: EpisodeOrder | None = None,
        limit: int | None = None,
    ) -> Iterator[EpisodeResource]:
        """The rollouts as they were stored, read page by page as they are asked for.

        :param prompt: index of the prompt in the task's file, from 0
        :param violated: names of judges each of which has found them violated
        :param limit: at most so many
        """
        return self._http.pages(
            f"{self._path}/episodes",
            limit,
            step=step,
            task=task,
            prompt=prompt,
            judge=judge,
            verdict=verdict,
            violated=list(violated) if violated else None,
            split=split,
            finishReason=finish_reason,
            minScore=min_score,
            maxScore=max_score,
            order=order,
        )

    def episodes_frame(self, *, tokens: bool = False, **filters: Any) -> pandas.DataFrame:
        """The rollouts as a DataFrame, a row each, with columns ``verdict.JUDGE``, ``reason.JUDGE``, ``score.MODEL``.

        :param tokens: whether lists of tokens and log-probabilities are columns, too
        :param filters: as :meth:`episodes`
        :raises ImportError: without pandas
        """
        return frame(episode_row(episode, tokens) for episode in self.episodes(**filters))

    def tokens(self, episode: str) -> Sequence[TokenResource]:
        """The tokens of a rollout's completion, with the text that each adds."""
        tokens: Sequence[TokenResource] = self._http.get(f"{self._path}{path('episodes', episode, 'tokens')}")["data"]
        return tokens

    def judges(
        self,
        *,
        task: str | None = None,
        split: EpisodeResourceSplit | None = None,
        from_step: int | None = None,
        max_points: int | None = None,
    ) -> Sequence[JudgeStatistics]:
        """What each judge did: verdicts by task and step, causes of undecided ones, latency, agreement."""
        judges: Sequence[JudgeStatistics] = self._http.get(
            f"{self._path}/judges", task=task, split=split, fromStep=from_step, maxPoints=max_points
        )
        return judges

    def histograms(
        self,
        value: HistogramResourceValue = "reward",
        *,
        task: str | None = None,
        split: EpisodeResourceSplit = "train",
        bins: int = 20,
        max_points: int | None = None,
    ) -> Sequence[HistogramResource]:
        """How a value is distributed over the rollouts, by task and part of the steps."""
        histograms: Sequence[HistogramResource] = self._http.get(
            f"{self._path}/histograms", value=value, task=task, split=split, bins=bins, maxPoints=max_points
        )
        return histograms

    # Checkpoints.

    def checkpoints(self) -> Sequence[CheckpointResource]:
        """Oldest first."""
        checkpoints: Sequence[CheckpointResource] = self._http.get(f"{self._path}/checkpoints")["data"]
        return checkpoints

    def checkpoint_files(self, step: int) -> Sequence[CheckpointFile]:
        files: Sequence[CheckpointFile] = self._http.get(f"{self._path}/checkpoints/{step}/files")["data"]
        return files

    def download(
        self,
        folder: str | os.PathLike[str],
        step: int | Literal["last", "best"] = "last",
        *,
        adapter: bool = False,
        training_state: bool = False,
    ) -> Path:
        """Downloads a checkpoint as a Hugging Face folder. A download that was cut off goes on where it was when it is
        called again, and every file is checked by its SHA-256.

        :param adapter: the LoRA adapter alone, in PEFT's files, in place of the model that it is merged into
        :param training_state: what training goes on from, too
        :return: the folder
        :raises DownloadError: if there is no such checkpoint, or a file does not come as it is
        """
        chosen = self._checkpoint(step)
        parts = {"adapter" if adapter else "model", *(["training"] if training_state else [])}
        files = [file for file in self.checkpoint_files(chosen) if file["part"] in parts]
        if adapter and not any(file["part"] == "adapter" for file in files):
            raise DownloadError(f"{self.id} trains the policy's weights themselves and has no adapter")
        target = Path(os.path.abspath(folder))
        for file in files:
            name = file["path"].partition("/")[2] if file["part"] == "adapter" else file["path"]
            address = f"{self._path}/checkpoints/{chosen}/files{path(*file['path'].split('/'))}"
            fetch(self._http, address, file, target, name)
        return target

    def _checkpoint(self, step: int | str) -> int:
        steps = [checkpoint["step"] for checkpoint in self.checkpoints()]
        if not steps:
            raise DownloadError(f"{self.id} has no checkpoint yet")
        if step == "best":
            best = self.refresh().data.get("bestCheckpoint")
            if best is None:
                raise DownloadError(
                    f"{self.id} has no best checkpoint: its evaluation names no best metric, or not yet"
                )
            return best["step"]
        if step == "last":
            return steps[-1]
        if step not in steps:
            listed = ", ".join(map(str, steps))
            raise DownloadError(f"{self.id} has no checkpoint of step {step}; it has those of step {listed}")
        return int(step)

    # What others say of it.

    def rejudge(
        self,
        judge: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        threshold: float | None = None,
        replaces: str | None = None,
        task: str | None = None,
        step: int | None = None,
        split: EpisodeResourceSplit | None = None,
    ) -> Rejudgement:
        """Judges stored completions again, in the background; nothing of the run is changed.

        :param judge: ``NAME@VERSION``; ``NAME`` alone is the version that the run has pinned, else the latest
        :param threshold: the least score of a satisfied completion, whatever the judge says itself
        :param replaces: name of the judge in whose place it judges; default the one of the same name
        """
        asked = {
            "judge": judge,
            "parameters": dict(parameters) if parameters else None,
            "threshold": threshold,
            "replaces": replaces,
            "task": task,
            "step": step,
            "split": split,
        }
        body = {name: value for name, value in asked.items() if value is not None}
        return Rejudgement(self._http, self._http.post(f"{self._path}/rejudgements", body))

    def rejudgements(self) -> Sequence[Rejudgement]:
        """Newest first, without their results, for which :meth:`Rejudgement.refresh` asks."""
        listed: Sequence[RejudgementResource] = self._http.get(f"{self._path}/rejudgements")["data"]
        return [Rejudgement(self._http, rejudgement) for rejudgement in listed]

    def label(
        self,
        episode: str,
        verdict: LabelVerdict,
        *,
        judge: str | None = None,
        note: str | None = None,
        by: str | None = None,
    ) -> LabelResource:
        """Says what a person says of a rollout; the last label for each rollout and judge stands.

        :param episode: the rollout's id
        :param judge: name of the judge whose constraint was looked at; default all constraints together
        """
        told = {"verdict": verdict, "judge": judge, "note": note, "by": by}
        body = {name: value for name, value in told.items() if value is not None}
        label: LabelResource = self._http.send("PUT", self._label(episode), body=body).json()
        return label

    def unlabel(self, episode: str, *, judge: str | None = None) -> None:
        """Takes a label back."""
        self._http.send("DELETE", self._label(episode), query={"judge": judge})

    def _label(self, episode: str) -> str:
        return f"{self._path}{path('episodes', episode, 'label')}"

    def labels(
        self, *, task: str | None = None, judge: str | None = None, items: bool = False, limit: int | None = None
    ) -> Iterator[LabelResource]:
        """The labels, in the order of the rollouts.

        :param items: whether each comes with what was looked at, as a judge/v1 item
        """
        return self._http.pages(f"{self._path}/labels", limit, task=task, judge=judge, items=items)

    def agreement(self, *, task: str | None = None) -> LabelAgreement:
        """How far each judge says what people say."""
        agreement: LabelAgreement = self._http.get(f"{self._path}/labels/agreement", task=task)
        return agreement

    def lineage(self) -> LineageResource:
        """The tree of forks that it is in."""
        lineage: LineageResource = self._http.get(f"{self._path}/lineage")
        return lineage

    def differences(self, other: Run | str) -> RunDifferences:
        """What differs between the resolved specs of two runs."""
        named = other.id if isinstance(other, Run) else other
        differences: RunDifferences = self._http.get(f"{self._path}{path('differences', named)}")
        return differences


class Metrics(Mapping[tuple[str, str | None], tuple[Sequence[int], Sequence[float]]]):
    """Metrics by column: ``metrics["feasibleRate", "math"]`` is its steps and its values; the task is None for a metric
    of the whole run."""

    def __init__(self, http: Http, path: str, names: Sequence[str], task: str | None, max_points: int | None) -> None:
        self._http = http
        self._path = path
        self._query = {"name": list(names) or None, "task": task, "maxPoints": max_points}
        self._cursor: str | None = None
        self._series: dict[tuple[str, str | None], tuple[list[int], list[float]]] = {}

    def update(self) -> Metrics:
        """Adds what was measured since. Where the run took steps back, what it measured in them goes."""
        more = True
        while more:
            columns: MetricColumns = self._http.get(self._path, after=self._cursor, **self._query)
            if columns["reset"]:
                self._series.clear()
            for series in columns["series"]:
                steps, values = self._series.setdefault((series["name"], series.get("task")), ([], []))
                steps += series["steps"]
                values += series["values"]
            self._cursor = columns["cursor"]
            more = columns["hasMore"]
        return self

    def __getitem__(self, key: tuple[str, str | None]) -> tuple[Sequence[int], Sequence[float]]:
        return self._series[key]

    def __iter__(self) -> Iterator[tuple[str, str | None]]:
        return iter(self._series)

    def __len__(self) -> int:
        return len(self._series)

    def __repr__(self) -> str:
        return f"<{len(self)} metrics, {sum(len(steps) for steps, _ in self.values())} values>"

    def rows(self) -> Iterable[dict[str, Any]]:
        for (name, task), (steps, values) in self.items():
            for step, value in zip(steps, values, strict=True):
                yield {"name": name, "task": task, "step": step, "value": value}

    def frame(self) -> pandas.DataFrame:
        """A DataFrame with the columns name, task, step and value.

        :raises ImportError: without pandas
        """
        return frame(self.rows(), ["name", "task", "step", "value"])


def _print(run: Run, event: RunEvent) -> None:
    """A step in one line, to standard error; anything else in its own words."""
    step = _events.number(event, "step")
    text = f"{event['type']}: {event['message']}"
    if event["type"] == "step" and step is not None:
        text = f"step {step}/{run.steps}" + "".join(
            f" | {task}: reward {_figure(figures, 'calibratedReward')}, feasible {_figure(figures, 'feasibleRate')}"
            for task, figures in (event["data"].get("tasks") or {}).items()
        )
    print(f"{event['time'][11:19]}  {text}", file=sys.stderr, flush=True)


def _figure(figures: Mapping[str, Any], name: str) -> str:
    value = figures.get(name)
    return f"{value:.2f}" if isinstance(value, (int, float)) else "-"

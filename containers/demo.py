"""A run on a platform that was just started: demo.py URL SPEC STEPS, with the first admin's token in the environment."""

import os
import sys
import time
from pathlib import Path

from tribunal_client import Tribunal

url, spec, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
with Tribunal(url, os.environ["TRIBUNAL_HTTP_TOKEN"]) as tribunal:
    began = time.monotonic()
    run = tribunal.runs.create(spec.read_text())
    run.watch(timeout=900)
    run.refresh()
    episodes = list(run.episodes())
    verdicts = [verdict["verdict"] for episode in episodes for verdict in episode.get("verdicts", [])]
    undecided = verdicts.count("undecided")
    checkpoints = list(run.checkpoints())
    print(
        f"run {run.name}: {run.state} after {run.step} of {run.steps} steps, {len(episodes)} episodes, {len(verdicts)} verdicts"
        f" ({undecided} undecided), {len(checkpoints)} checkpoint(s), {time.monotonic() - began:.0f} s"
    )
    if run.state != "succeeded" or run.step != steps or undecided == len(verdicts) or not checkpoints:
        sys.exit("the run is not what it should be")

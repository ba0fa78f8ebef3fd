"""DataFrames, for those who have pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .types import EpisodeResource

if TYPE_CHECKING:
    import pandas

_TOKENS = ("tokenIds", "logProbs", "referenceLogProbs")
_NESTED = ("scores", "verdicts", "heldOutScores", "heldOutVerdicts")


def frame(rows: Iterable[Mapping[str, Any]], columns: list[str] | None = None) -> pandas.DataFrame:
    """:raises ImportError: without pandas, which is optional"""
    try:
        import pandas
    except ImportError as absent:
        raise ImportError("a DataFrame needs pandas: pip install 'tribunal-client[pandas]'") from absent
    return pandas.DataFrame(list(rows), columns=columns)


def episode_row(episode: EpisodeResource, tokens: bool) -> dict[str, Any]:
    """An episode as a flat row.

    :param tokens: whether the lists of tokens and log-probabilities are columns, too
    """
    row: dict[str, Any] = {
        name: value for name, value in episode.items() if name not in _NESTED and (tokens or name not in _TOKENS)
    }
    row["tokens"] = len(episode["tokenIds"])
    for score in episode["scores"]:
        row[f"score.{score['name']}"] = score.get("score", {}).get("value")
    for verdict in episode["verdicts"]:
        row[f"verdict.{verdict['judge']}"] = verdict["verdict"]
        row[f"reason.{verdict['judge']}"] = verdict.get("reason") or verdict.get("error", {}).get("code")
    for score in episode.get("heldOutScores") or []:
        row[f"heldOutScore.{score['name']}"] = score.get("score", {}).get("value")
    for verdict in episode.get("heldOutVerdicts") or []:
        row[f"heldOutVerdict.{verdict['judge']}"] = verdict["verdict"]
    return row

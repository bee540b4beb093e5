"""Insights of many objects: one metric that Meta refuses costs only itself (meta.md 3.1, 6).

One unknown metric fails the whole call. Instagram names it, or its place in the list; Facebook does not, and there
each metric is asked alone once to find out which it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.meta_graph.batch import Read, read_many
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.ours import PASSING_CODES, PAUSE_SECONDS, TRIES, entries_of
from include.platforms.reading import Refused

_PLACE = re.compile(r"metric\[(\d+)\] must be one of")
_MISMATCH = re.compile(r"does not support the (\w+) metric")
_FIELD = re.compile(r"nonexisting field \((\w+)\)")
UNNAMED = "must be a valid insights metric"
NO_NUMBERS = frozenset({"100/2108006"})
MAX_ROUNDS = 30


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Metrics of one object: `path` is its insights edge, `params` what else the call says."""

    key: str
    path: str
    metrics: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Insights:
    """Asks for insights and remembers which metrics were refused, for `answers`."""

    graph: Graph
    refused: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def answers(self) -> list[Refused]:
        """Return the refusals that were not told yet."""
        new = [Refused(field=name, why=why) for name, why in self.refused.items() if name not in self.told]
        self.told.update(self.refused)
        return new

    def refuse(self, name: str, error: PlatformError) -> None:
        """Ask for this metric no more."""
        self.refused.setdefault(name, error.message)

    def alive(self, metrics: Sequence[str]) -> tuple[str, ...]:
        """Return the metrics that were not refused."""
        return tuple(one for one in metrics if one not in self.refused)

    def read(
        self, wanted: Sequence[Wanted], also: Mapping[str, Read] | None = None
    ) -> dict[str, list[dict[str, Any]] | Rejected]:
        """Return the rows of each wanted key; [] where Meta has no numbers, the error where it knows no such object.

        `also` are reads of other things that go out with the first batch; each answer comes as the one row of its key.
        Raises `TryAgain`, `QuotaExhausted` and `AccountTrouble`.
        """
        found: dict[str, list[dict[str, Any]] | Rejected] = {}
        rest, beside = list(wanted), dict(also or {})
        for _ in range(MAX_ROUNDS):
            asked = [(one, self.alive(one.metrics)) for one in rest]
            for one, metrics in asked:
                if not metrics:
                    found[one.key] = []
            open_ones = [(one, metrics) for one, metrics in asked if metrics]
            if not open_ones and not beside:
                return found
            rest = []
            reads = [Read(path=one.path, params={**one.params, "metric": ",".join(ms)}) for one, ms in open_ones]
            answers = read_each(self.graph, [*beside.values(), *reads])
            for key, answer in zip(beside, answers, strict=False):
                found[key] = _as_row(answer)
            for (one, metrics), answer in zip(open_ones, answers[len(beside) :], strict=True):
                if self._take(one, metrics, answer, found):
                    rest.append(one)
            beside = {}
        raise TryAgain("Meta goes on refusing metrics.")

    def _take(
        self,
        one: Wanted,
        metrics: tuple[str, ...],
        answer: dict[str, Any] | PlatformError,
        found: dict[str, list[dict[str, Any]] | Rejected],
    ) -> bool:
        """Keep one answer; say whether to ask again."""
        if isinstance(answer, dict):
            found[one.key] = entries_of(answer)
            return False
        if not isinstance(answer, Rejected):
            raise answer
        if is_missing(answer):
            found[one.key] = answer
            return False
        if is_without_numbers(answer):
            found[one.key] = []
            return False
        names = [name] if (name := refused_metric(answer, metrics)) else self._guilty(one, metrics, answer)
        if not names:
            raise answer
        for name in names:
            self.refuse(name, answer)
        return True

    def _guilty(self, one: Wanted, metrics: tuple[str, ...], error: Rejected) -> list[str]:
        """Find out which metrics Facebook refuses, asking for each alone."""
        if UNNAMED not in error.message:
            return []
        if len(metrics) == 1:
            return list(metrics)
        reads = [Read(path=one.path, params={**one.params, "metric": name}) for name in metrics]
        answers = zip(metrics, read_each(self.graph, reads), strict=True)
        return [name for name, each in answers if isinstance(each, Rejected) and UNNAMED in each.message]


def _as_row(answer: dict[str, Any] | PlatformError) -> list[dict[str, Any]] | Rejected:
    if isinstance(answer, dict):
        return [answer]
    if isinstance(answer, Rejected):
        return answer
    raise answer


def is_without_numbers(error: Rejected) -> bool:
    """Say whether Meta has no numbers for this object: too few viewers, or from before the account's conversion."""
    return error.code in NO_NUMBERS or "too few viewers" in error.message


def refused_metric(error: Rejected, metrics: Sequence[str]) -> str | None:
    """Return which metric (or field) Meta names as the one it does not know, or does not have for this product."""
    if place := _PLACE.search(error.message):
        number = int(place.group(1))
        return metrics[number] if number < len(metrics) else None
    named = _MISMATCH.search(error.message) or _FIELD.search(error.message)
    return named.group(1) if named else None


def read_each(graph: Graph, reads: Sequence[Read]) -> list[dict[str, Any] | PlatformError]:
    """Return an answer or a refusal (not raised) for every read, in order: in batches, or else one by one.

    Instagram Login's host has no batches (meta.md 8.3, unconfirmed). Passing faults of a part are asked again. Raises
    only what fails a whole batch, and limits.
    """
    answers = _once(graph, reads)
    for _ in range(TRIES - 1):
        again = [number for number, answer in enumerate(answers) if _is_passing(answer)]
        if not again:
            break
        graph.calls.pause(PAUSE_SECONDS)
        for number, answer in zip(again, _once(graph, [reads[number] for number in again]), strict=True):
            answers[number] = answer
    return answers


def _once(graph: Graph, reads: Sequence[Read]) -> list[dict[str, Any] | PlatformError]:
    if len(reads) > 1 and graph.base != "instagram_graph":
        return read_many(graph, reads, endpoint="batch")
    return [_one(graph, read) for read in reads]


def _one(graph: Graph, read: Read) -> dict[str, Any] | PlatformError:
    try:
        return graph.get(read.path, endpoint=endpoint_of(read.path), params=read.params)
    except (Rejected, TryAgain) as error:
        return error


def endpoint_of(path: str) -> str:
    """Return the name of a single read: the edge of an object, or the object itself."""
    edge = path.partition("/")[2]
    return f"{edge}.read" if edge else "node.read"


def _is_passing(answer: dict[str, Any] | PlatformError) -> bool:
    return isinstance(answer, TryAgain) and str(answer.code or "").split("/")[0] in PASSING_CODES


def value_of(row: Mapping[str, Any]) -> Any:
    """Return the one value of a lifetime metric or of a total; None when there is none."""
    total = row.get("total_value")
    if isinstance(total, dict) and "value" in total:
        return total["value"]
    values = row.get("values")
    if isinstance(values, list) and values and isinstance(values[0], dict):
        return values[0].get("value")
    return None


def by_name(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the values of rows by the metric's name."""
    return {str(row.get("name")): value_of(row) for row in rows}


def parts_of(row: Mapping[str, Any]) -> list[tuple[dict[str, str], Any]]:
    """Return the breakdown of a row: dimension → its value, and the count; [] when Meta left it out."""
    total = row.get("total_value")
    found: list[tuple[dict[str, str], Any]] = []
    for breakdown in (total.get("breakdowns") if isinstance(total, dict) else None) or []:
        keys = [str(key) for key in breakdown.get("dimension_keys") or []]
        for result in breakdown.get("results") or []:
            values = [str(value) for value in result.get("dimension_values") or []]
            found.append((dict(zip(keys, values, strict=False)), result.get("value")))
    return found

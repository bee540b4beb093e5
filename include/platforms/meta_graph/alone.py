"""Reads by its id what a list does not show, and tells what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from include.platforms.errors import PlatformError, Rejected
from include.platforms.meta_graph.batch import Read
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.insights import read_each
from include.platforms.reading import Answer, Done, Missing, Subject


def read_by_id(
    graph: Graph, subjects: Sequence[Subject], fields: Sequence[str]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return what was found, each with its `id`, and the ids of what is gone. Raises any other refusal."""
    reads = [Read(path=one.video_id, params={"fields": ",".join(fields)}) for one in subjects]
    found: list[dict[str, Any]] = []
    missing: list[str] = []
    for one, answer in zip(subjects, read_each(graph, reads), strict=True):
        if isinstance(answer, dict):
            found.append({**answer, "id": one.video_id})
        elif isinstance(answer, Rejected) and is_missing(answer):
            missing.append(one.video_id)
        elif isinstance(answer, PlatformError):
            raise answer
    return found, tuple(missing)


def gone(missing: tuple[str, ...]) -> Iterator[Answer]:
    """Yield that these videos are gone, and read for now."""
    if missing:
        yield Missing(video_ids=missing)
        yield Done(video_ids=missing)

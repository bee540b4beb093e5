"""A member's own posts: one metric of one post a call, within the few calls a member has a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.readings import client_of, elements_of, encoded, is_about, is_gone, page_of, posts_of
from include.platforms.reading import Answer, Asked, Dataset, Done, Metric, Missing, Refused, Row, Rows, Subject

WRAPPERS = {"share": "share", "ugcPost": "ugc"}
"""How a query names a post of each kind (reference B.5)."""


def read_member_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read all that LinkedIn counts of a member's posts, the newest first; each one is kept as soon as it is read."""
    if page_of(asked) is not None:
        return
    client, metrics = client_of(calls, asked), list(asked.metrics)
    for subject in posts_of(asked.subjects):
        row: dict[str, Any] = {metric.name: None for metric in asked.metrics}
        try:
            yield from _post(client, subject, metrics, row)
        except Rejected as refusal:
            if not is_gone(refusal):
                raise
            yield Missing(video_ids=(subject.video_id,))
            continue
        slot = asked.slots[subject.video_id]
        known: Row = {"video_id": subject.video_id, "day": slot.astimezone(UTC).date(), "slot": slot}
        yield Rows(table="linkedin.member_post_counter", rows=[{**known, **row}])
        yield Done(video_ids=(subject.video_id,))


def _post(client: Client, subject: Subject, metrics: list[Metric], row: dict[str, Any]) -> Iterator[Answer]:
    """Fill a post's row; a metric that LinkedIn refuses leaves `metrics`."""
    entity = f"({WRAPPERS[subject.video_id.split(':')[2]]}:{encoded(subject.video_id)})"
    for metric in tuple(metrics):
        try:
            row[metric.name] = total_of(client, f"q=entity&entity={entity}", metric.field)
        except Rejected as refusal:
            if not is_about(refusal, metric.field):
                raise
            metrics.remove(metric)
            yield Refused(field=metric.field, why=refusal.message)


def total_of(client: Client, query: str, kind: str) -> Any:
    """Return one number; None when LinkedIn tells none."""
    video = kind.startswith("VIDEO_")
    path, endpoint = (
        ("memberCreatorVideoAnalytics", "memberVideoAnalytics.list")
        if video
        else ("memberCreatorPostAnalytics", "memberPostAnalytics.list")
    )
    elements = elements_of(client.read(f"{path}?{query}&queryType={kind}&aggregation=TOTAL", endpoint))
    return count_of(elements[0], kind) if elements else None


def count_of(element: dict[str, Any], kind: str) -> Any:
    """Return an element's number; None when it is about another metric.

    `metricType` is an object that holds the name before version 202605, and the name itself since (reference B.5).
    """
    told = element.get("metricType", kind)
    named = told if isinstance(told, str) else next(iter(told.values()), kind) if isinstance(told, dict) else kind
    if named != kind:
        return None
    return element.get("count", element.get("value"))


MEMBER_DATASETS = (
    Dataset(
        name="member_counters",
        kind="analytics",
        of="video",
        read=read_member_counters,
        tables=("linkedin.member_post_counter",),
        cadence="daily",
        needs=("r_member_postAnalytics",),
    ),
)

"""Who follows an Instagram account and who is engaged: age, gender, country, city (meta.md 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.meta_graph.days import day_of
from include.platforms.meta_graph.insights import Insights, Wanted, parts_of
from include.platforms.reading import Answer, Asked, Done, Rows

METRICS = ("follower_demographics", "engaged_audience_demographics")
DIMENSIONS = ("age", "gender", "country", "city")
TIMEFRAME = "this_month"
"""`last_14_days` and the longer ones are gone since v20 (meta.md 3.2)."""


def read_audience(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read the demographics as they are now; below 100 followers (or engagements) there are none."""
    client = Client.of(calls, asked.account, asked.settings)
    insights = Insights(graph=client.graph)
    known = set(asked.fields())
    wanted = [
        Wanted(
            key=f"{metric} {dimension}",
            path=f"{client.user}/insights",
            metrics=(metric,),
            params={
                "period": "lifetime", "metric_type": "total_value", "breakdown": dimension, "timeframe": TIMEFRAME,
            },
        )
        for metric in METRICS
        for dimension in DIMENSIONS
        if metric in known
    ]  # fmt: skip
    found = insights.read(wanted)
    yield from insights.answers()
    rows: list[dict[str, Any]] = []
    for key, answer in found.items():
        metric, dimension = key.split(" ")
        for row in [] if isinstance(answer, Rejected) else answer:
            rows += [
                {
                    "day": day_of(asked.now), "metric": metric, "timeframe": TIMEFRAME, "dimension": dimension,
                    "value": keys.get(dimension, ""), "count": count,
                }
                for keys, count in parts_of(row)
            ]  # fmt: skip
    yield Rows(table="instagram.demographics", rows=rows)
    yield Done()

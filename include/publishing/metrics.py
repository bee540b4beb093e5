"""Figures for Prometheus, from Postgres, so that every process tells the same; counts only, nobody's name.

Counters are those of `desk.tally`, which only grow; gauges are counted when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from include import settings
from include.database import engine, queries
from include.platforms import NAMES, get
from include.publishing import happenings
from include.publishing.figures import ENDS, LATENCY_SECONDS
from include.publishing.quotas import day_began

SQL = queries.load("activity")
NOBODY = "*"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Values = Mapping[tuple[str, str], float]
"""(platform, label) → value."""

COUNTERS = {
    "ended": ("release_desk_publications", "outcome", "Publications that ended, by outcome."),
    "errors": ("release_desk_errors", "kind", "Errors publications met, by class; those that were overcome, too."),
    "refresh": ("release_desk_token_refreshes", "outcome", "Access tokens renewed, or not."),
    "started": ("release_desk_scheduled_starts", "punctuality", "Scheduled publications that began: on_time, late."),
}
"""Figure → name (`_total` comes behind), second label, what it is. Alerts need both outcomes, so both are told as 0."""
LABELS = {
    "ended": sorted(ENDS), "refresh": ("failed", "renewed"), "started": ("late", "on_time"), "errors": (),
}  # fmt: skip


def text() -> bytes:
    """Return all figures in Prometheus' text format, what has just happened included."""
    happenings.take_all()
    with engine.transaction(NOBODY) as connection:
        rows = connection.exec_driver_sql(SQL["figures"]).all()
        used = connection.exec_driver_sql(SQL["quota_use"]).all()
        to_come = connection.exec_driver_sql(SQL["to_come"]).all()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Known([*_families(rows), *_quotas(used, to_come)]))
    return generate_latest(registry)


class _Known(Collector):
    """Hands out what was read; prometheus_client writes it."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        yield from self._families


def _families(rows: Sequence[Any]) -> Iterator[Metric]:
    found: dict[str, dict[tuple[str, str], float]] = {}
    for row in rows:
        found.setdefault(row.figure, {})[row.platform, row.label] = float(row.value)
    for figure, (name, label, about) in COUNTERS.items():
        counter = CounterMetricFamily(name, about, labels=("platform", label))
        known = {(platform, each): 0.0 for platform in NAMES for each in LABELS[figure]} | found.get(figure, {})
        for labels, value in sorted(known.items()):
            counter.add_metric(labels, value)
        yield counter
    yield _latency(found.get("latency", {}))
    sent = CounterMetricFamily(
        "release_desk_notice_deliveries", "Tries to send a notice, by outcome.", labels=("way", "outcome")
    )
    for labels, value in sorted(found.get("deliveries", {}).items()):
        sent.add_metric(labels, value)
    yield sent
    yield from _gauges(found)


def _latency(values: Values) -> HistogramMetricFamily:
    """Return seconds from being asked for, or due, until out; buckets add up, as Prometheus wants them."""
    family = HistogramMetricFamily(
        "release_desk_publication_seconds", "From being asked for, or due, until published.", labels=("platform",)
    )
    bounds = [*map(str, LATENCY_SECONDS), "+Inf"]
    for platform in sorted({*NAMES, *(platform for platform, _ in values)}):
        so_far, buckets = 0.0, []
        for bound in bounds:
            so_far += values.get((platform, bound), 0.0)
            buckets.append((bound, so_far))
        family.add_metric((platform,), buckets=buckets, sum_value=values.get((platform, "sum"), 0.0))
    return family


def _gauges(found: Mapping[str, Values]) -> Iterator[Metric]:
    def gauge(figure: str, name: str, about: str, *labels: str, always: Sequence[str] = ()) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, about, labels=labels)
        values = {(each, ""): 0.0 for each in always} | dict(found.get(figure, {}))
        for key, value in sorted(values.items()):
            family.add_metric(key[: len(labels)], value)
        return family

    yield gauge("waiting", "release_desk_queue_depth", "Publications that are not over, by state.", "platform", "state")
    yield gauge(
        "late", "release_desk_queue_late", "Publications due for over a minute that nobody has begun.", "platform",
        always=NAMES,
    )  # fmt: skip
    yield gauge(
        "oldest_due_seconds", "release_desk_queue_oldest_due_seconds", "How long the oldest due one waits.", "platform",
        always=NAMES,
    )  # fmt: skip
    yield gauge("accounts", "release_desk_accounts", "Accounts, by state.", "platform", "state")
    yield gauge(
        "hosted_bytes", "release_desk_hosting_bytes", "Bytes of hosted files, each counted once.", "kind",
        always=(settings.distribution().hosting.kind,),
    )  # fmt: skip
    yield gauge("deliveries_waiting", "release_desk_notices_waiting", "Notices that are still to go out.", "way")


def _quotas(used: Sequence[Any], to_come: Sequence[Any]) -> Iterator[Metric]:
    """Yield use and forecast of each daily limit, as shares; where accounts have their own, of the fullest one."""
    labels = ("platform", "bucket")
    use = GaugeMetricFamily("release_desk_quota_used_ratio", "Share of a daily limit that is used.", labels=labels)
    soon = GaugeMetricFamily(
        "release_desk_quota_forecast_ratio", "The same with what is to go out within a day.", labels=labels
    )  # fmt: skip
    now = datetime.now(UTC)
    counts = {(row.platform, row.bucket, row.window_start): row.used for row in used}
    for platform, buckets in sorted(settings.distribution().quotas.items()):
        for name, quota in sorted(buckets.items()):
            if quota.per not in ("day", "rolling_day"):
                continue
            start = day_began(now, quota.resets) if quota.per == "day" else None
            taken = sum(
                value for (where, bucket, began), value in counts.items()
                if (where, bucket, began) == (platform, name, start)  # a sliding window has no beginning
            )  # fmt: skip
            waiting = sum(
                _cost(platform, row.placement, quota) * (row.in_all if quota.shared_by == "app" else row.of_one_account)
                for row in to_come
                if row.platform == platform
            )
            use.add_metric((platform, name), taken / quota.limit)
            soon.add_metric((platform, name), (taken + waiting) / quota.limit)
    yield use
    yield soon


def _cost(platform: str, placement: str, quota: settings.Quota) -> int:
    if platform not in NAMES:
        return 0
    calls = getattr(get(platform), "calls_of_a_post", lambda placement: ())
    return sum(quota.costs.get(endpoint, 0) for endpoint in calls(placement))

"""How much of Meta's limits is used, from the headers of every answer, obeyed before a limit is hit.

Values are percent of the allowance (meta.md 7.2, checked 2026-11-21). From 80 % reads pause after each answer, longer
the closer the stop, so that the rest is kept for publishing; from 95 % the meter stops the account (or, for the app's
own limit, all accounts) until Meta expects to let us in again. Nobody sleeps here: all workers are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from include.platforms.http import Meter
from include.platforms.meta_graph.codes import LIMIT_PAUSE_SECONDS

SLOW_PERCENT = 80.0
STOP_PERCENT = 95.0
SLOWEST_SECONDS = 60.0
"""Pause of reads just below the stop."""
TELL_PERCENT = 50.0
"""Below this nobody needs to know, and the row is not worth writing after every call."""
CALLS = "calls"
"""The bucket in which the percentage is shown."""
OUR_TYPES = frozenset({"instagram", "pages"})
"""Other business use cases (ads, messenger) have limits of their own that our calls do not touch."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One limit: how much of it is used, and the seconds until Meta lets us in again (0: not stopped)."""

    percent: float
    regain_seconds: float
    shared_by: Literal["app", "account"]


def usage_of(headers: Mapping[str, str], own_ids: frozenset[str] = frozenset()) -> list[Usage]:
    """Return every limit an answer tells of; none for most answers.

    `own_ids` are the account's ids at Meta: when the header names any of them, what it says of others is left out.
    """
    found = [_usage(values, "app") for values in [_object(headers.get("x-app-usage"))] if values]
    found += [_usage(values, "account") for values in [_object(headers.get("x-page-usage"))] if values]
    by_key = _object(headers.get("x-business-use-case-usage"))
    keys = own_ids & set(by_key) or set(by_key)
    return found + [_usage(each, "account") for key in sorted(keys) for each in _ours(by_key[key])]


def obey(usages: list[Usage], meter: Meter) -> None:
    """Let the meter refuse calls for every limit that is nearly used up, and reads before that."""
    for usage in usages:
        whose = "our app" if usage.shared_by == "app" else "this account"
        why = f"Meta's limit of calls for {whose} is {usage.percent:.0f} % used."
        now = datetime.now(UTC)
        if usage.percent >= STOP_PERCENT or usage.regain_seconds > 0:
            wait = max(usage.regain_seconds, LIMIT_PAUSE_SECONDS)
            meter.pause(now + timedelta(seconds=wait), why, shared_by=usage.shared_by)
        elif seconds := slow_seconds(usage):
            until = now + timedelta(seconds=seconds)
            meter.pause(until, f"{why} The rest is kept for publishing.", shared_by=usage.shared_by, reads_only=True)
        if usage.percent >= TELL_PERCENT:
            meter.tell(CALLS, used=round(usage.percent), limit=100, shared_by=usage.shared_by)


def slow_seconds(usage: Usage) -> float:
    """Return how long reads pause: not at all below 80 %, longer the closer the stop, and not beyond it."""
    if not SLOW_PERCENT < usage.percent < STOP_PERCENT:
        return 0.0
    return (usage.percent - SLOW_PERCENT) / (STOP_PERCENT - SLOW_PERCENT) * SLOWEST_SECONDS


def regain_seconds(usages: list[Usage]) -> float | None:
    """Return when Meta expects to let us in again, or None when it does not say."""
    return max((usage.regain_seconds for usage in usages), default=0.0) or None


def _usage(values: Mapping[str, Any], shared_by: Literal["app", "account"]) -> Usage:
    percents = (values.get(name) for name in ("call_count", "total_time", "total_cputime"))
    minutes = _number(values.get("estimated_time_to_regain_access"))
    return Usage(percent=max(map(_number, percents)), regain_seconds=minutes * 60, shared_by=shared_by)


def _ours(values: Any) -> Iterator[Mapping[str, Any]]:
    for each in values if isinstance(values, list) else []:
        if isinstance(each, dict) and each.get("type") in OUR_TYPES:
            yield each


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

"""What every reading of LinkedIn shares: whose numbers they are, how its queries are written, days and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.linkedin import versions
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.payloads import ORGANIZATION
from include.platforms.reading import Asked, Subject

POSTS_A_CALL = 90
"""An encoded URN has up to 43 characters with its comma, and a query string may have 4 KB; longer ones are answered
414 (learn.microsoft.com/linkedin/shared/api-guide/concepts/query-tunneling, 2026-11)."""
NOT_FOUND = 404
WRONG_METRIC = frozenset({"INVALID_VALUE_FOR_FIELD", "ILLEGAL_ARGUMENT"})


def client_of(calls: Calls, asked: Asked) -> Client:
    """Return LinkedIn in the version that config/analytics.yaml names, else in one that lives."""
    return Client(calls, str(asked.settings.get("version") or versions.living(asked.now.date())))


def author_of(asked: Asked) -> str:
    """Return the URN the account posts as."""
    return str(asked.account.get("author_urn") or "")


def page_of(asked: Asked) -> str | None:
    """Return the page's URN; None for an account that posts as a member."""
    author = author_of(asked)
    return author if author.startswith(ORGANIZATION) else None


def encoded(urn: str) -> str:
    """Return a URN as it stands in a path or a query."""
    return quote(urn, safe="")


def listed(urns: Sequence[str]) -> str:
    """Return a `List(…)`, whose brackets and commas stay bare."""
    return f"List({','.join(map(encoded, urns))})"


def by_urn(results: Any) -> dict[str, Any]:
    """Return a map whose keys are URNs, whether LinkedIn encoded them or not."""
    return {unquote(key): value for key, value in results.items()} if isinstance(results, Mapping) else {}


def elements_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the elements of a list; what is none is left out."""
    elements = answer.get("elements")
    return [one for one in elements if isinstance(one, dict)] if isinstance(elements, list) else []


def posts_of(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Return the subjects that are posts of a kind LinkedIn tells numbers of."""
    return tuple(one for one in subjects if one.video_id.startswith(("urn:li:share:", "urn:li:ugcPost:")))


def milliseconds(day: date) -> int:
    """Return the beginning of a day in UTC as LinkedIn's ranges have it."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def interval(first: date, last: date) -> str:
    """Return `timeIntervals` of whole days, both included."""
    end = milliseconds(last + timedelta(days=1))
    return f"(timeRange:(start:{milliseconds(first)},end:{end}),timeGranularityType:DAY)"


def date_range(first: date, last: date) -> str:
    """Return `dateRange` of whole days, both included: LinkedIn's end is the day after."""
    return f"(start:{_told(first)},end:{_told(last + timedelta(days=1))})"


def _told(day: date) -> str:
    return f"(day:{day.day},month:{day.month},year:{day.year})"


def day_of(element: Mapping[str, Any]) -> date | None:
    """Return the day an element is about, by its `timeRange` (milliseconds) or its `dateRange`; None for none."""
    times, dates = element.get("timeRange"), element.get("dateRange")
    try:
        if isinstance(times, Mapping):
            return datetime.fromtimestamp(int(times["start"]) / 1000, UTC).date()
        start = dates["start"] if isinstance(dates, Mapping) else {}
        return date(int(start["year"]), int(start["month"]), int(start["day"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def moment(milliseconds_since: Any) -> datetime | None:
    """Return a time of LinkedIn's; None for none."""
    try:
        return datetime.fromtimestamp(int(milliseconds_since) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def is_gone(refusal: Rejected) -> bool:
    """Say whether LinkedIn no longer knows what was asked about."""
    return refusal.status == NOT_FOUND


def is_about(refusal: Rejected, metric: str) -> bool:
    """Say whether LinkedIn refused the metric, and not something else in the call."""
    named = metric in refusal.message or "ype" in refusal.message.partition("LinkedIn says:")[2].partition(":")[0]
    return refusal.code in WRONG_METRIC and named

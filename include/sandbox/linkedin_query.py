"""Queries as Rest.li 2.0 writes them: its own brackets, commas and colons bare, everything inside encoded (B.2)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

from starlette.requests import Request

from include.sandbox.linkedin_answers import Json, LinkedInError, invalid, missing

MAX_QUERY_BYTES = 4096
"""Longer ones have to be tunnelled (learn.microsoft.com, query tunneling, 2026-11)."""
MAX_PAGE = 100
RANGE_MS = re.compile(r"\(timeRange:\(start:(\d+),end:(\d+)\),timeGranularityType:(DAY|MONTH)\)")
DATES = re.compile(
    r"\(start:\(day:(\d+),month:(\d+),year:(\d+)\),end:\(day:(\d+),month:(\d+),year:(\d+)\)\)"
)  # fmt: skip


def raw_query(request: Request) -> dict[str, str]:
    """Return the query as it was sent, still encoded; raises 414 for one that is too long."""
    raw = request.scope["query_string"].decode("latin-1")
    if len(raw) > MAX_QUERY_BYTES:
        raise LinkedInError(414, "URI_TOO_LONG", "The query string is longer than 4 KB. Use query tunneling.")
    return dict(pair.partition("=")[::2] for pair in raw.split("&") if pair)


def urn_of(raw: dict[str, str], name: str) -> str:
    """Return one URN of a query; it has to be there, and encoded."""
    value = raw.get(name)
    if not value:
        raise missing(name)
    if ":" in value:
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", f"Query parameter {name} must be URL encoded.")
    return unquote(value)


def urns_of(raw: dict[str, str], name: str) -> list[str] | None:
    """Return a `List(…)` of encoded URNs, or None when the query has none of that name."""
    value = raw.get(name)
    if value is None:
        return None
    if not value.startswith("List(") or not value.endswith(")") or ":" in value:
        raise invalid(name, value)
    return [unquote(one) for one in value[5:-1].split(",") if one]


def page_of(raw: dict[str, str]) -> tuple[int, int]:
    """Return where a page begins and how long it is: 10 unless the query says otherwise."""
    start, count = raw.get("start", "0"), raw.get("count", "10")
    if not start.isdecimal() or not count.isdecimal() or not 1 <= int(count) <= MAX_PAGE:
        raise invalid("count", count)
    return int(start), int(count)


def paged(elements: list[Json], raw: dict[str, str], path: str) -> Json:
    """Return a page of elements, with the way to the next one when there is one."""
    start, count = page_of(raw)
    links = []
    if start + count < len(elements):
        rest = "&".join(f"{name}={value}" for name, value in raw.items() if name not in ("start", "count"))
        links = [
            {"type": "application/json", "rel": "next", "href": f"{path}?{rest}&start={start + count}&count={count}"}
        ]
    page = {"start": start, "count": count, "links": links, "total": len(elements)}
    return {"paging": page, "elements": elements[start : start + count]}


def days_of_intervals(value: str) -> list[date]:
    """Read `timeIntervals`: days from the start on, before the end; in UTC."""
    found = RANGE_MS.fullmatch(value)
    if found is None:
        raise invalid("timeIntervals", value)
    if found[3] != "DAY":
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "Only DAY is known here")
    return days_between(int(found[1]), int(found[2]))


def days_between(start: int, end: int) -> list[date]:
    """Return the days from a moment on, before another; both in milliseconds."""
    first = datetime.fromtimestamp(start / 1000, UTC).date()
    days = []
    while datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000 < end:
        days.append(first)
        first += timedelta(days=1)
    return days


def days_of_dates(value: str | None) -> tuple[date, date] | None:
    """Read `dateRange`: its first day, and the day after its last; None without one."""
    if value is None:
        return None
    found = DATES.fullmatch(value)
    try:
        if found is None:
            raise ValueError
        day, month, year, to_day, to_month, to_year = map(int, found.groups())
        return date(year, month, day), date(to_year, to_month, to_day)
    except ValueError:
        raise invalid("dateRange", value) from None


def told(day: date) -> Json:
    """Return a day as LinkedIn writes it."""
    return {"day": day.day, "month": day.month, "year": day.year}

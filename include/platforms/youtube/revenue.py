"""What the channel and its videos earn: the money of the Analytics API, in questions of its own (youtube.md 10.6).

Without the permission, or for a channel that is not in the Partner Programme, YouTube refuses a whole question with
403: then there is nothing to read, which is no error. Estimates are restated until the middle of the next month.
"""

from __future__ import annotations

import calendar
import logging
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import httpx

from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Remember, Rows
from include.platforms.youtube.auth import SCOPE
from include.platforms.youtube.reports import Query, answered, by_video_and_day, told

log = logging.getLogger("release_desk.analytics")
MONEY = SCOPE + "yt-analytics-monetary.readonly"
CURRENCY = "USD"
RESTATED_DAYS = 45
"""A month is final about the 15th of the next one (youtube.md 10.6)."""
MONTH_FINAL_DAY = 15


def currency_of(asked: Asked) -> str:
    """Return the currency to ask in (`platforms.youtube.currency` of config/analytics.yaml; US dollars unless said)."""
    return str(asked.settings.get("currency") or CURRENCY)


def _if_allowed(calls: Calls, asked: Asked, read: Callable[[Calls, Asked], Iterator[Answer]]) -> Iterator[Answer]:
    """Read money; nothing, when YouTube says that there is none for us."""
    try:
        yield from read(calls, asked)
    except AccountTrouble as error:
        if error.status != httpx.codes.FORBIDDEN:
            raise
        log.info("YouTube tells no money of this channel: %s", error.message)
        yield Remember(state={"available": False})
    else:
        yield Remember(state={"available": True})


def read_revenue(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what the channel earned each day: one call."""
    return _if_allowed(calls, asked, _revenue)


def _revenue(calls: Calls, asked: Asked) -> Iterator[Answer]:
    query = Query(first=asked.first, last=asked.last, dimensions=("day",), currency=currency_of(asked))
    rows, _ = yield from answered(calls, asked.metrics, query)
    yield from told(asked, "youtube.revenue_daily", rows, {"video_id": "", "currency": currency_of(asked)}, None)


def read_ad_types(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what each kind of ad brought each day: one call."""
    return _if_allowed(calls, asked, _ad_types)


def _ad_types(calls: Calls, asked: Asked) -> Iterator[Answer]:
    query = Query(first=asked.first, last=asked.last, dimensions=("adType", "day"), currency=currency_of(asked))
    rows, _ = yield from answered(calls, asked.metrics, query)
    yield from told(asked, "youtube.revenue_ad_type_daily", rows, {"currency": currency_of(asked)}, None)


def read_countries(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what each country brought in a month: a call each for this one and the last one while it is restated."""
    return _if_allowed(calls, asked, _countries)


def _countries(calls: Calls, asked: Asked) -> Iterator[Answer]:
    metrics = asked.metrics
    for month in months_open(asked.last):
        ends = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        query = Query(first=month, last=min(ends, asked.last), dimensions=("country",), currency=currency_of(asked))
        rows, metrics = yield from answered(calls, metrics, query)
        known = {
            "month": month, "currency": currency_of(asked),
            "provisional": asked.last < ends + timedelta(days=MONTH_FINAL_DAY),
        }  # fmt: skip
        yield Rows(table="youtube.revenue_country_monthly", rows=[{**row, **known} for row in rows])


def months_open(last: date) -> list[date]:
    """Return the first days of the months that may still change; the last month is until its 15th day after."""
    this = last.replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return [before, this] if last.day <= MONTH_FINAL_DAY else [this]


def read_videos(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what each video earned each day, up to 500 videos a call.

    Ad impressions are not told by video: with them YouTube refuses the question (youtube.md 10.6).
    """
    return _if_allowed(calls, asked, _videos)


def _videos(calls: Calls, asked: Asked) -> Iterator[Answer]:
    yield from by_video_and_day(calls, asked, "youtube.revenue_daily", ("day",), currency_of(asked))


DATASETS = (
    Dataset(
        name="revenue", kind="revenue", of="account", read=read_revenue, tables=("youtube.revenue_daily",),
        cadence="daily", zone=PACIFIC, looks_back_days=RESTATED_DAYS, final_after_days=RESTATED_DAYS, daily=True,
        needs=(MONEY,), reaches_days=365,
    ),
    Dataset(
        name="revenue_ad_types", kind="revenue", of="account", read=read_ad_types,
        tables=("youtube.revenue_ad_type_daily",), cadence="daily", zone=PACIFIC, looks_back_days=RESTATED_DAYS,
        final_after_days=RESTATED_DAYS, daily=True, needs=(MONEY,), reaches_days=365,
    ),
    Dataset(
        name="revenue_countries", kind="revenue", of="account", read=read_countries,
        tables=("youtube.revenue_country_monthly",), cadence="daily", zone=PACIFIC, needs=(MONEY,),
    ),
    Dataset(
        name="revenue_videos", kind="revenue", of="video", read=read_videos, tables=("youtube.revenue_daily",),
        cadence="daily", zone=PACIFIC, looks_back_days=RESTATED_DAYS, final_after_days=RESTATED_DAYS, daily=True,
        needs=(MONEY,), reaches_days=365,
    ),
)  # fmt: skip

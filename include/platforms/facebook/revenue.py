"""What a Page and its videos earn (meta.md 6.4): estimates that are revised for days.

A money metric is asked with other money metrics only: mixed with others the call fails with code 2, which looks passing
and is not. A Page outside the program is answered with nothing, not with an error. The amounts are kept as Meta tells
them (`micro_amount`), and as money by `micro_amounts_per_unit` of the settings: Meta does not document the scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from include.platforms.errors import Rejected
from include.platforms.facebook.page_days import LONGEST_DAYS
from include.platforms.facebook.posts import gone, post_ids, remembered
from include.platforms.facebook.watching import VIDEO_PLACEMENTS, graph_of, page_of
from include.platforms.http import Calls
from include.platforms.meta_graph.batch import MAX_PARTS
from include.platforms.meta_graph.days import days, pieces, series, span
from include.platforms.meta_graph.insights import Insights, Wanted
from include.platforms.reading import PACIFIC, Answer, Asked, Dataset, Done, Rows, in_pieces

MICRO_AMOUNTS_PER_UNIT = 1_000_000
"""The name suggests it; one project divides by 10⁸ (meta.md 6.4, unconfirmed): `micro_amounts_per_unit` overrules."""
EARNINGS = "content_monetization_earnings"
APPROXIMATE = "monetization_approximate_earnings"
SOURCE = "earning_source"
POST_COUNTS = {
    "post_video_ad_break_earnings": "ad_break_earnings",
    "post_video_ad_break_ad_impressions": "ad_impressions",
    "post_video_ad_break_ad_cpm": "ad_cpm",
    "creator_monetization_qualified_views": "qualified_views",
}
TABLE = "facebook.revenue_daily"
Found = Mapping[str, list[dict[str, Any]] | Rejected]


def read_revenue(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what the Page earned on each day of the window, as a whole and by source."""
    insights = Insights(graph=graph_of(calls, asked))
    path, known = f"{page_of(asked)}/insights", asked.fields()
    wanted = []
    for first, last in pieces(asked.first, asked.last, LONGEST_DAYS):
        params = {"period": "day", **span(first, last)}
        totals = tuple(name for name in (EARNINGS, APPROXIMATE) if name in known)
        wanted.append(Wanted(key=f"totals {first}", path=path, metrics=totals, params=params))
        if EARNINGS in known:
            params = {**params, "breakdown": SOURCE}
            wanted.append(Wanted(key=f"sources {first}", path=path, metrics=(EARNINGS,), params=params))
    found = insights.read(wanted)
    yield from insights.answers()
    rows: list[dict[str, Any]] = []
    for first, _ in pieces(asked.first, asked.last, LONGEST_DAYS):
        rows += _rows(asked, "", found.get(f"totals {first}"))
        rows += _source_rows(asked, found.get(f"sources {first}"))
    yield Rows(table=TABLE, rows=rows)
    yield Done()


def read_video_revenue(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read what the posts of the videos whose turn it is earned on each day of the window."""
    graph = graph_of(calls, asked)
    insights = Insights(graph=graph)
    first = max(asked.first, days(asked.first, asked.last)[-LONGEST_DAYS:][0])
    for some in in_pieces(asked.subjects, MAX_PARTS):
        posts = post_ids(graph, asked, some)
        params = {"period": "day", **span(first, asked.last)}
        wanted = [
            Wanted(key=video, path=f"{post}/insights", metrics=tuple(asked.fields()), params=params)
            for video, post in posts.items()
            if post
        ]
        found = insights.read(wanted)
        yield from insights.answers()
        yield from remembered(posts, some)
        rows = [row for one in some for row in _rows(asked, one.video_id, found.get(one.video_id))]
        if rows:
            yield Rows(table=TABLE, rows=rows)
        yield from gone(posts, some, found)
        yield Done(video_ids=tuple(one.video_id for one in some))


def _rows(asked: Asked, video: str, answer: Sequence[Mapping[str, Any]] | Rejected | None) -> list[dict[str, Any]]:
    """Return a row for each day that Meta told anything of."""
    by_day: dict[date, dict[str, Any]] = {}
    for row in [] if answer is None or isinstance(answer, Rejected) else answer:
        for day, value in series(row).items():
            by_day.setdefault(day, {})[str(row.get("name"))] = value
    return [_row(asked, video, day, "", values) for day, values in by_day.items()]


def _source_rows(asked: Asked, answer: Sequence[Mapping[str, Any]] | Rejected | None) -> list[dict[str, Any]]:
    rows = [] if answer is None or isinstance(answer, Rejected) else answer
    return [
        _row(asked, "", day, str(source), {EARNINGS: amount})
        for row in rows
        for day, parts in series(row).items()
        for source, amount in (parts.items() if isinstance(parts, dict) else ())
        if isinstance(amount, dict)
    ]


def _row(asked: Asked, video: str, day: date, source: str, values: Mapping[str, Any]) -> dict[str, Any]:
    money = values.get(EARNINGS)
    micro = money.get("microAmount") if isinstance(money, dict) else None
    scale = Decimal(str(asked.settings.get("micro_amounts_per_unit", MICRO_AMOUNTS_PER_UNIT)))
    known = {EARNINGS, APPROXIMATE, *POST_COUNTS}
    return {
        "video_id": video, "day": day, "earning_source": source,
        "currency": money.get("currency") if isinstance(money, dict) else None, "micro_amount": micro,
        "earnings": Decimal(micro) / scale if isinstance(micro, int) else None,
        "approximate_earnings": values.get(APPROXIMATE),
        **{column: values.get(name) for name, column in POST_COUNTS.items()},
        "provisional": asked.is_provisional(day),
        "extra": {name: value for name, value in values.items() if name not in known},
    }  # fmt: skip


DATASETS = (
    Dataset(
        name="revenue",
        kind="revenue",
        of="account",
        read=read_revenue,
        tables=(TABLE,),
        cadence="daily",
        zone=PACIFIC,
        looks_back_days=30,  # revised for days (meta.md 6.4)
        reaches_days=88,
        final_after_days=30,
        daily=True,
        needs=("read_insights", "pages_read_engagement"),
    ),
    Dataset(
        name="video_revenue",
        kind="revenue",
        of="video",
        read=read_video_revenue,
        tables=(TABLE,),
        cadence="daily",
        zone=PACIFIC,
        looks_back_days=30,
        reaches_days=88,
        final_after_days=30,
        daily=True,
        needs=("read_insights", "pages_read_engagement"),
        placements=VIDEO_PLACEMENTS,
    ),
)

"""Two datasets of YouTube's own kind, small enough to see through: what collecting is tested with.

They ask the sandbox's `videos.list` two videos at a time, so that a fault can hit the middle of a reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg

from include.database.embedded_roles import OWNER as TABLES_OWNER
from include.platforms.http import Calls, body_of
from include.platforms.reading import Answer, Asked, Dataset, Done, Missing, Refused, Remember, Rows, in_pieces
from include.platforms.youtube.errors import error_for

ENDPOINT = "videos.list"
COUNTS, DAYS = "market.toy_counter", "market.toy_daily"


def make_tables(server: psycopg.Connection[Any]) -> None:
    """Make the two tables as a migration would."""
    keys = "owner text not null, account_id text not null, video_id text not null, day date not null"
    rest = "views bigint, likes bigint, collected_at timestamptz not null, extra jsonb not null default '{}'"
    for name, more in ((COUNTS, ", slot"), (DAYS, "")):
        slot = ", slot timestamptz not null" if more else ""
        server.execute(
            f"create table {name} ({keys}{slot}, {rest}, primary key (owner, account_id, video_id, day{more}))"
            " partition by range (day)"
        )
        server.execute(f"call desk.collect_into('{name}')")
        server.execute(f"alter table {name} owner to {TABLES_OWNER}")


def statistics_of(calls: Calls, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return what the platform shows now, by video; raises what its errors mean."""
    response = calls.send(
        "GET", calls.address("api", "/youtube/v3/videos"), endpoint=ENDPOINT, changes=False,
        params={"part": "statistics", "id": ",".join(ids)},
    )  # fmt: skip
    if not response.is_success:
        raise calls.heed(response, error_for(response, endpoint=ENDPOINT, changes=False))
    return {one["id"]: one["statistics"] for one in body_of(response)["items"]}


def read_counters(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read counters of two videos a call."""
    for piece in in_pieces(asked.subjects, 2):
        ids = [one.video_id for one in piece]
        shown = statistics_of(calls, ids)
        yield Rows(
            table=COUNTS,
            rows=[
                {
                    "video_id": name, "day": asked.slots[name].date(), "slot": asked.slots[name],
                    "views": told["viewCount"], "likes": told["likeCount"],
                }
                for name, told in shown.items()
            ],
        )  # fmt: skip
        if gone := tuple(name for name in ids if name not in shown):
            yield Missing(video_ids=gone)
        yield Done(video_ids=tuple(ids))


def read_days(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read a row for the first and the last day of the window, and a metric nobody gives any more."""
    if asked.settings.get("refuses") and "toy_retired" in asked.fields():
        yield Refused(field="toy_retired", why="It was retired.")
    for piece in in_pieces(asked.subjects, 2):
        shown = statistics_of(calls, [one.video_id for one in piece])
        for day in {asked.first, asked.last}:
            yield Rows(table=DAYS, rows=[{"video_id": one, "day": day, "views": 7, "likes": 1} for one in shown])
        yield Done(video_ids=tuple(one.video_id for one in piece))
    yield Remember(state={"read_up_to": asked.last.isoformat()})


COUNTERS = Dataset(
    name="toy_counters", kind="analytics", of="video", read=read_counters, tables=(COUNTS,), cadence="counters"
)
DAILY = Dataset(
    name="toy_daily", kind="analytics", of="video", read=read_days, tables=(DAYS,), cadence="daily",
    zone="America/Los_Angeles", looks_back_days=2, reaches_days=30, final_after_days=3, daily=True,
)  # fmt: skip

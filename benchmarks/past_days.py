"""Days that lie behind: releases, publications, collected rows and mart rows, as daily builds would have left them.

Every publication has, for each day, a counter, the platform's own numbers and money. They are written by the database
itself, a month at a time, into a table that gets its key when it is full. `marts`
proves that it is the same: it lets the product build the last of these days again and compares all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.figures import Say
from benchmarks.workplace import OWNER
from include.database.embedded_roles import OWNER as TABLES_OWNER

AGE_DAYS = 400
"""How long ago everything was published: longer than any history, so that every day has all publications."""
MART = ("marts.video_daily", "marts.revenue_daily", "marts.revenue_monthly")
COLLECTED = ("youtube.video_counter", "youtube.video_daily", "youtube.revenue_daily")
_RELEASES = (
    "insert into desk.account (owner, account_id, platform) values (%(owner)s, 'bench', 'youtube')",
    "insert into desk.release (release_id, owner, segment, age_bucket, title_id, export_root, video_sha256, "
    "video_bytes, video_fingerprint, metadata, facts) select md5('r' || n)::uuid, %(owner)s, 'women', '18-23', "
    "'t' || n, '/nowhere', n::text, 1, '1', '{}', '{}' from generate_series(1, %(count)s) as n",
    "insert into desk.publication (publication_id, owner, release_id, account_id, platform, placement, state, target, "
    "video_id, published_at) select md5('p' || n)::uuid, %(owner)s, md5('r' || n)::uuid, 'bench', 'youtube', 'short', "
    "'published', '{}', 'v' || n, %(out)s::date from generate_series(1, %(count)s) as n",
)
_DAYS = (
    " from (select d::date as day, n, 1000 + (d::date - %(out)s::date) * 10 + n %% 7 as views, "
    "d::date + time '23:00' at time zone 'UTC' as at, d::date > %(new)s::date - 3 as provisional "
    "from generate_series(%(first)s::date, %(last)s::date, interval '1 day') as d, "
    "generate_series(1, %(count)s) as n) as s"
)
_FOUND = " inner join desk.publication as p on p.owner = %(owner)s and p.video_id = 'v' || s.n"
_ROWS = {
    "youtube.video_counter": "insert into {} (owner, account_id, video_id, day, slot, views, likes, comments, "
    "collected_at) select %(owner)s, 'bench', 'v' || n, day, at, views, n %% 90, n %% 30, at" + _DAYS,
    "youtube.video_daily": "insert into {} (owner, account_id, video_id, day, views, engaged_views, likes, dislikes, "
    "comments, shares, estimated_minutes_watched, average_view_duration, average_view_percentage, subscribers_gained, "
    "subscribers_lost, provisional, collected_at) select %(owner)s, 'bench', 'v' || n, day, 10, 7, 1, 0, 1, 0, 4, 21, "
    "61.25, 1, 0, provisional, at" + _DAYS,
    "youtube.revenue_daily": "insert into {} (owner, account_id, video_id, day, currency, estimated_revenue, "
    "estimated_ad_revenue, gross_revenue, cpm, playback_based_cpm, monetized_playbacks, ad_impressions, provisional, "
    "collected_at) select %(owner)s, 'bench', 'v' || n, day, 'EUR', 0.05, 0.04, 0.09, 9.5, 11.25, 5, 6, provisional, at"
    + _DAYS,
    "marts.video_daily": "insert into {} (owner, day, publication_id, release_id, title_id, segment, age_bucket, "
    "platform, account_id, placement, video_id, published_on, age_days, views_total, likes_total, comments_total, "
    "views_delta, likes_delta, comments_delta, views, engaged_views, likes, dislikes, comments, shares, watch_seconds, "
    "average_view_seconds, completion_rate, followers_gained, followers_lost, measured, measured_on, provisional, "
    "collected_at) select %(owner)s, day, publication_id, release_id, 't' || n, 'women', '18-23', 'youtube', 'bench', "
    "'short', video_id, %(out)s, day - %(out)s::date, views, n %% 90, n %% 30, 10, 0, 0, 10, 7, 1, 0, 1, 0, 240, 21, "
    "61.25 / 100, 1, 0, true, day, provisional, at" + _DAYS + _FOUND,
    "marts.revenue_daily": "insert into {} (owner, day, platform, account_id, video_id, publication_id, currency, "
    "source, counts, earnings, ad_revenue, gross_revenue, cpm, playback_cpm, monetized_playbacks, ad_impressions, "
    "provisional, collected_at) select %(owner)s, day, 'youtube', 'bench', video_id, publication_id, 'EUR', 'api', "
    "true, 0.05, 0.04, 0.09, 9.5, 11.25, 5, 6, provisional, at" + _DAYS + _FOUND,
}
_A_MONTH = (
    "insert into marts.revenue_monthly (owner, month, platform, account_id, video_id, publication_id, currency, days, "
    "earnings, ad_revenue, gross_revenue, monetized_playbacks, ad_impressions, provisional) select %(owner)s, "
    "date_trunc('month', %(first)s::timestamp), 'youtube', 'bench', video_id, publication_id, 'EUR', k.days, "
    "k.days * 0.05, k.days * 0.04, k.days * 0.09, k.days * 5, k.days * 6, %(last)s::date > %(new)s::date - 3 "
    "from desk.publication cross join (select %(last)s::date - %(first)s::date + 1 as days) as k "
    "where owner = %(owner)s"
)


_BEGIN = (
    "create table {part} (like {table} including defaults including constraints)",
    "alter table {part} owner to {owner}",
)
_END = "alter table {table} attach partition {part} for values from ({first}) to ({next})"


def write(superuser: psycopg.Connection[Any], count: int, days: int, new: date, say: Say) -> None:
    """Write so many publications and so many days of them before the new one, and the collected rows of the new one."""
    known = {"owner": OWNER, "count": count, "new": new, "out": new - timedelta(days=AGE_DAYS)}
    superuser.execute("set session_replication_role = replica")  # no trigger and no foreign key looks at each row
    superuser.execute("select set_config('maintenance_work_mem', '512MB', false), set_config('jit', 'off', false)")
    for statement in _RELEASES:
        superuser.execute(statement, known)
    superuser.execute("analyze desk.publication")
    for first, last in _months(new - timedelta(days=days), new):
        say(f"writing {first} to {last} of {count} publications")
        for table, statement in _ROWS.items():
            until = last if table in COLLECTED else min(last, new - timedelta(days=1))
            _fill(superuser, table, statement, known | {"first": first, "last": until})
        superuser.execute(_A_MONTH, known | {"first": first, "last": min(last, new - timedelta(days=1))})
    say("letting the database count them")
    for table in (*MART, *COLLECTED, "desk.publication", "desk.release"):
        superuser.execute(sql.SQL("vacuum (analyze) {}").format(sql.SQL(table)))  # as it is by itself after a while
    superuser.execute("checkpoint")


def _fill(superuser: psycopg.Connection[Any], table: str, statement: str, known: dict[str, Any]) -> None:
    """Fill a month's partition before it has a key, as a first load does."""
    first = known["first"].replace(day=1)
    names = {
        "part": sql.SQL(f"{table}_{first:%Y%m}"), "table": sql.SQL(table), "owner": sql.Identifier(TABLES_OWNER),
        "first": sql.Literal(first), "next": sql.Literal((first + timedelta(days=32)).replace(day=1)),
    }  # fmt: skip
    with superuser.transaction():
        for each in _BEGIN:
            superuser.execute(sql.SQL(each).format(**names))
        superuser.execute(sql.SQL(statement).format(names["part"]), known)
        superuser.execute(sql.SQL(_END).format(**names))


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each month's part of a span."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following

"""A stage for the warehouse's tests: staging tables with the agreed columns that a test fills itself.

They stand where the platforms' views are, so that these tests do not depend on any platform's own tables; that the real
views have these very columns is proved in test_staging.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from include.database import engine
from include.database.embedded_roles import APP, OWNER

PLATFORMS = ("youtube", "instagram", "facebook", "tiktok", "linkedin", "imports")
WHO = "platform text, owner text, account_id text, "
MEASURED = ", provisional boolean, collected_at timestamptz"
GRAINS: Mapping[str, str] = {
    "video_daily": WHO + "video_id text, day date, views_total bigint, likes_total bigint, comments_total bigint,"
    " shares_total bigint, saves_total bigint, reach_total bigint, watch_seconds_total numeric, views bigint,"
    " engaged_views bigint, likes bigint, dislikes bigint, comments bigint, shares bigint, saves bigint,"
    " impressions bigint, click_rate numeric, watch_seconds numeric, average_view_seconds numeric,"
    " completion_rate numeric, followers_gained bigint, followers_lost bigint" + MEASURED,
    "account_daily": WHO + "day date, followers_total bigint, followers_gained bigint, followers_lost bigint,"
    " views bigint, reach bigint, interactions bigint, profile_views bigint, posts_total bigint" + MEASURED,
    "revenue_daily": WHO + "video_id text, day date, currency text, earnings numeric, ad_revenue numeric,"
    " creator_fund numeric, bonus_programs numeric, gross_revenue numeric, cpm numeric, playback_cpm numeric,"
    " monetized_playbacks bigint, ad_impressions bigint, source text" + MEASURED,
    "traffic_daily": WHO + "video_id text, day date, source text, views bigint, watch_seconds numeric,"
    " share numeric" + MEASURED,
    "audience_daily": WHO + "video_id text, day date, dimension text, value text, views bigint, share numeric,"
    " followers bigint" + MEASURED,
    "interaction": WHO + "video_id text, comment_id text, parent_id text, author_id text, author_name text, text text,"
    " likes bigint, replies bigint, published_at timestamptz, edited_at timestamptz, hidden boolean,"
    " deleted_at timestamptz, is_own boolean, collected_at timestamptz",
}
"""The agreed columns of each grain, in order."""
SEEN = datetime(2026, 11, 21, 12, tzinfo=UTC)


def set_up(superuser: psycopg.Connection[Any]) -> None:
    """Put an empty table in the place of every staging view, and of those that no platform has."""
    superuser.execute("drop schema if exists staging cascade")
    superuser.execute(f"create schema staging authorization {OWNER}")
    superuser.execute(f"grant usage on schema staging to {APP}")
    for platform in PLATFORMS:
        for grain, columns in GRAINS.items():
            name = f"staging.stg_{platform}__{grain}"
            superuser.execute(f"create table {name} ({columns})")
            superuser.execute(f"alter table {name} owner to {OWNER}")
            superuser.execute(f"call desk.collect_into('{name}')")


def publish(
    superuser: psycopg.Connection[Any],
    video_id: str,
    *,
    owner: str = "alice",
    platform: str = "youtube",
    at: datetime = datetime(2026, 11, 1, 10, tzinfo=UTC),
    release: str | None = None,
) -> str:
    """Write a publication that is out, with its account (named like the platform) and release; return its id."""
    title = release or video_id
    release_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{owner} {title}")
    publication_id = str(uuid.uuid5(release_id, f"{platform} {video_id}"))
    known = {
        "owner": owner, "platform": platform, "release": release_id, "title": title, "publication": publication_id,
        "video": video_id, "at": at,
    }  # fmt: skip
    superuser.execute(
        "insert into desk.account (owner, account_id, platform) values (%(owner)s, %(platform)s, %(platform)s)"
        " on conflict do nothing", known,
    )  # fmt: skip
    superuser.execute(
        "insert into desk.release (release_id, owner, segment, age_bucket, title_id, export_root, video_sha256,"
        " video_bytes, video_fingerprint, metadata, facts) values (%(release)s, %(owner)s, 'women', '18-23', %(title)s,"
        """ '/nowhere', %(title)s, 1, '1', '{"title": "A title", "tags": ["a", "b"], "cost": "12.50"}',"""
        """ '{"duration_seconds": 30.5}') on conflict do nothing""", known,
    )  # fmt: skip
    superuser.execute(
        "insert into desk.publication (publication_id, owner, release_id, account_id, platform, placement, state,"
        " target, video_id, published_at) values (%(publication)s, %(owner)s, %(release)s, %(platform)s, %(platform)s,"
        " 'video', 'published', '{}', %(video)s, %(at)s)", known,
    )  # fmt: skip
    return publication_id


def read(
    grain: str, *rows: Mapping[str, Any], owner: str = "alice", platform: str = "youtube", touch: bool = True
) -> None:
    """Write rows as a reading would, replacing those of the same video and day, and touch their days."""
    with engine.transaction(owner) as connection:
        for row in rows:
            full = {"provisional": False} if grain != "interaction" else {}
            full |= {"platform": platform, "owner": owner, "account_id": platform, "collected_at": SEEN} | dict(row)
            keys = [
                name
                for name in ("video_id", "day", "dimension", "value", "source", "currency", "comment_id")
                if name in full
            ]
            same = " and ".join(f"{name} is not distinct from %({name})s" for name in ("owner", "account_id", *keys))
            table = f"staging.stg_{platform}__{grain}"
            connection.exec_driver_sql(f"delete from {table} where {same}", full)
            values = ", ".join(f"%({name})s" for name in full)
            connection.exec_driver_sql(f"insert into {table} ({', '.join(full)}) values ({values})", full)
        if touch:
            touch_days({row.get("day", SEEN.date()) for row in rows}, owner=owner, platform=platform)


def touch_days(days: Iterable[date], *, owner: str = "alice", platform: str = "youtube") -> None:
    """Put days on the warehouse's list, as a reading does."""
    with engine.transaction(owner) as connection:
        for day in days:
            connection.exec_driver_sql(
                "insert into desk.touched_day (owner, platform, day) values (%(o)s, %(p)s, %(d)s)"
                " on conflict (owner, platform, day) do update set at = clock_timestamp()",
                {"o": owner, "p": platform, "d": day},
            )


def mart(name: str, *, owner: str = "alice", order: str = "1, 2, 3") -> list[Any]:
    """Return all rows of a mart that this owner sees."""
    with engine.transaction(owner) as connection:
        return list(connection.exec_driver_sql(f"select * from marts.{name} order by {order}"))

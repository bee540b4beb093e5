"""The JSON files other programs read: whole, with every key, unknown null, and again when the platform restates."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.analytics import files, store
from include.database import engine
from include.database.embedded_roles import OWNER as TABLES_OWNER
from include.platforms.reading import Rows
from tests.analytics.conftest import NOW, Channel
from tests.publishing.studio import OWNER

BIGINTS = [
    "views_total", "likes_total", "comments_total", "shares_total", "saves_total", "reach_total", "views",
    "engaged_views", "likes", "dislikes", "comments", "shares", "saves", "impressions", "followers_gained",
    "followers_lost",
]  # fmt: skip
NUMERICS = ["watch_seconds_total", "click_rate", "watch_seconds", "average_view_seconds", "completion_rate"]
KEYS = "owner text, account_id text, video_id text, day date"
TABLES = {
    "video_daily": ", ".join([f"{name} bigint" for name in BIGINTS] + [f"{name} numeric" for name in NUMERICS]),
    "traffic_daily": "source text, views bigint, watch_seconds numeric, share numeric",
    "audience_daily": "dimension text, value text, views bigint, share numeric, followers bigint",
}
PRIMARY = {"traffic_daily": ", source", "audience_daily": ", dimension, value"}
DAY = date(2026, 11, 20)


@pytest.fixture
def staged(channel: Channel) -> Channel:
    """The channel, with staging views of the agreed columns over tables of our own."""
    with channel.server.superuser(channel.warehouse) as connection:
        connection.execute("create schema if not exists staging")
        connection.execute("grant usage on schema staging to desk_app")
        for name, told in TABLES.items():
            table, view = f"market.filed_{name}", f"staging.stg_youtube__{name}"
            connection.execute(
                f"create table {table} ({KEYS}, {told}, provisional boolean, collected_at timestamptz, "
                f"extra jsonb default '{{}}', primary key (owner, account_id, video_id, day{PRIMARY.get(name, '')}))"
            )
            connection.execute(f"call desk.collect_into('{table}')")
            connection.execute(f"alter table {table} owner to {TABLES_OWNER}")
            connection.execute(f"drop view if exists {view} cascade")
            connection.execute(f"create view {view} with (security_invoker = true) as select * from {table}")
            connection.execute(f"grant select on {view} to desk_app")
    channel.publish("v1", at=NOW - timedelta(days=2), title_id="clip")
    return channel


def put(table: str, *rows: dict[str, Any]) -> None:
    with engine.transaction(OWNER) as connection:
        given = [{"video_id": "v1", "day": DAY} | row for row in rows]
        store.save(
            connection, OWNER, "my_youtube", datetime.now(UTC), [Rows(table=f"market.filed_{table}", rows=given)]
        )


def path_of(channel: Channel, day: date = DAY) -> Path:
    name = f"clip-v1_{day:%Y%m%d}_analytics.json"
    return channel.studio.folder / "output" / "analytics" / "youtube" / "women" / "18-23" / name


def content(channel: Channel) -> dict[str, Any]:
    told = json.loads(path_of(channel).read_text())
    assert list(told) == ["analytics"]
    return dict(told["analytics"])


def test_a_day_that_was_read_becomes_a_file_with_every_key(staged):
    put("video_daily", {"views_total": 100, "likes_total": 10, "comments_total": 2, "provisional": True})
    assert files.write_new(OWNER, staged.account_id) == 1
    told = content(staged)
    assert list(told) == [
        "platform", "video_id", "title_id", "collected_at", "metrics", "engagement", "audience", "traffic_sources",
        "retention", "provisional",
    ]  # fmt: skip
    assert told["metrics"] == {
        "views": 100, "likes": 10, "comments": 2, "shares": None, "saves": None, "watch_time_seconds": None,
        "average_view_duration": None, "completion_rate": None, "impressions": None, "ctr": None,
    }  # fmt: skip
    assert told["engagement"] == {"engagement_rate": 0.12, "like_rate": 0.1, "comment_rate": 0.02, "share_rate": None}
    assert told["provisional"] is True
    assert told["traffic_sources"] is None


def test_what_is_told_by_day_only_is_summed_when_we_have_every_day(staged):
    first = DAY - timedelta(days=1)
    put(
        "video_daily",
        {"day": first, "views": 30, "watch_seconds": 300, "impressions": 100, "click_rate": 0.1},
        {"views": 20, "watch_seconds": 100, "impressions": 300, "click_rate": 0.3},
    )
    files.write_new(OWNER, staged.account_id)
    told = content(staged)["metrics"]
    assert (told["views"], told["watch_time_seconds"], told["average_view_duration"]) == (50, 400, 8)
    assert (told["impressions"], told["ctr"]) == (400, 0.25)


def test_sums_without_the_first_days_are_unknown(staged):
    staged.rows("update desk.publication set published_at = published_at - interval '9 days' returning 1")
    put("video_daily", {"views": 20, "watch_seconds": 100})
    files.write_new(OWNER, staged.account_id)
    assert content(staged)["metrics"]["views"] is None


def test_audience_and_sources_are_shares(staged):
    put("video_daily", {"views_total": 100})
    put("traffic_daily", {"source": "search", "views": 30}, {"source": "feed", "views": 10})
    put(
        "audience_daily",
        {"dimension": "country", "value": "ES", "share": 0.75}, {"dimension": "gender", "value": "female", "share": 1},
    )  # fmt: skip
    files.write_new(OWNER, staged.account_id)
    told = content(staged)
    assert told["traffic_sources"] == {"search": 0.75, "feed": 0.25}
    assert told["audience"] == {
        "age_ranges": None, "gender": {"female": 1}, "top_countries": {"ES": 0.75}, "devices": None
    }  # fmt: skip


def test_only_what_was_read_since_is_written_and_a_restated_day_again(staged, monkeypatch):
    monkeypatch.setattr(files, "MARGIN", timedelta(0))
    put("video_daily", {"views_total": 100})
    assert files.write_new(OWNER, staged.account_id) == 1
    assert files.write_new(OWNER, staged.account_id) == 0
    put("video_daily", {"views_total": 90})
    assert files.write_new(OWNER, staged.account_id) == 1
    assert content(staged)["metrics"]["views"] == 90


def test_a_full_disk_leaves_the_old_file_and_it_is_written_the_next_time(staged, monkeypatch):
    put("video_daily", {"views_total": 100})
    files.write_new(OWNER, staged.account_id)
    put("video_daily", {"views_total": 200})

    def no_space(*given: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", no_space)
        with pytest.raises(OSError, match="No space"):
            files.write_new(OWNER, staged.account_id)
    assert content(staged)["metrics"]["views"] == 100
    assert [one.name for one in path_of(staged).parent.iterdir()] == [path_of(staged).name]
    files.write_new(OWNER, staged.account_id)
    assert content(staged)["metrics"]["views"] == 200


def test_another_owners_numbers_are_in_no_file(staged):
    put("video_daily", {"views_total": 100})
    staged.studio.connect("youtube", "my_youtube", owner="bob")
    assert files.write_new("bob", "my_youtube") == 0


def test_without_a_staging_view_there_is_nothing_to_write(staged):
    with staged.server.superuser(staged.warehouse) as connection:
        connection.execute("drop view staging.stg_youtube__video_daily cascade")
    assert files.write_new(OWNER, staged.account_id) == 0


def curve(platform: str, *rows: dict[str, Any], account_id: str = "my_youtube") -> None:
    with engine.transaction(OWNER) as connection:
        given = [{"video_id": "v1", "day": DAY} | row for row in rows]
        store.save(connection, OWNER, account_id, datetime.now(UTC), [Rows(table=f"{platform}.retention", rows=given)])


def test_the_curve_told_last_by_the_day_is_in_the_file(staged):
    before, after = DAY - timedelta(days=3), DAY + timedelta(days=1)
    put("video_daily", {"views_total": 100}, {"day": before - timedelta(days=9), "views_total": 1})
    curve(
        "youtube",
        {"day": before - timedelta(days=9), "video_id": "v2", "position": 1, "audience_watch_ratio": 1},
        {"day": before - timedelta(days=4), "position": 1, "audience_watch_ratio": 0.25},
        {"day": before, "position": 0.5, "audience_watch_ratio": 0.625},
        {"day": before, "position": 0.01, "audience_watch_ratio": 1.25},
        {"day": DAY, "position": 0.01, "audience_watch_ratio": None},
        {"day": after, "position": 0.01, "audience_watch_ratio": 0.125},
    )
    files.write_new(OWNER, staged.account_id)
    assert content(staged)["retention"] == {
        "day": before.isoformat(), "along": "length",
        "points": [{"at": 0.01, "watching": 1.25}, {"at": 0.5, "watching": 0.625}],
    }  # fmt: skip
    early = json.loads(path_of(staged, before - timedelta(days=9)).read_text())["analytics"]
    assert early["retention"] is None


@pytest.mark.parametrize(
    ("platform", "rows", "told"),
    [
        ("facebook", [{"step": 39, "share": 0.25}, {"step": 0, "share": 1}],
         {"along": "length", "points": [{"at": 0, "watching": 1}, {"at": 0.975, "watching": 0.25}]}),
        ("tiktok", [{"second": 10, "watching": 0.5}, {"second": 9, "watching": 0.75}],
         {"along": "seconds", "points": [{"at": 9, "watching": 0.75}, {"at": 10, "watching": 0.5}]}),
        ("instagram", [], None),
    ],
)  # fmt: skip
def test_a_curve_is_told_as_its_platform_cuts_it(staged, platform, rows, told):
    if rows:
        curve(platform, *rows)
    with engine.transaction(OWNER) as connection:
        given = {"owner": OWNER, "account_id": "my_youtube", "video_ids": ["v1", "v2"], "day": DAY}
        found = files._retention(connection, platform, given)
    assert found == ({} if told is None else {"v1": told | {"day": DAY.isoformat()}})


def test_another_accounts_curve_of_the_same_id_is_not_taken(staged):
    put("video_daily", {"views_total": 100})
    curve("youtube", {"position": 1, "audience_watch_ratio": 0.5}, account_id="other")
    files.write_new(OWNER, staged.account_id)
    assert content(staged)["retention"] is None

"""A metric that Meta refuses is null and told of once; a comment that is deleted loses nothing but its life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.analytics.meta_stage import NOW, Place, as_before, talked_about  # noqa: F401  found by its name
from tests.publishing.studio import Studio

DAYS = 31
"""After so many a refused metric is asked again (config/analytics.yaml, `ask_refused_again_days`: 30)."""
CASES = {
    "reels of Instagram": ("instagram", "video_counters", "media_insight", "reposts", "views"),
    "days of Instagram": ("instagram", "account", "account_daily", "website_clicks", "views"),
    "reels of Facebook": ("facebook", "video_counters", "video_insight", "fb_reels_replay_count", "comments"),
    "posts of Facebook": ("facebook", "posts", "post", "post_clicks", "post_media_view"),
    "days of the Page": ("facebook", "page", "page_daily", "page_total_actions", "page_media_view"),
    "money of videos": ("facebook", "video_revenue", "revenue_daily", "post_video_ad_break_ad_cpm", "micro_amount"),
}
COLUMNS = {"post_video_ad_break_ad_cpm": "ad_cpm"}
CHANGES = ("deleted_at", "collected_at")


def notices(place: Place) -> list[Any]:
    return place.rows("select about, body from desk.notice where kind = 'metric_refused'")


@pytest.mark.parametrize("case", CASES)
def test_a_refused_metric_is_null_everywhere_and_told_of_once_however_often_it_is_asked(configured: Studio, case: str):
    platform, dataset, table, gone, kept = CASES[case]
    place = Place.opened(configured, platform)
    place.plant(2)
    place.studio.sandbox.settings(meta_retired_metrics=[gone])
    first = place.collect(dataset)
    assert (first.state, first.refused) == ("done", (gone,))
    before = len(place.calls())
    again = place.collect(dataset, everything=True)
    calls = len(place.calls()) - before
    assert (again.state, again.refused) == ("done", ())
    place.move(NOW + timedelta(days=DAYS))
    later = place.collect(dataset, everything=True)
    assert (later.state, later.refused) == ("done", ()), f"asked again after a month and refused: no news, but {later}"
    rows = place.rows(f"select * from {platform}.{table}")
    assert {getattr(row, COLUMNS.get(gone, gone)) for row in rows} == {None}
    assert all(getattr(row, kept) is not None for row in rows)
    assert not any(gone in row.extra for row in rows)
    [notice] = notices(place)
    assert notice.about == f"{place.account_id}/{dataset}/{gone}"
    assert gone in notice.body
    assert calls == 1, "what was refused is not asked again before the month is over"


@pytest.fixture(params=["instagram", "facebook"])
def place(request: Any, configured: Studio) -> Place:
    """An account with one reel that people talk about."""
    return talked_about(configured, request.param, fewer_than=200)


def said(place: Place) -> dict[str, dict[str, Any]]:
    """Return all comments: id → column → value."""
    return {row.comment_id: row._asdict() for row in place.rows(f"select * from {place.platform}.comment")}


def test_a_deleted_comment_and_the_answers_to_it_keep_all_they_were(place: Place):
    place.collect("comments")
    before = said(place)
    parents = [row["parent_id"] for row in before.values() if row["parent_id"]]
    top = parents[0]
    thread = {top} | {key for key, row in before.items() if row["parent_id"] == top}
    place.graph("DELETE", top)
    for days in (8, 16):  # two sweeps: the second says nothing else of what is gone
        place.move(NOW + timedelta(days=days))
        assert place.collect("comments", everything=True).state == "done"
        after = said(place)
        assert {key for key in before if after[key]["deleted_at"] is not None} == thread
        for key in thread:
            lost = {one: after[key][one] for one in after[key] if after[key][one] != before[key][one]}
            assert set(lost) <= set(CHANGES)
            assert after[key]["deleted_at"] == NOW + timedelta(days=8), "when it was first missed"
    shown = place.rows(
        f"select comment_id, text, deleted_at from staging.stg_{place.platform}__interaction"
        " where deleted_at is not null"
    )
    assert {row.comment_id: row.text for row in shown} == {key: before[key]["text"] for key in thread}
    earlier = place.rows(f"select comment_id from {place.platform}.comment_earlier")
    assert not {row.comment_id for row in earlier} & thread, "a deletion is no edit"


def test_a_comment_that_was_edited_and_then_deleted_keeps_both_texts(configured: Studio):
    place = Place.opened(configured, "facebook")
    [video] = place.plant(1)
    mine = place.graph("POST", f"{video}/comments", message="Frist! 🥇")["id"]
    place.collect("comments")
    place.graph("POST", mine, message="First! 🥇")
    place.move(NOW + timedelta(hours=3))
    place.collect("comments", everything=True)
    place.graph("DELETE", mine)
    place.move(NOW + timedelta(days=9))
    place.collect("comments", everything=True)
    row = said(place)[mine]
    assert (row["text"], row["deleted_at"] is not None) == ("First! 🥇", True)
    earlier = place.rows("select text from facebook.comment_earlier where comment_id = %s", mine)
    assert [one.text for one in earlier] == ["Frist! 🥇"]


def test_another_text_of_a_comment_keeps_the_one_before(place: Place):
    place.collect("comments")
    key, row = next(iter(said(place).items()))
    place.rows(f"update {place.platform}.comment set text = 'Another one' where comment_id = %s returning 1", key)
    [earlier] = place.rows(f"select text from {place.platform}.comment_earlier where comment_id = %s", key)
    assert earlier.text == row["text"]

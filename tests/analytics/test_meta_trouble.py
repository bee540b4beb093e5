"""What reading Instagram and Facebook must withstand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.instagram import counters
from tests.analytics.meta_stage import NOW, Place, as_before  # noqa: F401  found by its name
from tests.publishing.studio import OWNER, Studio

LATER = NOW + timedelta(hours=7)
LISTS = {"instagram": "media.list", "facebook": "video_reels.list"}
RETIRED = {"instagram": ("reposts", "reels_skip_rate"), "facebook": ("fb_reels_replay_count",)}


@pytest.fixture(params=["instagram", "facebook"])
def place(request: Any, configured: Studio) -> Place:
    """An account of each."""
    return Place.opened(configured, request.param)


def insights(place: Place) -> dict[str, Any]:
    table = {"instagram": "media_insight", "facebook": "video_insight"}[place.platform]
    return {row.video_id: row for row in place.rows(f"select * from {place.platform}.{table}")}


def forget_limits(place: Place) -> None:
    for table in ("quota_pause", "bucket"):
        place.rows(f"delete from desk.{table} returning 1")


def switch(place: Place, **changes: Any) -> None:
    place.studio.sandbox.settings(**changes)


def test_a_retired_metric_is_null_reported_once_and_costs_nobody_else_anything(place):
    ids = place.plant(3)
    gone = RETIRED[place.platform]
    switch(place, meta_retired_metrics=list(gone))
    first = place.collect("video_counters")
    assert (first.state, set(first.refused)) == ("done", set(gone))
    rows = insights(place)
    assert set(rows) == set(ids)
    assert all(getattr(row, name) is None for row in rows.values() for name in gone)
    views = "views" if place.platform == "instagram" else "blue_reels_play_count"
    truth = place.lifetime()
    assert {one: getattr(row, views) for one, row in rows.items()} == {one: truth[one]["views"] for one in ids}
    before = len(place.calls())
    again = place.collect("video_counters", everything=True)
    assert (again.refused, len(place.calls()) - before) == ((), 1)


def test_retired_metrics_of_the_accounts_days_cost_nobody_else_anything(place):
    place.plant(2)
    name, table, gone, kept = {
        "instagram": ("account", "account_daily", "website_clicks", "views"),
        "facebook": ("page", "page_daily", "page_total_actions", "page_media_view"),
    }[place.platform]
    switch(place, meta_retired_metrics=[gone])
    outcome = place.collect(name)
    assert (outcome.state, outcome.refused) == ("done", (gone,))
    for row in place.rows(f"select * from {place.platform}.{table}"):
        assert getattr(row, gone) is None
        assert getattr(row, kept) is not None


ANSWERS = {
    "429": {"status": 429, "headers": {"Retry-After": "0"}},
    "code 4": {"status": 400, "body": {"error": {"message": "(#4) Application request limit reached", "code": 4}}},
    "code 17": {"status": 400, "body": {"error": {"message": "(#17) User request limit reached", "code": 17}}},
    "code 32": {"status": 403, "body": {"error": {"message": "(#32) Page request limit reached", "code": 32}}},
    "no JSON": {"status": 502, "body": "<html>Bad gateway</html>"},
    "success: false": {"status": 200, "body": {"success": False}},
    "another shape": {"status": 200, "body": {"items": {"none": 1}}},
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answer_of_another_kind_keeps_what_was_whole_and_the_rest_is_read_later(place, fault):
    ids = place.plant(60)
    rule = {"match": {"endpoint": LISTS[place.platform], "nth": 2}, "action": "status", "times": 3}
    place.studio.sandbox.fault(**rule, **ANSWERS[fault])
    ended = place.collect("video_counters")
    assert (ended.state, len(insights(place))) == ("partial", 50)
    place.studio.sandbox.clear_faults()
    forget_limits(place)
    place.move(datetime.now(UTC) + timedelta(hours=1))  # waits go by the real clock
    assert place.collect("video_counters").state == "done"
    assert set(insights(place)) == set(ids)


def test_a_passing_fault_of_metas_is_asked_again_at_once(place):
    ids = place.plant(2)
    error = {"error": {"message": "An unknown error has occurred.", "code": 1, "is_transient": True}}
    place.studio.sandbox.fault(match={"endpoint": LISTS[place.platform]}, action="status", status=500, body=error)
    assert place.collect("video_counters").state == "done"
    assert set(insights(place)) == set(ids)


def test_a_page_that_is_too_large_is_asked_in_halves(place):
    ids = place.plant(60)
    words = "Please reduce the amount of data you're asking for, then retry your request"
    error = {"error": {"message": words, "code": 1}}
    place.studio.sandbox.fault(match={"endpoint": LISTS[place.platform]}, action="status", status=500, body=error)
    before = len(place.calls())
    assert place.collect("video_counters").state == "done"
    assert len(place.calls()) - before == 1 + 3
    assert set(insights(place)) == set(ids)


def test_a_cursor_that_has_expired_is_left_and_the_list_entered_again(place):
    ids = place.plant(120)
    error = {"error": {"message": "(#100) Invalid cursors values", "code": 100}}
    place.studio.sandbox.fault(
        match={"endpoint": LISTS[place.platform], "nth": 2}, action="status", status=400, body=error
    )
    assert place.collect("video_counters").state == "done"
    assert set(insights(place)) == set(ids)


def test_an_expired_token_is_renewed_and_costs_nothing(place):
    ids = place.plant(2)
    place.studio.sandbox.fault(match={"endpoint": LISTS[place.platform]}, action="expire_token")
    assert place.collect("video_counters").state == "done"
    assert set(insights(place)) == set(ids)


def test_a_used_up_limit_ends_the_reading_until_meta_lets_us_in_again(configured):
    place = Place.opened(configured, "instagram")
    place.plant(2)
    place.studio.sandbox.account("instagram", name=f"instagram of {OWNER}", usage_percent=100, regain_minutes=7)
    ended = place.collect("video_counters")
    assert ended.state == "failed"
    assert ended.resumes_at is not None
    assert place.rows("select until from desk.quota_pause")


def test_parts_of_a_batch_that_were_left_out_are_asked_again(place):
    place.plant(3)
    name = "audience" if place.platform == "instagram" else "posts"
    switch(place, meta_batch_nulls=2)
    assert place.collect(name).state == "done"
    if place.platform == "facebook":
        assert len(place.rows("select * from facebook.post")) == 3
    else:
        assert len(place.rows("select distinct dimension from instagram.demographics")) == 4


def test_changed_types_and_new_fields_are_kept_aside(place):
    [video] = place.plant(1)
    moment = NOW - timedelta(days=3)
    edge, metric = {
        "instagram": ("insights", "views"),
        "facebook": ("video_insights", "blue_reels_play_count"),
    }[place.platform]
    told = {
        "id": video, "timestamp": moment.isoformat(), "created_time": moment.isoformat(), "new_field": {"x": 1},
        "like_count": "many", "post_views": "many",
        edge: {"data": [{"name": metric, "values": [{"value": {"odd": 1}}]}, {"name": "new_metric", "values": [
            {"value": 2**60}]}]},
    }  # fmt: skip
    place.studio.sandbox.fault(
        match={"endpoint": LISTS[place.platform]}, action="status", status=200, body={"data": [told]}
    )
    outcome = place.collect("video_counters")
    assert outcome.state == "done"
    assert len(outcome.misfits) == 2
    row = insights(place)[video]
    assert getattr(row, metric) is None
    assert row.extra == {metric: {"odd": 1}, "new_metric": 2**60}
    [counter] = place.rows(f"select extra from {place.platform}.video_counter")
    assert counter.extra["new_field"] == {"x": 1}


def test_posts_from_before_the_conversion_are_null_and_the_others_are_not(configured):
    place = Place.opened(configured, "instagram", professional_since=(NOW - timedelta(days=4)).isoformat())
    old = place.plant(1, at=NOW - timedelta(days=5))
    new = place.plant(2, at=NOW - timedelta(days=3))
    assert place.collect("video_counters").state == "done"
    rows, truth = insights(place), place.lifetime()
    assert rows[old[0]].views is None
    assert {one: rows[one].views for one in new} == {one: truth[one]["views"] for one in new}
    [counter] = place.rows("select like_count from instagram.video_counter where video_id = %s", old[0])
    assert counter.like_count == truth[old[0]]["likes"]


def test_a_deleted_post_is_missing_and_its_history_stays(configured):
    place = Place.opened(configured, "facebook")
    one, two = place.plant(2)
    place.collect("video_counters")
    place.graph("DELETE", one)
    place.move(LATER)
    assert place.collect("video_counters").state == "done"
    missing = place.rows("select video_id from desk.reading where missing_since is not null")
    assert [row.video_id for row in missing] == [one]
    assert set(insights(place)) == {one, two}


def test_instagram_login_is_read_without_batches_and_without_facebooks_fields(configured):
    place = Place.opened(configured, "instagram", login="instagram")
    ids = place.plant(2)
    for name in ("video_counters", "account", "audience", "comments"):
        outcome = place.collect(name)
        assert (outcome.state, outcome.refused) == ("done", ()), name
    assert not place.calls("batch")
    truth = place.lifetime()
    rows = insights(place)
    assert {one: rows[one].views for one in ids} == {one: truth[one]["views"] for one in ids}
    assert all(row.total_views is None for row in rows.values())
    assert place.rows("select 1 from instagram.account_daily where views is not null")


def test_a_login_that_knows_no_captions_loses_the_hashtags_only(configured):
    place = Place.opened(configured, "instagram", login="instagram")
    place.plant(2)
    switch(place, instagram_login_knows_captions=False)
    outcome = place.collect("video_counters")
    assert (outcome.state, set(outcome.refused)) == ("done", {"caption", "media_product_type"})
    assert len(insights(place)) == 2
    assert not place.rows("select 1 from instagram.hashtag")


def test_numbers_are_not_asked_without_the_permission(configured):
    place = Place.opened(configured, "instagram", scopes=["instagram_basic", "pages_show_list"])
    place.plant(1)
    before = len(place.calls())
    assert place.collect("video_counters").state == "idle"
    assert len(place.calls()) == before


def test_every_counter_that_is_asked_has_a_column():
    assert json.dumps(counters.COUNTERS).count("_count") == len(counters.COUNTERS)

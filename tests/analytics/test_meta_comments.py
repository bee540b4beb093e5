"""Comments of Instagram and Facebook: all of them, their answers, what was edited, hidden and deleted since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.analytics.meta_stage import NOW, Place, as_before, talked_about  # noqa: F401  found by its name
from tests.publishing.studio import Studio

LATER = NOW + timedelta(hours=3)


@pytest.fixture(params=["instagram", "facebook"])
def place(request: Any, configured: Studio) -> Place:
    """An account with one reel that people talk about."""
    return talked_about(configured, request.param, fewer_than=400)


def said(place: Place) -> dict[str, Any]:
    return {row.comment_id: row for row in place.rows(f"select * from {place.platform}.comment")}


def change(place: Place, comment_id: str, **form: Any) -> None:
    place.graph("POST", comment_id, **form)


def test_every_comment_is_read_with_its_answers_and_again_changes_nothing(place):
    outcome = place.collect("comments")
    assert (outcome.state, outcome.misfits) == ("done", ())
    rows = said(place)
    [seen] = [one for video, one in place.lifetime().items() if any(row.video_id == video for row in rows.values())]
    assert len(rows) == seen["comments"]
    parents = {row.parent_id for row in rows.values() if row.parent_id}
    assert parents
    assert parents <= set(rows)
    assert not any(rows[one].parent_id for one in parents)
    assert {"كيف أطلب هذا المنتج؟", "👩‍👩‍👧‍👦🏳️‍🌈 family goals"} <= {row.text for row in rows.values()}
    assert all(row.author_name and row.published_at and row.deleted_at is None for row in rows.values())
    assert place.collect("comments", everything=True).rows_changed == 0


def test_what_is_deleted_is_marked_and_keeps_its_text(place):
    place.collect("comments")
    before = said(place)
    gone = next(key for key, row in before.items() if row.parent_id is None and key not in
                {one.parent_id for one in before.values()})  # fmt: skip
    place.graph("DELETE", gone)
    place.move(LATER)
    place.collect("comments", everything=True)
    place.move(LATER + timedelta(days=8))  # a sweep
    place.collect("comments", everything=True)
    after = said(place)
    assert after[gone].deleted_at is not None
    assert after[gone].text == before[gone].text
    assert [key for key, row in after.items() if row.deleted_at] == [gone]


def test_what_is_hidden_is_hidden_after_the_next_reading(place):
    place.collect("comments")
    newest = max(said(place).values(), key=lambda row: (row.parent_id is None, row.published_at)).comment_id
    change(place, newest, **{"hide" if place.platform == "instagram" else "is_hidden": "true"})
    place.collect("comments", everything=True)
    assert said(place)[newest].hidden is True
    [shown] = place.rows(f"select hidden from staging.stg_{place.platform}__interaction where comment_id = %s", newest)
    assert shown.hidden is True


def test_our_own_answer_is_known_as_ours(place):
    place.collect("comments")
    top = next(key for key, row in said(place).items() if row.parent_id is None)
    edge = "replies" if place.platform == "instagram" else "comments"
    answer = place.graph("POST", f"{top}/{edge}", message="Thank you! 🙏")["id"]
    place.move(LATER + timedelta(days=8))
    place.collect("comments", everything=True)
    row = said(place)[answer]
    assert (row.is_own, row.parent_id, row.text) == (True, top, "Thank you! 🙏")


def test_an_edited_comment_keeps_what_it_said_before(configured):
    place = Place.opened(configured, "facebook")
    [video] = place.plant(1)
    mine = place.graph("POST", f"{video}/comments", message="Frist!")["id"]
    place.collect("comments")
    change(place, mine, message="First!")
    place.move(LATER)
    place.collect("comments", everything=True)
    assert said(place)[mine].text == "First!"
    [earlier] = place.rows("select text from facebook.comment_earlier where comment_id = %s", mine)
    assert earlier.text == "Frist!"
    [shown] = place.rows("select edited_at from staging.stg_facebook__interaction where comment_id = %s", mine)
    assert shown.edited_at is not None


def test_a_deleted_video_is_missing_and_its_comments_stay(configured):
    place = Place.opened(configured, "facebook")
    one, _two = place.plant(2)
    place.collect("comments")
    before = len(said(place))
    place.graph("DELETE", one)
    assert place.collect("comments", everything=True).state == "done"
    missing = place.rows("select video_id from desk.reading where missing_since is not null")
    assert [row.video_id for row in missing] == [one]
    assert len(said(place)) == before
    assert not any(row.deleted_at for row in said(place).values())


def test_an_answer_that_is_no_list_deletes_nothing(place):
    place.collect("comments")
    place.studio.sandbox.fault(match={"method": "GET"}, action="status", status=200, body={"items": []}, times=None)
    ended = place.collect("comments", everything=True)
    place.studio.sandbox.clear_faults()
    assert ended.state == "failed"
    assert not any(row.deleted_at for row in said(place).values())


def test_a_comment_that_is_listed_again_is_no_longer_deleted(place):
    place.collect("comments")
    [key, *_] = said(place)
    place.rows(f"update {place.platform}.comment set deleted_at = now() where comment_id = %s returning 1", key)
    place.move(LATER + timedelta(days=8))
    place.collect("comments", everything=True)
    assert said(place)[key].deleted_at is None

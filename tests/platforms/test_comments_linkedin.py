"""Comments below LinkedIn posts: whole, threaded, with edits and deletions noticed, and with few calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from include.platforms.reading import datasets
from include.sandbox.audience import Crowd, Remark, remarks
from tests.platforms.observatory import Observatory
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import Studio


@pytest.fixture
def page(studio: Studio) -> Iterator[Observatory]:  # noqa: F811
    """A page."""
    usual = studio.sandbox.settings()
    yield Observatory(platform="linkedin", studio=studio, placement="post").connect()
    studio.sandbox.settings(**usual)
    studio.sandbox.clear_faults()
    studio.sandbox.forget_calls()


def written(page: Observatory, urn: str, ago: timedelta) -> list[Remark]:
    """Return what people wrote below a planted post."""
    began = int((page.now - ago).timestamp())
    return remarks(Crowd(f"linkedin {urn}", began, 30.0, "UTC"), page.now.timestamp())


def kept(page: Observatory, urn: str) -> dict[int, Any]:
    """Return the comments below a post, as the staging view has them, by their number."""
    rows = page.rows("select * from staging.stg_linkedin__interaction where video_id = %s", urn)
    return {int(row.comment_id[-7:-1]): row for row in rows}


def some_post(page: Observatory, at_least: int, ago: timedelta) -> tuple[str, list[Remark]]:
    """Plant posts, and return one that has so many comments, replies among them, with what was written."""
    for _ in range(8):  # how many people see a post is thrown by its id: 20 posts may all be little seen
        page.plant(20, ago)
        for row in page.rows("select video_id, published_at from desk.publication order by published_at"):
            said = written(page, row.video_id, page.now - row.published_at)
            if len(said) >= at_least and any(one.parent is not None for one in said):
                return row.video_id, said
    raise AssertionError("nobody said enough")


def top_of(said: list[Remark], one: Remark) -> Remark:
    """Return the comment on the first level that a reply stands below."""
    while one.parent is not None:
        one = said[one.parent]
    return one


def test_every_comment_and_reply_is_read_whole(page: Observatory) -> None:
    urn, said = some_post(page, 120, timedelta(days=20))
    assert page.collect("comments").state == "done"
    rows = kept(page, urn)
    assert len(rows) == len(said)
    for one in said:
        row = rows[one.number]
        assert (row.text, row.likes, row.author_id) == (one.text[:1250], one.likes, f"urn:li:person:{one.author}")
        assert row.published_at.timestamp() == pytest.approx(one.at, abs=0.001)
        top = top_of(said, one)
        assert (int(row.parent_id[-7:-1]) if row.parent_id else None) == (None if top is one else top.number)
        assert (row.edited_at, row.deleted_at, row.is_own, row.hidden) == (None, None, False, None)
    assert any("كيف" in row.text for row in rows.values())
    assert any("❤️🔥" in row.text for row in rows.values())


def test_nothing_new_costs_one_call_for_all_posts(page: Observatory) -> None:
    page.plant(40, timedelta(days=9))
    page.collect("comments")
    again = page.collect("comments")
    assert (again.state, again.calls, again.rows_changed) == ("done", 1, 0)


def test_new_comments_are_read_without_the_old_threads(page: Observatory) -> None:
    some_post(page, 60, timedelta(days=5))
    first = page.collect("comments")
    page.move(page.now + timedelta(hours=12))
    second = page.collect("comments")
    assert second.rows_changed > 0
    assert second.calls < first.calls
    for one in page.rows("select video_id, published_at from desk.publication"):
        assert len(kept(page, one.video_id)) == len(written(page, one.video_id, page.now - one.published_at))


def test_an_edit_replaces_the_text_and_keeps_the_old_one(page: Observatory) -> None:
    urn, said = some_post(page, 20, timedelta(days=9))
    page.collect("comments")
    key = f"{urn[-12:]}{said[3].number:06d}"
    page.trait_of(comments_edited={key: "I think otherwise now."})
    page.move(page.now + timedelta(days=7))
    page.collect("comments")
    row = kept(page, urn)[3]
    assert row.text == "I think otherwise now."
    assert row.edited_at > row.published_at
    told = page.rows("select * from linkedin.comment_version where comment_id = %s order by said_at", row.comment_id)
    assert [one.text for one in told] == [said[3].text[:1250], "I think otherwise now."]


def key_of(urn: str, number: int) -> str:
    """Return the sandbox's own key of a comment."""
    return f"{urn[-12:]}{number:06d}"


@pytest.mark.parametrize("age", [9, 28, 60], ids=lambda age: f"post of {age} days")
@pytest.mark.long
def test_edits_of_old_comments_are_noticed_within_a_week_though_nothing_else_changed(
    page: Observatory, age: int
) -> None:
    """The daily run asks for what is due; the post of 28 days comes to be asked once a week meanwhile."""
    urn, said = some_post(page, 20, timedelta(days=age))
    first, reply = (next(one for one in said if (one.parent is None) is top) for top in (True, False))
    nobody_more = [key_of(urn, number) for number in range(len(said), len(said) + 400)]
    page.trait_of(comments_gone=nobody_more)
    page.collect("comments")
    edits = {key_of(urn, one.number): f"What I said of {one.number} was wrong. 🙃" for one in (first, reply)}
    page.trait_of(comments_gone=nobody_more, comments_edited=edits)
    for day in range(7):
        if day < 2:  # its thread is as long as before, nothing tells of it
            assert kept(page, urn)[reply.number].edited_at is None
        page.move(page.now + timedelta(days=1))
        assert page.collect("comments", everything=False).state in ("done", "idle")
    assert len(kept(page, urn)) == len(said)
    for one in (first, reply):
        row, now_says = kept(page, urn)[one.number], edits[key_of(urn, one.number)]
        assert (row.text, row.deleted_at, row.edited_at is not None) == (now_says, None, True)
        told = page.rows(
            "select * from linkedin.comment_version where comment_id = %s order by said_at", row.comment_id
        )
        assert [each.text for each in told] == [one.text[:1250], now_says]
        assert told[0].said_at == row.published_at


@pytest.mark.long
def test_a_deleted_comment_is_marked_and_may_come_back(page: Observatory) -> None:
    urn, said = some_post(page, 20, timedelta(days=9))
    page.collect("comments")
    parent = next(top_of(said, one) for one in said if one.parent is not None)
    thread = {one.number for one in said if top_of(said, one) is parent}
    page.trait_of(comments_gone=[f"{urn[-12:]}{parent.number:06d}"])
    page.move(page.now + timedelta(days=7))
    page.collect("comments")
    mine = kept(page, urn)
    assert {number for number, one in mine.items() if one.deleted_at} == thread
    assert all(one.text for one in mine.values())
    page.trait_of(comments_gone=[])
    page.move(page.now + timedelta(days=7))
    page.collect("comments")
    assert not [one for one in kept(page, urn).values() if one.deleted_at]


def test_no_more_pages_than_are_allowed(page: Observatory) -> None:
    urn, said = some_post(page, 120, timedelta(days=20))
    page.settings(comment_pages=1)
    page.collect("comments")
    tops = [row for row in kept(page, urn).values() if row.parent_id is None]
    assert len(tops) == min(100, sum(one.parent is None for one in said))
    assert page.rows("select 1 from linkedin.comment_gone") == []


def test_a_list_that_ends_early_takes_nothing_for_deleted(page: Observatory) -> None:
    page.plant(5, timedelta(days=9))
    page.collect("comments")
    page.move(page.now + timedelta(days=8))
    page.fault("comments.list", nth=3, status=500)
    outcome = page.collect("comments", everything=False)
    assert (outcome.state in ("partial", "failed"), outcome.resumes_at is not None) == (True, True)
    assert page.rows("select 1 from linkedin.comment_gone") == []
    page.move(page.now + timedelta(hours=3))
    assert page.collect("comments", everything=False).state == "done"
    assert page.rows("select 1 from linkedin.comment_gone") == []


def test_tiktok_has_no_comments_and_neither_tells_of_money() -> None:
    kinds = {one: {dataset.kind for dataset in datasets(one)} for one in ("tiktok", "linkedin")}
    assert kinds == {"tiktok": {"analytics", "accounts"}, "linkedin": {"analytics", "accounts", "comments"}}

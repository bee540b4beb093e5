"""Everything below many videos: the channel's list once, answers by their ids, and nothing lost by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from include.platforms.reading import Asked, Subject
from include.platforms.youtube.sweeps import _worth_a_walk, fewest_sweep_calls
from include.releases.publication import Placement
from tests.platforms.youtube.metrics.stage import NOW, Channel
from tests.platforms.youtube.metrics.test_metrics_comments import kept, spoken


def swept(channel: Channel, now: Any = NOW, **how: Any) -> int:
    """Read everything; return how many calls it took."""
    channel.clock(now)
    channel.studio.sandbox.forget_calls()
    assert channel.collect("comment_sweeps", now, **how).state == "done"
    return len(channel.calls("commentThreads.list")) + len(channel.calls("comments.list"))


def change(channel: Channel, key: str, **how: Any) -> None:
    channel.studio.sandbox._call("POST", "/sandbox/youtube/comment", {"id": key, **how})


def not_shown(channel: Channel) -> list[str]:
    """Return answers that come with no list of threads: older than the five newest of their thread."""
    below: dict[str, list[Any]] = {}
    for row in kept(channel).values():
        if row.parent_id:
            below.setdefault(row.parent_id, []).append(row)
    found = [sorted(rows, key=lambda one: one.published_at)[:-5] for rows in below.values()]
    return [one.comment_id for rows in found for one in rows]


@pytest.mark.long
def test_a_sweep_of_the_whole_channel_makes_the_fewest_calls_and_keeps_everything(channel: Channel):
    videos = channel.plant(40)
    first = swept(channel)
    again = swept(channel, everything=True)
    rows = kept(channel)
    answers = [row.replies for row in rows.values() if row.parent_id is None]
    assert again == fewest_sweep_calls(answers) < len(videos)
    assert again <= first
    there = {key for video in videos[:8] for key in spoken(channel, video)}
    assert there == {key for key, row in rows.items() if row.video_id in videos[:8]}
    sweeps = channel.rows("select * from youtube.comment_sweep")
    assert {one.video_id for one in sweeps} == set(videos)
    assert all(one.whole for one in sweeps)
    (row,) = channel.rows("select count(*) as n from youtube.comment where deleted_at is not null")
    assert row.n == 0


def test_edits_and_deletions_of_answers_no_list_shows_are_noticed(channel: Channel):
    channel.plant(40)
    swept(channel)
    edited, deleted, *_ = not_shown(channel)
    change(channel, edited, text="I changed my mind")
    change(channel, deleted, deleted=True)
    swept(channel, NOW + timedelta(minutes=1), everything=True)
    rows = kept(channel)
    assert rows[edited].text == "I changed my mind"
    assert rows[deleted].deleted_at is not None
    assert [key for key, row in rows.items() if row.deleted_at] == [deleted]


def test_an_answer_in_the_place_of_another_is_found(channel: Channel):
    channel.plant(40)
    swept(channel)
    gone = not_shown(channel)[0]
    parent = kept(channel)[gone].parent_id
    change(channel, gone, deleted=True)
    body = {"snippet": {"parentId": parent, "textOriginal": "Thank you!"}}
    made = channel.ask("POST", "comments", params={"part": "snippet"}, json=body).json()["id"]
    swept(channel, NOW + timedelta(minutes=1), everything=True)
    rows = kept(channel)
    assert rows[made].parent_id == parent
    assert [key for key, row in rows.items() if row.deleted_at] == [gone]


def test_an_answer_no_list_shows_is_found_in_the_place_of_another(channel: Channel):
    channel.plant(120)
    swept(channel)
    rows = kept(channel)
    below: dict[str, list[str]] = {}
    for key in not_shown(channel):
        below.setdefault(str(rows[key].parent_id), []).append(key)
    first, second = next(keys for keys in below.values() if len(keys) > 1)[:2]
    told = {"id": first, "moderationStatus": "heldForReview"}
    assert channel.ask("POST", "comments/setModerationStatus", params=told).status_code == 204
    swept(channel, NOW + timedelta(minutes=1), everything=True)
    told["moderationStatus"] = "published"
    assert channel.ask("POST", "comments/setModerationStatus", params=told).status_code == 204
    change(channel, second, deleted=True)
    swept(channel, NOW + timedelta(minutes=2), everything=True)
    assert [key for key, row in kept(channel).items() if row.deleted_at] == [second]


def test_a_video_that_is_gone_keeps_its_comments(channel: Channel):
    videos = channel.plant(10)
    swept(channel)
    gone = max(videos, key=lambda one: sum(row.video_id == one for row in kept(channel).values()))
    assert channel.ask("DELETE", "videos", params={"id": gone}).status_code == 204
    outcome = channel.collect("comment_sweeps", NOW + timedelta(minutes=1), everything=True)
    assert (outcome.state, outcome.missing) == ("done", 1)
    assert not any(row.deleted_at for row in kept(channel).values())


def test_what_is_held_back_stays_known_sweep_after_sweep(channel: Channel):
    channel.plant(10)
    swept(channel)
    held = next(key for key, row in kept(channel).items() if row.parent_id is None and not row.replies)
    told = {"id": held, "moderationStatus": "heldForReview"}
    assert channel.ask("POST", "comments/setModerationStatus", params=told).status_code == 204
    for minute in (1, 2, 3):
        swept(channel, NOW + timedelta(minutes=minute), everything=True)
        row = kept(channel)[held]
        assert (row.hidden, row.deleted_at) == (True, None)


def test_videos_the_walk_does_not_reach_are_read_one_by_one(channel: Channel):
    old, new = channel.plant(20, NOW - timedelta(days=60)), channel.plant(20, NOW - timedelta(days=2))
    channel.settings(youtube_comments_page_tokens_live=False)  # the walk ends after a page
    swept(channel)
    sweeps = {one.video_id for one in channel.rows("select * from youtube.comment_sweep")}
    assert sweeps == {*old, *new}
    assert {key for video in (*old, *new) for key in first_page(channel, video)} <= set(kept(channel))
    assert not any(row.deleted_at for row in kept(channel).values())


def first_page(channel: Channel, video: str) -> list[str]:
    """Return the newest hundred threads of a video."""
    params = {"part": "snippet", "videoId": video, "maxResults": "100"}
    return [one["id"] for one in channel.ask("GET", "commentThreads", params=params).json()["items"]]


def asked(ages: list[float], **state: Any) -> Asked:
    subjects = tuple(
        Subject(video_id=str(place), published_at=NOW - timedelta(days=age), placement=Placement.VIDEO,
                state={"count": 40})
        for place, age in enumerate(ages)
    )  # fmt: skip
    return Asked(now=NOW, first=NOW.date(), last=NOW.date(), subjects=subjects, state=state)


@pytest.mark.parametrize(
    ("ages", "walk", "reached"),
    [
        ([3.0], None, 0),  # one list is one list
        ([1.0, 2.0, 400.0], None, 3),  # nobody knows yet
        ([1.0, 2.0, 3.0, 400.0], {"pages": 10, "days": 20.0, "ended": False}, 3),  # never to the one of last year
        ([1.0, 2.0], {"pages": 100, "days": 10.0, "ended": False}, 0),  # a busy channel, few videos due
        ([1.0, 200.0, 400.0], {"pages": 2, "days": 10.0, "ended": True}, 3),  # the whole list is short
    ],
)
def test_the_channels_list_is_walked_as_far_as_that_costs_less(
    ages: list[float], walk: dict[str, Any] | None, reached: int
):
    told = {"walk": walk | {"at": (NOW - timedelta(days=1)).isoformat()}} if walk else {}
    subjects, at_most = _worth_a_walk(asked(ages, **told), 10)
    assert (len(subjects), at_most) == (reached, reached)


def test_what_a_walk_cost_is_found_out_anew_after_a_month():
    stale = {"pages": 100, "days": 10.0, "ended": False, "at": (NOW - timedelta(days=31)).isoformat()}
    assert len(_worth_a_walk(asked([1.0, 2.0], walk=stale), 10)[0]) == 2


def test_the_fewest_calls_count_pages_of_threads_and_the_cheaper_way_to_answers():
    assert fewest_sweep_calls([]) == 1
    assert fewest_sweep_calls([0] * 250) == 3
    assert fewest_sweep_calls([5] * 100) == 1
    assert fewest_sweep_calls([8] * 20) == 1 + 2  # 60 by id
    assert fewest_sweep_calls([90, 8]) == 1 + 1 + 1  # ninety below one comment are a list

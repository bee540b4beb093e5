"""A channel's comments are put in order once, and shown as if each list were made of its videos anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from include.sandbox.switches import Switches
from include.sandbox.things import Account
from include.sandbox.world import World
from include.sandbox.youtube_boards import Board, board_of
from include.sandbox.youtube_comments import change
from include.sandbox.youtube_numbers import plant
from include.sandbox.youtube_talk import Said, by_time, find, talk
from include.sandbox.youtube_things import Video, YouTubeComment

NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)
CHANNEL = "UC" + "a" * 22
MODERATION = ("published", "heldForReview", "likelySpam", "rejected")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A channel people talk about, on a day that stands still at noon."""
    found = World(tmp_path, Switches())
    found.accounts.keep(Account(id=CHANNEL, platform="youtube", name="C", handle="c", created_at=0.0))
    at(found, NOON)
    plant(found, CHANNEL, 12, (NOON - timedelta(days=12)).timestamp())
    yield found
    found.close()


def at(world: World, moment: datetime) -> None:
    world.switches.change({"clock_stopped_at": moment.timestamp()})


def video_by_video(world: World) -> list[Said]:
    """Return what is below the videos, the way a list of one video is made."""
    return sorted((one for video in world.shelf(Video) for one in talk(world, video)), key=by_time)


def shown(board: Board) -> tuple[list[list[Said]], dict[str, list[Said]]]:
    tops = [list(board.tops(status)) for status in MODERATION]
    return tops, {top.id: board.answers(top.id) for some in tops for top in some}


def right(world: World) -> bool:
    return shown(board_of(world, CHANNEL)) == shown(Board(video_by_video(world)))


def write(world: World, text: str, parent: Said | None = None) -> YouTubeComment:
    video = parent.video if parent else next(iter(world.shelf(Video))).id
    made = YouTubeComment(
        id=f"{parent.id if parent else 'Ugx'}.{text}", video=video, author=CHANNEL, text=text, at=world.now(),
        parent=parent.id if parent else None,
    )  # fmt: skip
    return world.shelf(YouTubeComment).keep(made)


def test_what_is_to_come_is_not_shown_before_its_time(world):
    counts = []
    for hours in (0, 3, 11.9, 12.1, 48):  # at 12 hours the Pacific day ends
        at(world, NOON + timedelta(hours=hours))
        assert right(world)
        counts.append(len(board_of(world, CHANNEL).tops("published")))
    assert counts == sorted(counts)
    assert counts[0] < counts[2] < counts[-1]
    at(world, NOON)
    assert right(world)
    assert len(board_of(world, CHANNEL).tops("published")) == counts[0]


def test_changes_are_shown_at_once(world):
    first, second, third = board_of(world, CHANNEL).tops("published")[:3]
    change(world, first.id, moderation="heldForReview")
    assert [one.id for one in board_of(world, CHANNEL).tops("heldForReview")] == [first.id]
    assert right(world)
    change(world, second.id, deleted=True)
    assert second.id not in {one.id for one in board_of(world, CHANNEL).tops("published")}
    assert right(world)
    answer = write(world, "Thanks", third)
    assert next(one.id for one in board_of(world, CHANNEL).answers(third.id)) == answer.id
    assert right(world)
    change(world, answer.id, text="Thank you", edited_at=world.now())
    assert next(one.text for one in board_of(world, CHANNEL).answers(third.id)) == "Thank you"
    assert right(world)


def test_what_was_written_by_a_later_clock_stays(world):
    at(world, NOON + timedelta(hours=5))
    write(world, "Later")
    at(world, NOON)
    assert board_of(world, CHANNEL).tops("published")[0].text == "Later"
    assert right(world)


def test_a_video_that_comes_out_closes_or_goes_is_noticed(world):
    video, other, last = list(world.shelf(Video))[:3]
    due = NOON + timedelta(hours=2)
    other.published_at = None
    other.resource["status"] |= {"privacyStatus": "private", "publishAt": due.isoformat()}
    world.shelf(Video).keep(other)
    assert other.id not in {one.video for one in board_of(world, CHANNEL).tops("published")}
    at(world, due + timedelta(hours=9))
    assert right(world)
    assert other.published_at == due.timestamp()
    video.resource["status"]["selfDeclaredMadeForKids"] = True
    world.shelf(Video).keep(video)
    world.shelf(Video).drop(last.id)
    assert not {video.id, last.id} & {one.video for one in board_of(world, CHANNEL).tops("published")}


def test_a_comment_is_found_by_its_id_alone(world):
    there = video_by_video(world)
    assert all(find(world, one.id) == one for one in (*there[:20], *there[-20:]))
    assert find(world, "nothing") is None
    top = there[-1]
    own, answer = write(world, "Mine"), write(world, "Answer", top)
    assert [find(world, one.id).text for one in (own, answer)] == ["Mine", "Answer"]
    change(world, top.id, moderation="heldForReview")
    assert find(world, top.id).moderation == "heldForReview"
    change(world, top.id, deleted=True)
    assert (find(world, top.id), find(world, answer.id)) == (None, None)
    at(world, NOON - timedelta(days=1))
    early = {one.id for one in video_by_video(world)}
    assert all((find(world, one.id) is not None) == (one.id in early) for one in there)


def test_a_list_is_made_once_while_nothing_changes(world, monkeypatch):
    board_of(world, CHANNEL)
    monkeypatch.setattr("include.sandbox.youtube_boards.talk", None)
    at(world, NOON + timedelta(hours=1))
    assert board_of(world, CHANNEL).tops("published")

"""All that is said below a channel's videos, in order: made once, so that a page of a long list costs no more than one.

What the crowd says is known for the whole day. So a channel's comments are put in order until the day's end, and lists
cut off what is still to come; they are made anew when a video, a comment or an account changed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from include.sandbox.world import World
from include.sandbox.youtube_life import settle
from include.sandbox.youtube_talk import Said, by_time, end_of_day, talk
from include.sandbox.youtube_things import Video, YouTubeComment, YouTubeCommentState


class Board:
    """Comments in order, the newest first, as far as they were written by `now` (Unix time)."""

    def __init__(self, said: Iterable[Said], now: float = math.inf) -> None:
        self.now = now
        self._tops: dict[str, list[Said]] = {}
        self._answers: dict[str, list[Said]] = {}
        for one in said:
            if one.parent is None:
                self._tops.setdefault(one.moderation, []).append(one)
            elif one.moderation == "published":
                self._answers.setdefault(one.parent, []).append(one)

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return any(self._by_now(said) for said in (*self._tops.values(), *self._answers.values()))

    def tops(self, moderation: str) -> Sequence[Said]:
        """Return what threads begin with, of one moderation status."""
        return self._by_now(self._tops.get(moderation, []))

    def answers(self, top: str) -> list[Said]:
        """Return the published answers to a comment."""
        return self._by_now(self._answers.get(top, []))

    def _by_now(self, said: list[Said]) -> list[Said]:
        return said[bisect_left(said, -self.now, key=lambda one: -one.at) :]


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A channel's board with what it was made of; `unsettled` are videos of which time alone makes something else."""

    board: Board
    state: tuple[object, ...]
    unsettled: tuple[Video, ...]


_MADE: WeakKeyDictionary[World, dict[str, _Made]] = WeakKeyDictionary()
"""The board of each channel that was asked for."""


def board_of(world: World, channel: str) -> Board:
    """Return everything below a channel's videos that may be commented on."""
    boards, now = _MADE.setdefault(world, {}), world.now()
    made = boards.get(channel)
    for video in made.unsettled if made else ():
        settle(world, video)
    if any(one.at > now for one in world.shelf(YouTubeComment)):  # the clock was put back: what was written stays
        return Board(_said(world, channel, now))
    if made is None or made.state != _state(world):
        said = _said(world, channel, end_of_day(now))
        unsettled = tuple(one for one in world.shelf(Video) if one.channel == channel and _is_unsettled(one))
        made = boards[channel] = _Made(board=Board(said, now), state=_state(world), unsettled=unsettled)
    made.board.now = now
    return made.board


def _said(world: World, channel: str, until: float) -> list[Said]:
    videos = [one for one in world.shelf(Video) if one.channel == channel and not closed(one)]
    return sorted((one for video in videos for one in talk(world, video, until)), key=by_time)


def _state(world: World) -> tuple[object, ...]:
    shelves = (world.shelf(Video), world.shelf(YouTubeComment), world.shelf(YouTubeCommentState), world.accounts)
    return (end_of_day(world.now()), *(one.changes for one in shelves))


def _is_unsettled(video: Video) -> bool:
    waits = "publishAt" in video.resource["status"]
    return waits or video.processed_at is None or video.published_at is None


def closed(video: Video) -> bool:
    """Tell whether nobody may comment: so it is below videos for children."""
    return bool(video.resource["status"].get("selfDeclaredMadeForKids"))

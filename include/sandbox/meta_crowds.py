"""The crowds of Instagram's posts and Facebook's videos, what an account's days add up to, and videos without bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from include.sandbox.accounts import trait
from include.sandbox.audience import METRICS, Crowd
from include.sandbox.facebook_life import settle
from include.sandbox.meta_things import FbVideo, IgMedia, digits, new_media_id, new_video_id
from include.sandbox.world import World, new_id

PLANTED_SECONDS = 30.0
PLANTED = {
    "kind": "video", "container": "mov,mp4", "video_codec": "h264", "audio_codec": "aac", "duration": PLANTED_SECONDS,
    "fps": 30.0, "width": 1080, "height": 1920, "display_width": 1080, "display_height": 1920,
}  # fmt: skip
"""Facts of a video that was never uploaded."""
CAPTIONS = ("A walk by the sea #sea #walking", "#recipe of the day", "No tag at all", "Bonjour #été #Paris 🌊")


def of_media(media: IgMedia) -> Crowd:
    """Return who watches a post or story."""
    return Crowd(f"instagram {media.id}", media.created_at, seconds_of(media.facts))


def of_video(video: FbVideo) -> Crowd:
    """Return who watches a published video."""
    return Crowd(f"facebook {video.id}", float(video.published_at or video.created_at), seconds_of(video.facts))


def seconds_of(facts: dict[str, Any] | None) -> float:
    """Return how long a video lasts; a picture counts as long as a planted video."""
    return float((facts or {}).get("duration") or PLANTED_SECONDS)


def instagram_crowds(world: World) -> Iterable[tuple[str, str, Crowd]]:
    """Return account, post and crowd of everything on Instagram."""
    return [(one.profile, one.id, of_media(one)) for one in world.shelf(IgMedia)]


def facebook_crowds(world: World) -> Iterable[tuple[str, str, Crowd]]:
    """Return Page, video and crowd of everything that is public on Facebook."""
    known = [settle(world, one) for one in world.shelf(FbVideo)]
    return [(one.page, one.id, of_video(one)) for one in known if one.published_at is not None]


class Crowds(tuple[Crowd, ...]):
    """The crowds of an account; what they did in a day is remembered for them, so their hash is worked out once."""

    def __hash__(self) -> int:
        """Return the hash of a tuple."""
        if not hasattr(self, "_hash"):
            self._hash = super().__hash__()
        return self._hash


_CROWDS: WeakKeyDictionary[World, dict[tuple[str, str | None], tuple[object, Crowds]]] = WeakKeyDictionary()
"""What `crowds_of` found, and how often things had changed by then."""


def crowds_of(world: World, account: str, product: str | None = None) -> Crowds:
    """Return the crowds of an Instagram account, of one `product` if it is named, or of a Page."""
    mine = [settle(world, one) for one in world.shelf(FbVideo) if one.page == account]
    state = (world.shelf(IgMedia).changes, world.shelf(FbVideo).changes)
    known = _CROWDS.setdefault(world, {}).get((account, product))
    if known is not None and known[0] == state:
        return known[1]
    posts = [one for one in world.shelf(IgMedia) if one.profile == account and product in (None, one.product)]
    videos = [one for one in mine if one.published_at is not None and product is None]
    found = Crowds([*(of_media(one) for one in posts), *(of_video(one) for one in videos)])
    _CROWDS[world][account, product] = (state, found)
    return found


def on_day(crowds: tuple[Crowd, ...], day: date, now: float) -> dict[str, int]:
    """Return what all of them did in a day, up to now; each day is the sum of its videos' days."""
    if not crowds or crowds[0].midnight(day + timedelta(days=1)) <= now:
        return dict(_whole_day(crowds, day))
    return _sum(one.on_day_until(day, now) for one in crowds if one.began_at <= now)


def until(crowds: tuple[Crowd, ...], moment: float) -> dict[str, int]:
    """Return everything all of them did up to a moment."""
    return _sum(one.until(moment) for one in crowds)


@lru_cache(maxsize=2_000)
def _whole_day(crowds: tuple[Crowd, ...], day: date) -> dict[str, int]:
    return _sum(one.of_day(day) for one in crowds)


def _sum(counts: Iterable[Any]) -> dict[str, int]:
    total = dict.fromkeys(METRICS, 0)
    for count in counts:
        for name, value in count.items():
            total[name] += value
    return total


def followers(world: World, account: str, moment: float | None = None) -> int:
    """Return how many follow an account: those it began with, and what its videos won and lost."""
    found = world.accounts.get(account)
    began = int(trait(found, "followers")) if found else 0
    moved = until(crowds_of(world, account), world.now() if moment is None else moment)
    return began + moved["followers_gained"] - moved["followers_lost"]


def day_of(moment: float) -> date:
    """Return the Pacific day of a moment: Meta's days."""
    return Crowd("", moment).day_at(moment)


def end_of(day: date) -> float:
    """Return when a Pacific day ends: 07:00 or 08:00 in UTC."""
    return Crowd("", 0.0).midnight(day + timedelta(days=1))


def views_yesterday(world: World, account: str) -> int:
    """Return how often an account was seen the day before: what its allowance of calls goes by (meta.md 7.1)."""
    yesterday = day_of(world.now()) - timedelta(days=1)
    return on_day(crowds_of(world, account), yesterday, world.now())["views"]


def plant_media(world: World, account: str, count: int, at: float) -> list[str]:
    """Make reels without bytes, a minute after each other; return their ids."""
    made = [
        IgMedia(
            id=new_media_id(), container="", profile=account, product="REELS", shortcode=new_id(11),
            params={"caption": CAPTIONS[number % len(CAPTIONS)]}, created_at=at + 60 * number, file="", size=0,
            sha256="0" * 64, facts=dict(PLANTED),
        )
        for number in range(count)
    ]  # fmt: skip
    return [world.shelf(IgMedia).keep(one).id for one in made]


def plant_videos(world: World, account: str, count: int, at: float) -> list[str]:
    """Make a Page's reels without bytes, a minute after each other; return their ids."""
    made = []
    for number in range(count):
        moment = at + 60 * number
        made.append(
            FbVideo(
                id=new_video_id(), page=account, kind="reel", created_at=moment, uploaded_at=moment,
                params={"description": CAPTIONS[number % len(CAPTIONS)]}, sha256="0" * 64, facts=dict(PLANTED),
                finished_at=moment, finishes=1, processed_at=moment, published_at=moment,
                post=f"{account}_7{digits(14)}",
            )
        )  # fmt: skip
    return [world.shelf(FbVideo).keep(one).id for one in made]


def days_between(since: float, until_moment: float) -> list[date]:
    """Return the Pacific days that a span of time touches."""
    first, last = day_of(since), day_of(max(since, until_moment - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]

"""What people out there do with a video: the truth all numbers of the sandbox come from.

A `Crowd` is made of a key and a beginning alone, so the same video has the same numbers after a restart and in a test
that works them out again. Everything is whole numbers: what a counter shows at any moment is the sum of the days
before and of the part of today that has passed, and every breakdown of a day adds up to the day.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

METRICS = (
    "views", "engaged_views", "reach", "impressions", "likes", "dislikes", "comments", "shares", "saves", "clicks",
    "watch_seconds", "completed", "followers_gained", "followers_lost", "profile_visits", "monetized_playbacks",
    "ad_impressions", "revenue_micros",
)  # fmt: skip
"""What a crowd does in a day, all counts; `watch_seconds` in seconds, `revenue_micros` in millionths of a US dollar."""
PACIFIC = "America/Los_Angeles"
_SHARES = {
    "engaged_views": (600, 900), "likes": (20, 90), "dislikes": (0, 6), "shares": (3, 25), "saves": (2, 30),
    "clicks": (1, 20), "followers_gained": (1, 15), "followers_lost": (0, 4), "profile_visits": (5, 40),
    "completed": (200, 600), "monetized_playbacks": (200, 500), "reach": (500, 950), "impressions": (3000, 12000),
}  # fmt: skip
"""Per thousand views: from, to."""

_PAIRS = struct.Struct(">32H")


def dice(*parts: object) -> float:
    """Return a number from 0 up to 1 that is always the same for the same parts."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True)
class Crowd:
    """The people who find one video: `key` names it, `began_at` (Unix time) is when it came out.

    `seconds` is how long the video lasts; days are days in `zone`.
    """

    key: str
    began_at: float
    seconds: float = 30.0
    zone: str = PACIFIC

    def first_day(self) -> date:
        """Return the day it came out."""
        return _first_day(self.zone, self.began_at)

    def day_at(self, moment: float) -> date:
        """Return which day a moment (Unix time) belongs to."""
        return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, day: date) -> float:
        """Return the beginning of a day as Unix time; a day has 23 to 25 hours."""
        return _midnight(self.zone, day)

    def of_day(self, day: date) -> Mapping[str, int]:
        """Return what happened in the whole of a day; all zeros before it came out."""
        return _of_day(self, day)

    def on_day_until(self, day: date, moment: float) -> dict[str, int]:
        """Return what happened in a day up to a moment."""
        begins = max(self.midnight(day), self.began_at)
        ends = self.midnight(day + timedelta(days=1))
        part = min(1.0, max(0.0, (moment - begins) / (ends - begins)))
        return {name: math.floor(count * part) for name, count in self.of_day(day).items()}

    def until(self, moment: float) -> dict[str, int]:
        """Return everything since it came out, up to a moment."""
        if moment < self.began_at:
            return dict.fromkeys(METRICS, 0)
        today = self.day_at(moment)
        before, now = _before(self, today), self.on_day_until(today, moment)
        return {name: before[name] + now[name] for name in METRICS}

    def split(self, day: date, metric: str, among: Mapping[str, int]) -> dict[str, int]:
        """Divide a day's count among named parts by weight; the parts add up to the day exactly."""
        return divided(self.of_day(day)[metric], among, self.key, day, metric)


def divided(total: int, among: Mapping[str, int], *salt: object) -> dict[str, int]:
    """Divide a whole number among named parts by weight and a little chance; the parts add up to it exactly."""
    weights = {name: weight * (750 + math.floor(dice(name, *salt) * 500)) for name, weight in among.items()}
    whole = sum(weights.values())
    if not total or not whole:
        return dict.fromkeys(among, 0)
    parts = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(parts.values())
    for name in sorted(parts, key=lambda one: (-weights[one], one))[:left]:
        parts[name] += 1
    return parts


@lru_cache(maxsize=10_000)
def _midnight(zone: str, day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()


@lru_cache(maxsize=200_000)
def _fame(key: str) -> float:
    return 200 * 10 ** (dice(key, "fame") * 2)  # 200 to 20,000 views on the first day


@lru_cache(maxsize=200_000)
def _first_day(zone: str, began_at: float) -> date:
    return datetime.fromtimestamp(began_at, UTC).astimezone(ZoneInfo(zone)).date()


@lru_cache(maxsize=200_000)
def _of_day(crowd: Crowd, day: date) -> Mapping[str, int]:
    age = (day - crowd.first_day()).days
    if age < 0:
        return dict.fromkeys(METRICS, 0)
    thrown = iter(_many_dice(crowd.key, age))
    views = math.floor(_fame(crowd.key) * (0.6 + 0.8 * next(thrown)) / (1 + age / 3))
    found = dict.fromkeys(METRICS, 0) | {"views": views}
    for name, (low, high) in _SHARES.items():
        found[name] = math.floor(views * (low + (high - low) * next(thrown)) / 1000)
    found["comments"] = math.floor(views * next(thrown) / 250)
    found["watch_seconds"] = math.floor(views * crowd.seconds * (0.3 + 0.5 * next(thrown)))
    found["ad_impressions"] = math.floor(found["monetized_playbacks"] * (1 + next(thrown)))
    found["revenue_micros"] = found["ad_impressions"] * (2_000 + math.floor(6_000 * next(thrown)))
    return found


def _many_dice(key: str, age: int) -> list[float]:
    digest = hashlib.blake2b(f"{key}\x1f{age}".encode(), digest_size=64).digest()
    return [one / 65_536 for one in _PAIRS.unpack(digest)]


@lru_cache(maxsize=200_000)
def _before(crowd: Crowd, day: date) -> Mapping[str, int]:
    total = dict.fromkeys(METRICS, 0)
    one = crowd.first_day()
    while one < day:
        for name, count in crowd.of_day(one).items():
            total[name] += count
        one += timedelta(days=1)
    return total


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One comment somebody made; `parent` is the number of the remark it answers, counted from 0."""

    number: int
    at: float
    author: str
    text: str
    likes: int
    parent: int | None = None


TEXTS = (
    "First!", "Love this ❤️🔥", "Where can I buy this?", "كيف أطلب هذا المنتج؟", "¿Cuándo sale el próximo?",
    "This is the worst video I have ever seen", "Check my channel for FREE gifts http://free.example", "😂😂😂",
    "שלום, וידאו נהדר", "Das ist super erklärt, danke!", "@friend look at this", "first line\nsecond line\n\tthird",
    "日本から見てます！", "Is the sound track on some streaming service?", "👩‍👩‍👧‍👦🏳️‍🌈 family goals", "ok",
)  # fmt: skip
LONG_TEXT = "A very long comment. " * 500
"""10,500 characters: cut by whoever shows it to what the platform allows."""


def remarks(crowd: Crowd, until: float, at_most: int = 500) -> list[Remark]:
    """Return what people wrote below a video up to a moment, the oldest first; as many as its days count.

    With `at_most` the rest is left out: a platform that lists fewer than it counts does that, too.
    """
    found: list[Remark] = []
    day = crowd.first_day()
    while crowd.midnight(day) <= until and len(found) < at_most:
        begins, ends = max(crowd.midnight(day), crowd.began_at), crowd.midnight(day + timedelta(days=1))
        count = crowd.of_day(day)["comments"]
        for place in range(count):
            at = begins + (ends - begins) * (place + 1) / count  # as many by any moment as `until` counts
            if at > until or len(found) >= at_most:
                return found
            found.append(_remark(crowd, len(found), at))
        day += timedelta(days=1)
    return found


def _remark(crowd: Crowd, number: int, at: float) -> Remark:
    chance = dice(crowd.key, "remark", number)
    text = LONG_TEXT if number % 97 == 96 else TEXTS[math.floor(chance * len(TEXTS))]
    answers = number and dice(crowd.key, "answers", number) < 0.25
    return Remark(
        number=number,
        at=at,
        author=f"viewer{math.floor(dice(crowd.key, 'author', number) * 400)}",
        text=text,
        likes=math.floor(chance * 9),
        parent=math.floor(dice(crowd.key, "parent", number) * number) if answers else None,
    )

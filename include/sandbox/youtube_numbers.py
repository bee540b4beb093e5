"""Where YouTube's numbers come from: the crowd of each video, cut the way its counters and reports cut it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.audience import METRICS, Crowd
from include.sandbox.things import Account
from include.sandbox.world import World, new_id
from include.sandbox.youtube_life import settle
from include.sandbox.youtube_things import Video

NOTHING: Mapping[str, int] = dict.fromkeys(METRICS, 0)
PLANTED_FACTS: dict[str, Any] = {
    "kind": "video", "problem": None, "container": "mov,mp4,m4a,3gp,3g2,mj2", "duration": 30.0, "bit_rate": 4_000_000,
    "video_codec": "h264", "audio_codec": "aac", "audio_rate": 48_000, "audio_channels": 2, "audio_bit_rate": 128_000,
    "width": 1080, "height": 1920, "display_width": 1080, "display_height": 1920, "rotation": 0, "fps": 30.0,
    "video_bit_rate": 3_800_000,
}  # fmt: skip
MIX: Mapping[str, Mapping[str, int]] = {
    "insightTrafficSourceType": {
        "SHORTS": 55, "YT_SEARCH": 12, "SUBSCRIBER": 11, "RELATED_VIDEO": 8, "YT_CHANNEL": 6, "EXT_URL": 5,
        "NOTIFICATION": 3,
    },
    "deviceType": {"MOBILE": 68, "DESKTOP": 16, "TV": 11, "TABLET": 5},
    "operatingSystem": {"ANDROID": 44, "IOS": 30, "WINDOWS": 13, "MACINTOSH": 7, "SMART_TV": 6},
    "country": {"US": 34, "IN": 18, "DE": 13, "BR": 11, "GB": 10, "JP": 6, "SA": 5, "ZZ": 3},
    "province": {"US-CA": 40, "US-TX": 30, "US-NY": 27, "US-ZZ": 3},
    "city": {"0x808fba02425dad8f": 60, "0x89c24fa5d33f083b": 40},
    "ageGroup": {
        "age13-17": 8, "age18-24": 27, "age25-34": 30, "age35-44": 17, "age45-54": 9, "age55-64": 6, "age65-": 3,
    },
    "gender": {"female": 46, "male": 52, "user_specified": 2},
    "subscribedStatus": {"UNSUBSCRIBED": 79, "SUBSCRIBED": 21},
    "liveOrOnDemand": {"ON_DEMAND": 1},
    "youtubeProduct": {"CORE": 96, "KIDS": 4},
    "insightPlaybackLocationType": {"SHORTS": 55, "WATCH": 35, "EMBEDDED": 6, "CHANNEL": 4},
    "insightPlaybackLocationDetail": {"news.example": 70, "blog.example": 30},
    "insightTrafficSourceDetail": {"how to": 40, "unboxing": 35, "رحلة": 25},
    "sharingService": {"WHATS_APP": 50, "COPY_PASTE": 35, "REDDIT": 15},
    "adType": {"auctionTrueviewInstream": 60, "auctionInstream": 30, "reservedInstream": 10},
}  # fmt: skip
"""How a crowd divides: dimension → value → weight (values as in youtube.md 10.5)."""
_WEIGHTS = {dimension: tuple(weights.values()) for dimension, weights in MIX.items()}


def crowd_of(world: World, video: Video) -> Crowd | None:
    """Return who finds a video; None while it was never public or nobody has looked at its file."""
    settle(world, video)
    if video.published_at is None or video.facts is None:
        return None
    return Crowd(key=video.id, began_at=video.published_at, seconds=max(1.0, float(video.facts.get("duration") or 1.0)))


def crowds(world: World) -> Iterator[tuple[str, str, Crowd]]:
    """Yield channel, video and crowd of everything that was ever public."""
    for video in world.shelf(Video):
        if (crowd := crowd_of(world, video)) is not None:
            yield video.channel, video.id, crowd


def crowds_of(world: World, channel: str, only: Iterable[str] | None = None) -> list[tuple[str, Crowd]]:
    """Return video and crowd of a channel's videos, or of those named."""
    shelf = world.shelf(Video)
    videos: Iterable[Video] = shelf if only is None else [one for key in only if (one := shelf.get(key))]
    return [
        (video.id, crowd)
        for video in videos
        if video.channel == channel and (crowd := crowd_of(world, video)) is not None
    ]


def counters(world: World, video: Video) -> Mapping[str, int]:
    """Return everything that happened to a video until now."""
    crowd = crowd_of(world, video)
    return crowd.until(world.now()) if crowd else NOTHING


def channel_counters(world: World, account: Account) -> dict[str, int]:
    """Return what a channel has come to: its views, and subscribers (those it began with and those that came)."""
    total = {"views": 0, "subscribers": int(trait(account, "subscribers"))}
    for _, crowd in crowds_of(world, account.id):
        now = crowd.until(world.now())
        total["views"] += now["views"]
        total["subscribers"] += now["followers_gained"] - now["followers_lost"]
    return total


def reported(world: World, crowd: Crowd, day: date) -> Mapping[str, int] | None:
    """Return a day as YouTube's reports have it by now: not yet (None), smaller than it will be, or final."""
    switches = world.switches
    hours = (world.now() - crowd.midnight(day + timedelta(days=1))) / 3600
    if hours < switches.youtube_reports_lag_hours:
        return None
    counts = crowd.of_day(day)
    if hours >= switches.youtube_reports_settle_hours:
        return counts
    return {name: count * switches.youtube_reports_provisional_percent // 100 for name, count in counts.items()}


def parts(counts: Mapping[str, int], dimension: str, *salt: object) -> dict[str, dict[str, int]]:
    """Divide counts among a dimension's values, always the same way; each count's parts add up to it exactly."""
    divided = pieces(tuple(counts.values()), dimension, "\x1f".join(map(str, salt)))
    return {value: dict(zip(counts, piece, strict=True)) for value, piece in zip(MIX[dimension], divided, strict=True)}


def pieces(counts: tuple[int, ...], dimension: str, salt: str) -> list[tuple[int, ...]]:
    """Divide counts like `parts`: for each value of the dimension, in its order, what it has of each count."""
    weights = _WEIGHTS[dimension]
    chances = hashlib.blake2b(f"{dimension}\x1f{salt}".encode(), digest_size=len(weights)).digest()
    shares = [weight * (256 + chance) for weight, chance in zip(weights, chances, strict=True)]
    whole, biggest = sum(shares), shares.index(max(shares))
    columns = []
    for count in counts:
        column = [count * share // whole for share in shares]
        column[biggest] += count - sum(column)
        columns.append(column)
    return list(zip(*columns, strict=True))


def plant(world: World, account: str, count: int, at: float) -> list[str]:
    """Make public videos without bytes, a minute after each other; return their ids."""
    made = []
    for number in range(count):
        moment = at + 60 * number
        video = Video(
            id=new_id(11), channel=account, file=f"planted-{number}", file_name=f"planted-{number}.mp4", size=1,
            created_at=moment, shows_at=moment, sha256="0" * 64, facts=dict(PLANTED_FACTS), processed_at=moment,
            published_at=moment, resource=planted_resource(number),
        )  # fmt: skip
        world.shelf(Video).keep(video)
        made.append(video.id)
    return made


def planted_resource(number: int) -> dict[str, Any]:
    """Return the texts and settings of a planted video."""
    return {
        "snippet": {
            "title": f"Planted {number}", "description": "", "categoryId": "22",
            "tags": ["planted", f"number {number}"],
        },
        "status": {
            "privacyStatus": "public", "license": "youtube", "embeddable": True, "publicStatsViewable": True,
            "selfDeclaredMadeForKids": False, "containsSyntheticMedia": False,
        },
    }  # fmt: skip

"""Who watches a TikTok video in the sandbox, what that comes to for its creator, and videos without bytes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, timedelta

from include.sandbox.accounts import default_app, trait
from include.sandbox.audience import METRICS, Crowd
from include.sandbox.things import Account
from include.sandbox.tiktok_state import settle_all
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World, new_id

ZONE = "UTC"
PLANTED_SECONDS = 30.0
PLANTED_FACTS = {
    "container": "mov,mp4,m4a,3gp,3g2,mj2", "video_codec": "h264", "audio_codec": "aac", "width": 1080, "height": 1920,
    "display_width": 1080, "display_height": 1920, "fps": 30.0, "duration": PLANTED_SECONDS, "problem": None,
}  # fmt: skip


def crowd_of(post: Post) -> Crowd:
    """Return the crowd of a post that is out."""
    seconds = float((post.facts or {}).get("duration") or PLANTED_SECONDS)
    return Crowd(f"tiktok {post.post}", post.done_at or 0.0, seconds, ZONE)


def public_posts_of(world: World, account: Account) -> list[Post]:
    """Return a creator's public posts, the newest first; those that the creator took away are gone."""
    settle_all(world)
    return _public(world, account, list(world.shelf(Post)))


def _public(world: World, account: Account, posts: list[Post]) -> list[Post]:
    gone = set(trait(account, "taken_away") or ())
    out_by = world.now() - world.switches.tiktok_moderation_seconds
    public = [
        one
        for one in posts
        if one.account == account.id and one.kind == "direct" and one.done_at and one.done_at <= out_by
        and one.info["privacy_level"] == "PUBLIC_TO_EVERYONE" and str(one.post) not in gone
    ]  # fmt: skip
    return sorted(public, key=lambda one: -(one.done_at or 0))


def crowds(world: World) -> Iterator[tuple[str, str, Crowd]]:
    """Yield account id, video id and crowd of every public post."""
    settle_all(world)
    posts = list(world.shelf(Post))
    for account in world.accounts:
        if account.platform == "tiktok":
            for post in _public(world, account, posts):
                yield account.id, str(post.post), crowd_of(post)


def totals(posts: list[Post], moment: float) -> dict[str, int]:
    """Return what a creator's posts came to up to a moment."""
    sums = dict.fromkeys(METRICS, 0)
    for post in posts:
        for name, count in crowd_of(post).until(moment).items():
            sums[name] += count
    return sums


def of_day(posts: list[Post], day: date) -> dict[str, int]:
    """Return what a creator's posts came to on a whole day."""
    sums = dict.fromkeys(METRICS, 0)
    for post in posts:
        for name, count in crowd_of(post).of_day(day).items():
            sums[name] += count
    return sums


def followers(posts: list[Post], moment: float) -> int:
    """Return how many follow a creator: those the videos brought, without those who left."""
    sums = totals(posts, moment)
    return sums["followers_gained"] - sums["followers_lost"]


def end_of(day: date) -> float:
    """Return the moment at which all of a day has happened, and nothing of the next: Unix time."""
    return Crowd("", 0.0, zone=ZONE).midnight(day + timedelta(days=1))


def plant(world: World, account: str, count: int, at: float) -> list[str]:
    """Make public posts of an account, without bytes, a minute after each other; return their ids."""
    app, ids = default_app(world, "tiktok").id, []
    for number in range(count):
        moment = at + 60 * number
        post = Post(
            id=f"v_pub_file~v2-1.{new_id(18, '0123456789')}", account=account, app=app, kind="direct",
            info={"title": f"Planted {number} #planted #clip{number % 5}", "privacy_level": "PUBLIC_TO_EVERYONE"},
            total=0, chunk=0, count=0, upload=new_id(24), secret=new_id(8), created_at=moment, uploaded_at=moment,
            sha256="", facts=PLANTED_FACTS, done_at=moment, post=7 * 10**18 + secrets.randbelow(5 * 10**17), polls=1,
        )  # fmt: skip
        world.shelf(Post).keep(post)
        ids.append(str(post.post))
    return ids

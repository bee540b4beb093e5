"""Who sees a LinkedIn post in the sandbox, what that comes to for its author, and posts without bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from include.sandbox.accounts import default_app, trait
from include.sandbox.audience import METRICS, Crowd
from include.sandbox.linkedin_answers import PERSON, pages_of
from include.sandbox.linkedin_things import LinkedInPost, LinkedInVideo
from include.sandbox.world import World, new_id

ZONE = "UTC"
USUAL_SECONDS = 30.0
PLANTED_FACTS = {
    "container": "mov,mp4,m4a,3gp,3g2,mj2", "video_codec": "h264", "audio_codec": "aac", "width": 1080, "height": 1920,
    "display_width": 1080, "display_height": 1920, "fps": 30.0, "duration": USUAL_SECONDS, "problem": None,
}  # fmt: skip
DIGITS = "0123456789"


def crowd_of(world: World, post: LinkedInPost) -> Crowd:
    """Return the crowd of a post."""
    video = world.shelf(LinkedInVideo).get(post.video)
    seconds = float(((video.facts if video else None) or {}).get("duration") or USUAL_SECONDS)
    return Crowd(f"linkedin {post.id}", post.created_at, seconds, ZONE)


def posts_by(world: World, author: str) -> list[LinkedInPost]:
    """Return an author's posts that are still there."""
    return [post for post in world.shelf(LinkedInPost) if post.author == author and not post.deleted]


def crowds(world: World) -> Iterator[tuple[str, str, Crowd]]:
    """Yield account id, post's URN and crowd of every post that is still there."""
    for post in world.shelf(LinkedInPost):
        if not post.deleted:
            yield post.account, post.id, crowd_of(world, post)


def totals(world: World, posts: list[LinkedInPost], moment: float) -> dict[str, int]:
    """Return what posts came to up to a moment."""
    sums = dict.fromkeys(METRICS, 0)
    for post in posts:
        for name, count in crowd_of(world, post).until(moment).items():
            sums[name] += count
    return sums


def of_day(world: World, posts: list[LinkedInPost], day: date) -> dict[str, int]:
    """Return what posts came to on a day; today, up to now."""
    sums = dict.fromkeys(METRICS, 0)
    for post in posts:
        for name, count in crowd_of(world, post).on_day_until(day, world.now()).items():
            sums[name] += count
    return sums


def followers(world: World, author: str, moment: float) -> int:
    """Return how many follow an author: those the posts brought, without those who left."""
    sums = totals(world, posts_by(world, author), moment)
    return sums["followers_gained"] - sums["followers_lost"]


def midnight(day: date) -> float:
    """Return the beginning of a day, as Unix time."""
    return Crowd("", 0.0, zone=ZONE).midnight(day)


def end_of(day: date) -> float:
    """Return the moment at which all of a day has happened, and nothing of the next: Unix time."""
    return midnight(day + timedelta(days=1))


def plant(world: World, account_id: str, count: int, at: float) -> list[str]:
    """Make posts of an account, without bytes, a minute after each other; return their URNs."""
    account = world.accounts.get(account_id)
    pages = pages_of(account) if account and trait(account, "posts_as") == "organization" else []
    author, app, urns = pages[0] if pages else PERSON + account_id, default_app(world, "linkedin").id, []
    for number in range(count):
        moment = at + 60 * number
        video = LinkedInVideo(
            id=f"urn:li:video:C5{new_id(18)}", account=account_id, app=app, owner=author, size=1_000_000,
            secret=new_id(8), created_at=moment, expires_at=moment, wants_thumbnail=False, finalised_at=moment,
            sha256="", facts=PLANTED_FACTS,
        )  # fmt: skip
        body = {
            "author": author, "commentary": f"Planted {number} #planted", "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": []}, "lifecycleState": "PUBLISHED",
            "content": {"media": {"id": video.id, "title": f"Planted {number}"}}, "isReshareDisabledByAuthor": False,
        }  # fmt: skip
        post = LinkedInPost(
            id=f"urn:li:ugcPost:7{new_id(18, DIGITS)}", account=account_id, app=app, author=author, video=video.id,
            body=body, created_at=moment, modified_at=moment,
        )  # fmt: skip
        world.shelf(LinkedInVideo).keep(video)
        world.shelf(LinkedInPost).keep(post)
        urns.append(post.id)
    return urns

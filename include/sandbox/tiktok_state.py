"""What becomes of a TikTok post after its last byte: checks, moderation, its public id (A.8, A.9)."""

from __future__ import annotations

import secrets

from include.sandbox.accounts import trait
from include.sandbox.tiktok_things import Post
from include.sandbox.world import World

DAY = 86_400
CODECS = {"h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9"}
FORMATS = ("mp4", "mov", "webm", "matroska")
MIN_FPS, MAX_FPS = 23.0, 60.0
MIN_SIDE, MAX_SIDE = 360, 4096
MAX_SECONDS = 600
FPS_SLACK = 0.5
"""23.976 and 59.94 are written as 24 and 60; frame rates are averages."""


def settle(world: World, post: Post) -> Post:
    """Let time pass for a post: its processing may have ended."""
    if post.done_at or post.failed or not post.uploaded_at or post.facts is None:
        return post
    if world.now() < post.uploaded_at + world.switches.processing_seconds:
        return post
    reason = post.fail or check_file(world, post)
    limit = world.switches.tiktok_posts_per_day
    if not reason and post.kind == "direct" and limit and delivered_today(world, post.account) >= limit:
        reason = "spam_risk_too_many_posts"
    if reason:
        post.failed = reason
    else:
        post.done_at = world.now()
        post.post = 7 * 10**18 + secrets.randbelow(5 * 10**17) if post.kind == "direct" else None
    if world.shelf(Post).get(post.id) is post:
        world.shelf(Post).keep(post)
    return post


def settle_all(world: World) -> None:
    """Let time pass for every post."""
    for post in world.shelf(Post):
        settle(world, post)


def delivered_today(world: World, account: str) -> int:
    """Count the direct posts of an account in the last 24 hours."""
    since = world.now() - DAY
    return sum(
        one.account == account and one.kind == "direct" and one.done_at is not None and one.done_at > since
        for one in world.shelf(Post)
    )


def check_file(world: World, post: Post) -> str | None:
    """Return the reason a file is refused, or None."""
    facts = post.facts or {}
    if facts.get("problem") or facts.get("video_codec") not in CODECS:
        return "file_format_check_failed"
    if not any(name in facts["container"] for name in FORMATS):
        return "file_format_check_failed"
    account = world.accounts.get(post.account)
    own = trait(account, "max_duration_seconds") if account else None
    longest = min(MAX_SECONDS, own or world.switches.tiktok_max_duration_seconds)
    if facts["duration"] <= 0 or facts["duration"] > longest + 1:
        return "duration_check_failed"
    if not MIN_FPS - FPS_SLACK <= facts["fps"] <= MAX_FPS + FPS_SLACK:
        return "frame_rate_check_failed"
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (facts["width"], facts["height"])):
        return "picture_size_check_failed"
    return None


def status_of(post: Post) -> str:
    """Return the status name of a settled post."""
    if post.failed:
        return "FAILED"
    if post.done_at is None:
        return "PROCESSING_DOWNLOAD" if post.pulled_from else "PROCESSING_UPLOAD"
    return "SEND_TO_USER_INBOX" if post.kind == "inbox" else "PUBLISH_COMPLETE"


def is_public(world: World, post: Post) -> bool:
    """Tell whether moderation has let a public post out, so that its id is known."""
    if post.done_at is None or post.post is None or post.info.get("privacy_level") != "PUBLIC_TO_EVERYONE":
        return False
    over = world.now() >= post.done_at + world.switches.tiktok_moderation_seconds
    return over and post.polls > world.switches.tiktok_moderation_polls

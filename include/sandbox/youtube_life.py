"""What becomes of a YouTube video after its last byte: processing, publishing time, Shorts (youtube.md 4.2, 7)."""

from __future__ import annotations

from dataclasses import dataclass

from include.sandbox.accounts import trait
from include.sandbox.things import Account
from include.sandbox.world import World
from include.sandbox.youtube_metadata import time_of
from include.sandbox.youtube_things import Video

FAILURES = {"conversion", "invalidFile", "emptyFile", "tooSmall", "codec", "uploadAborted"}
REJECTIONS = {
    "claim", "copyright", "duplicate", "inappropriate", "legal", "length", "termsOfUse", "trademark",
    "uploaderAccountClosed", "uploaderAccountSuspended",
}  # fmt: skip
PROBLEMS = {"empty": "emptyFile", "no picture": "codec"}
"""What we saw in a file → YouTube's failure reason; every other problem is an invalid file."""
LONG_SECONDS = 15 * 60
LONGEST_SECONDS = 12 * 3600


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How far processing is: uploaded, processed, failed or rejected, and why."""

    state: str
    reason: str | None = None


def settle(world: World, video: Video) -> Video:
    """Let time pass for a video: processing may have ended, its publishing time may have come."""
    now, changed = world.now(), False
    if video.processed_at is None and video.facts and now >= video.created_at + world.switches.processing_seconds:
        video.processed_at, changed = now, True
    status = video.resource["status"]
    due = time_of(status["publishAt"]) if "publishAt" in status else None
    if due is not None and due <= now:
        status.pop("publishAt")
        status["privacyStatus"] = "private" if video.locked_private else "public"
        changed = True
    if status["privacyStatus"] == "public" and video.published_at is None:
        video.published_at, changed = due or now, True
    if changed and world.shelf(Video).get(video.id) is video:
        world.shelf(Video).keep(video)
    return video


def settle_all(world: World) -> None:
    """Let time pass for every video."""
    for video in world.shelf(Video):
        settle(world, video)


def outcome_of(world: World, video: Video) -> Outcome:
    """Tell how far a settled video is."""
    if video.processed_at is None or video.facts is None:
        return Outcome(state="uploaded")
    if video.fail:
        state = "rejected" if video.fail in REJECTIONS else "failed"
        return Outcome(state=state, reason=video.fail)
    if problem := video.facts["problem"]:
        return Outcome(state="failed", reason=PROBLEMS.get(problem, "invalidFile"))
    account = world.accounts.get(video.channel)
    limit = LONGEST_SECONDS if account and trait(account, "verified") else LONG_SECONDS
    if video.facts["duration"] > limit:
        return Outcome(state="rejected", reason="length")
    return Outcome(state="processed")


def is_short(world: World, video: Video) -> bool:
    """Tell whether YouTube shows it as a Short: square or vertical, up to 180 s (youtube.md 7)."""
    facts = video.facts or {}
    if facts.get("problem") or not facts:
        return False
    vertical: bool = facts["display_height"] >= facts["display_width"]
    return vertical and facts["duration"] <= world.switches.youtube_shorts_max_seconds


def can_see(account: Account, video: Video) -> bool:
    """Tell whether an account may read a video."""
    return video.channel == account.id or video.resource["status"]["privacyStatus"] != "private"

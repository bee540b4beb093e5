"""What a video's resource says about its processing, decided in the order of youtube.md 4.2."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from include.platforms.contract import Posting
from include.platforms.errors import AccountTrouble, PlatformError, Rejected
from include.platforms.youtube.payloads import privacy_to_send

PARTS = "status,processingDetails"
FIRST_LOOK_SECONDS = 15.0
SLOWEST_LOOK_SECONDS = 300.0

FAILED = {
    "conversion": "it could not be converted",
    "invalidFile": "the file is damaged or no video",
    "emptyFile": "the file is empty",
    "tooSmall": "the file is too small",
    "codec": "its codec is not supported",
    "uploadAborted": "the upload was broken off",
    "uploadFailed": "the upload failed",
    "transcodeFailed": "it could not be converted",
    "streamingFailed": "it could not be prepared for playing",
}
"""`failureReason` and `processingFailureReason` → why, for a person."""

REJECTED = {
    "claim": "somebody claims its content",
    "copyright": "it infringes somebody's copyright",
    "duplicate": "the channel already has the same video",
    "inappropriate": "its content is not allowed",
    "legal": "of a legal complaint",
    "length": "it is too long for this channel",
    "termsOfUse": "it breaks the terms of use",
    "trademark": "it infringes a trademark",
}
"""`rejectionReason` → because …, for a person."""

ACCOUNT = {
    "uploaderAccountClosed": "The channel was closed.",
    "uploaderAccountSuspended": "The channel is suspended.",
}


def state_of(video: dict[str, Any], *, all_sizes: bool) -> Literal["working", "done"]:
    """Say whether a video is processed; raise `Rejected` or `AccountTrouble` when it never will be.

    `all_sizes`: wait for the whole processing, as Shorts' thumbnails need (youtube.md 4.2 step 4).
    """
    status, processing = video.get("status") or {}, video.get("processingDetails") or {}
    upload, progress = status.get("uploadStatus"), processing.get("processingStatus")
    error = _failure(str(upload), status, str(progress), processing)
    if error is not None:
        raise error
    if progress == "succeeded":
        return "done"
    if upload == "processed" and not (all_sizes and progress == "processing"):
        return "done"
    return "working"


def _failure(upload: str, status: dict[str, Any], progress: str, processing: dict[str, Any]) -> PlatformError | None:
    if upload == "deleted":
        return removed()
    if upload == "rejected":
        reason = str(status.get("rejectionReason"))
        if reason in ACCOUNT:
            return AccountTrouble(ACCOUNT[reason], code=reason)
        return Rejected(f"YouTube rejected the video because {REJECTED.get(reason, f'of {reason}')}.", code=reason)
    if upload == "failed" or progress in ("failed", "terminated"):
        reason = str(status.get("failureReason") or processing.get("processingFailureReason") or progress)
        return Rejected(f"YouTube could not process the video: {FAILED.get(reason, reason)}.", code=reason)
    return None


def removed() -> Rejected:
    """Return the error of a video that is no longer there."""
    return Rejected("The video is no longer on YouTube: it was removed there.", code="deleted")


def percent_of(video: dict[str, Any]) -> float | None:
    """Return how much is processed, 0 to 100, or None when YouTube does not say."""
    progress = (video.get("processingDetails") or {}).get("processingProgress") or {}
    try:
        return min(100.0, 100 * int(progress["partsProcessed"]) / int(progress["partsTotal"]))
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None


def look_again_after(uploaded_at: str | None, now: datetime) -> float:
    """Return when to look again, in seconds: 15 at first, each wait half as long again, up to 300.

    It follows from the age of the upload alone (15 + 22.5 + 33.75 + … after `age` seconds the next is 15 +
    age / 2), so that it does not matter how often somebody looked in between.
    """
    age = (now - datetime.fromisoformat(uploaded_at)).total_seconds() if uploaded_at else 0.0
    return min(SLOWEST_LOOK_SECONDS, FIRST_LOOK_SECONDS + max(0.0, age) / 2)


def privacy_warning(posting: Posting, video: dict[str, Any]) -> str | None:
    """Return a sentence when YouTube gave the video another privacy than we asked for (youtube.md 3.6)."""
    given, asked = (video.get("status") or {}).get("privacyStatus"), privacy_to_send(posting)
    if given in (None, asked):
        return None
    if posting.publish_at is not None and given == "public" and posting.publish_at <= datetime.now(UTC):
        return None  # its time came while we waited
    return f"YouTube made the video {given}, although {asked} was asked for: look at the channel's settings."

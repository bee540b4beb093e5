"""What each YouTube error means for us: the platform's code → our class and a sentence for a person.

Only the stable `reason` decides, never the text, with one exception: an exhausted daily bucket and a
short-term limit share the code `rateLimitExceeded`, and only the text says "per day" (youtube.md 6.4).
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import httpx

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.platforms.http import body_of, seconds_to_wait

PACIFIC = ZoneInfo("America/Los_Angeles")
PER_DAY = re.compile(r"limit '.*per day'", re.IGNORECASE | re.DOTALL)
CHANNEL_UPLOADS_RESET = timedelta(hours=24)
"""A channel's own upload limit; undisclosed, about a day (youtube.md 6.3)."""
THUMBNAILS_RESET = timedelta(hours=6)
""""Too many thumbnails recently": hours, the figure is not documented (youtube.md 5.1)."""

Kind = Literal["rejected", "account", "day", "channel_day", "hours", "again"]

REASONS: dict[str, tuple[Kind, str]] = {
    # limits
    "quotaExceeded": ("day", "YouTube's daily limit for API calls is reached."),
    "dailyLimitExceeded": ("day", "YouTube's daily limit for API calls is reached."),
    "uploadLimitExceeded": ("channel_day", "YouTube's daily upload limit for this channel is reached."),
    "uploadRateLimitExceeded": (
        "hours",
        "YouTube accepts no more thumbnails from this channel for some hours.",
    ),
    "rateLimitExceeded": ("again", "YouTube asks us to slow down."),
    "userRateLimitExceeded": ("again", "YouTube asks us to slow down."),
    "conflict": ("again", "YouTube was busy with another change to the same thing."),
    "aborted": ("again", "YouTube was busy with another change to the same thing."),
    "SERVICE_UNAVAILABLE": ("again", "YouTube was busy with another change to the same thing."),
    # the account
    "authError": ("account", "YouTube no longer accepts this account's sign-in: reconnect it."),
    "expired": ("account", "YouTube no longer accepts this account's sign-in: reconnect it."),
    "authorizationRequired": ("account", "YouTube no longer accepts this account's sign-in: reconnect it."),
    "required": ("account", "YouTube no longer accepts this account's sign-in: reconnect it."),
    "youtubeSignupRequired": (
        "account",
        "This Google account has no YouTube channel: create one, then reconnect.",
    ),
    "insufficientPermissions": (
        "account",
        "A permission was not granted when the account was connected: reconnect it and tick every box.",
    ),
    "accessNotConfigured": (
        "account",
        "The YouTube Data API is not enabled for our app: enable it in the Google Cloud console.",
    ),
    "forbidden": ("account", "YouTube does not allow this account to do that."),
    "accountDelegationForbidden": (
        "account",
        "This account may not act for the channel: reconnect as its owner.",
    ),
    "authenticatedUserAccountClosed": ("account", "The account's YouTube channel was closed."),
    "authenticatedUserAccountSuspended": ("account", "The account's YouTube channel is suspended."),
    "authenticatedUserNotChannel": (
        "account",
        "The signed-in user is not the channel: reconnect as its owner.",
    ),
    "channelClosed": ("account", "The channel was closed."),
    "channelSuspended": ("account", "The channel is suspended."),
    "channelForbidden": ("account", "YouTube does not allow this account to act for the channel."),
    "playlistForbidden": ("account", "YouTube does not allow this account to change its playlists."),
    # the release or its options
    "invalidTitle": ("rejected", "YouTube refused the title: 1 to 100 characters, without < and >."),
    "invalidDescription": (
        "rejected",
        "YouTube refused the description: at most 5,000 bytes, without < and >.",
    ),
    "invalidTags": ("rejected", "YouTube refused the tags: at most 500 characters together."),
    "invalidCategoryId": ("rejected", "YouTube does not know the category, or nobody may choose it."),
    "invalidPublishAt": ("rejected", "YouTube refused the time of publication."),
    "invalidRecordingDetails": ("rejected", "YouTube refused the recording date."),
    "invalidFilename": ("rejected", "YouTube refused the file's name."),
    "defaultLanguageNotSet": ("rejected", "YouTube needs the language of the title and description."),
    "forbiddenLicenseSetting": ("rejected", "YouTube does not allow this licence for the channel's videos."),
    "forbiddenPrivacySetting": ("rejected", "YouTube does not allow this privacy for the channel's videos."),
    "forbiddenEmbedSetting": ("rejected", "YouTube does not allow this embedding setting for the channel."),
    "invalidImage": ("rejected", "YouTube could not read the picture, or it is too large."),
    "uploadTooLarge": ("rejected", "The picture is too large for YouTube."),
    "mediaBodyRequired": ("rejected", "YouTube got no picture."),
    "videoNotFound": ("rejected", "YouTube has no such video (any more)."),
    "playlistNotFound": ("rejected", "YouTube has no such playlist (any more)."),
    "playlistContainsMaximumNumberOfVideos": ("rejected", "The playlist is full."),
    "playlistItemsNotAccessible": (
        "rejected",
        "YouTube does not allow this account to change that playlist.",
    ),
    "maxPlaylistExceeded": ("rejected", "The channel has as many playlists as YouTube allows."),
}
"""YouTube's `reason` → what it means and a sentence (youtube.md 3.5, 5, 6.4, 12.3; checked 2026-11-21)."""


def next_reset(now: datetime) -> datetime:
    """Return when the daily buckets fill up again: the next midnight in Los Angeles, as UTC.

    Days there have 23 or 25 hours when the clocks change (youtube.md 6.1).
    """
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), PACIFIC).astimezone(UTC)


def error_for(
    response: httpx.Response, *, endpoint: str, changes: bool, request_id: str | None = None
) -> PlatformError:
    """Return (not raise) what an answer that is no success means for us.

    `changes`: the call may have acted although it answered with a server error, so that is `OutcomeUnknown`.
    A body that is not YouTube's JSON (an HTML page, nothing) is judged by the status alone.
    """
    reason, text = reason_of(response)
    about: dict[str, Any] = {"code": reason, "status": response.status_code, "request_id": request_id}
    now = datetime.now(UTC)
    kind, sentence = _meaning(response.status_code, reason, text, endpoint)
    if kind == "day":
        resets_at = next_reset(now)
        return QuotaExhausted(
            f"{sentence} It is lifted at {resets_at:%Y-%m-%d %H:%M} UTC.", resets_at=resets_at, **about
        )
    if kind == "channel_day":
        return QuotaExhausted(f"{sentence} It is lifted within a day.", resets_at=now + CHANNEL_UPLOADS_RESET, **about)
    if kind == "hours":
        return QuotaExhausted(sentence, resets_at=now + THUMBNAILS_RESET, **about)
    if kind == "account":
        return AccountTrouble(sentence, **about)
    if kind == "rejected":
        return Rejected(sentence, **about)
    if changes and response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return OutcomeUnknown(f"{sentence} It may have acted all the same.", **about)
    return TryAgain(sentence, after=seconds_to_wait(response), **about)


def reason_of(response: httpx.Response) -> tuple[str | None, str]:
    """Return YouTube's `reason` (or None) and its message as plain text, without addresses."""
    body = body_of(response)
    error: Any = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return None, ""
    details = error.get("errors")
    first: Any = details[0] if isinstance(details, list) and details and isinstance(details[0], dict) else {}
    reason = first.get("reason") or error.get("status")
    text = html.unescape(re.sub(r"<[^>]*>", "", str(error.get("message") or "")))
    return (str(reason) if reason else None), re.sub(r"https?://\S+", "", text).strip()[:300]


def _meaning(status: int, reason: str | None, text: str, endpoint: str) -> tuple[Kind, str]:
    if reason in {"rateLimitExceeded", "userRateLimitExceeded", "RESOURCE_EXHAUSTED"} and PER_DAY.search(text):
        what = "upload limit" if endpoint == "videos.insert" else "limit for such calls"
        return "day", f"YouTube's daily {what} is reached."
    if reason in REASONS:
        return REASONS[reason]
    says = f": {text}" if text else ""
    if status == httpx.codes.UNAUTHORIZED:
        return REASONS["authError"]
    if status == httpx.codes.FORBIDDEN:
        return "account", f"YouTube does not allow this account to do that{says}."
    if status in {408, 409, 429} or not 400 <= status < 500:
        return "again", f"YouTube answered {endpoint} with status {status}."
    return "rejected", f"YouTube refused {endpoint} (status {status}){says}."

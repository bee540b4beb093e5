"""Which of Facebook's own codes means which error of ours, besides those all of Meta shares (reference 5.9).

Facebook uses the same numbers as code, as subcode and inside a video's status, so each row stands for all three.
"""

from __future__ import annotations

import json
from typing import Any

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.meta_graph.codes import Meaning, Meanings
from include.platforms.meta_graph.errors import error_for, words_of

WRONG_OFFSET = 1363037
"""A chunk began at another byte than Facebook expects; `error_data` says at which."""
NO_BYTES = "6000"
"""Facebook cannot use what was uploaded, or has nothing: only a new upload helps, and nothing was posted."""
NO_TASK = "No permission to publish the video"
"""Part of the message of a #100 for somebody without the task "create content" (reference 5.9)."""
NO_TASK_EXPLAINED = (
    "The person who connected this Page may not create content on it. Give them that task in the Page's settings "
    "(Page access), then connect it again."
)
HOUR_SECONDS = 3600.0

_PASSING = Meaning(kind=TryAgain, message="Facebook cannot take it just now.", told=True)
_AGAINST_RULES = Meaning(kind=Rejected, message="Facebook takes this post to be against its rules.", told=True)
_ADDRESS = Meaning(kind=Rejected, message="Facebook could not use the address or the file behind it.", told=True)

_ROWS: dict[int, Meaning] = {
    352: Meaning(kind=Rejected, message="Facebook does not take this video format. Encode it as H.264 in MP4."),
    382: Meaning(kind=Rejected, message="The video is too small or too short for Facebook."),
    389: Meaning(kind=Rejected, message="Facebook could not fetch the video from its address.", told=True),
    6000: Meaning(kind=Rejected, message="Facebook could not use the uploaded file; nothing was posted.", told=True),
    6001: Meaning(kind=TryAgain, message="The upload to Facebook failed.", told=True),
    WRONG_OFFSET: Meaning(kind=TryAgain, message="Facebook expects another part of the video."),
    1363040: Meaning(kind=Rejected, message="Facebook takes reels in 9:16 only; this video has another shape."),
    1363127: Meaning(kind=Rejected, message="The picture is too small: a Facebook reel needs 540 × 960 or more."),
    1363128: Meaning(kind=Rejected, message="A Facebook reel lasts 3 to 90 seconds; this video does not."),
    1363129: Meaning(kind=Rejected, message="A Facebook reel has 24 to 60 frames a second; this video has not."),
    1363047: _PASSING,
    1609010: _PASSING,
    1390008: Meaning(kind=QuotaExhausted, message="This Page posts too fast for Facebook.", after=HOUR_SECONDS),
    1346003: _AGAINST_RULES,
    1404102: _AGAINST_RULES,
    1609008: Meaning(kind=Rejected, message="Facebook allows no link to facebook.com in this text. Change the text."),
    1404006: Meaning(
        kind=AccountTrouble, message="Facebook wants a security check first. Log in at facebook.com and follow it."
    ),
    1404112: Meaning(kind=AccountTrouble, message="Facebook has limited this account. Look for a notice there."),
    4854002: Meaning(
        kind=AccountTrouble, message="Facebook wants this person's identity confirmed. Log in there and follow it."
    ),
    1404078: Meaning(
        kind=AccountTrouble,
        message="The Page needs the Page Publishing Authorization. Open its settings on Facebook and complete it.",
    ),
    2061006: _ADDRESS,
    1349125: _ADDRESS,
    2069019: _ADDRESS,
}
MEANINGS: Meanings = {key: row for number, row in _ROWS.items() for key in ((number, None), (None, number))}
"""(code, subcode) → meaning, for `Graph(meanings=…)`."""


def error_in_status(code: int | None, message: str) -> PlatformError:
    """Return our error for one that a video's status tells; without a known code Facebook's words decide nothing.

    Raised while reading, so it never means a lost answer.
    """
    told: dict[str, Any] = {"code": code, "message": message}
    if code in _ROWS:
        return error_for(told, meanings=MEANINGS)
    said = words_of(told) or "no reason given"
    return Rejected(f"Facebook could not process the video: {said}.", code=str(code) if code is not None else None)


def sharpened(error: PlatformError) -> PlatformError:
    """Return `AccountTrouble` for the one refusal of a posting call that only its words tell from a wrong parameter."""
    if isinstance(error, Rejected) and NO_TASK in error.message:
        return AccountTrouble(NO_TASK_EXPLAINED, code=error.code, status=error.status, request_id=error.request_id)
    return error


def is_without_bytes(error: PlatformError) -> bool:
    """Say whether Facebook refused what was uploaded as a whole, so that only a new upload helps."""
    return NO_BYTES in str(error.code or "").split("/")


def offsets_in(error: dict[str, Any]) -> tuple[int, int] | None:
    """Return where Facebook wants the next chunk to begin and end, from the error about a wrong offset.

    None for every other error. `error_data` may be an object or JSON text (reference 0.5).
    """
    if WRONG_OFFSET not in (error.get("code"), error.get("error_subcode")):
        return None
    data = error.get("error_data")
    try:
        data = json.loads(data) if isinstance(data, str) else data
        return int(data["start_offset"]), int(data["end_offset"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None

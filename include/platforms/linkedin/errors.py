"""Which answer of LinkedIn means which error of ours, as a table (reference B.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.http import body_of, seconds_to_wait
from include.platforms.linkedin.versions import WHERE

POST_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):[A-Za-z0-9_-]+")
"""The kinds of URN a post may have; any other in a message about a duplicate is not a post."""

CONFLICT_SECONDS = 5.0
WAITING_FOR_VIDEO_SECONDS = 30.0


@dataclass(frozen=True)
class Meaning:
    """What an answer means for us: the class that decides what happens next, and the sentence a person reads."""

    kind: type[PlatformError]
    message: str
    after: float | None = None


class Duplicate(Rejected):
    """The author posted the same text a short while ago; `urn` is the post LinkedIn names, if it names one."""

    def __init__(self, message: str, *, urn: str | None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.urn = urn


RECONNECT = Meaning(AccountTrouble, "LinkedIn no longer accepts our access to this account. Connect it again.")
_WRONG_VALUE = Meaning(Rejected, "LinkedIn refused a value we sent.")
_NO_PERMISSION = Meaning(
    AccountTrouble,
    "This account may not do that on LinkedIn: a permission is missing, or the member has no such role on the page. "
    "Connect it again with the permissions it needs.",
)
_OLD_VERSION = Meaning(AccountTrouble, f"LinkedIn has retired the version of its API we ask for: set {WHERE}.")
_THROTTLED = Meaning(QuotaExhausted, "The number of calls LinkedIn allows a day is used up.")
_PASSING = Meaning(TryAgain, "LinkedIn did not give a usable answer.")

CODES = {
    "MISSING_FIELD": _WRONG_VALUE,
    "INVALID_VALUE_FOR_FIELD": _WRONG_VALUE,
    "FIELD_LENGTH_TOO_LONG": Meaning(Rejected, "A text is longer than LinkedIn allows."),
    "INVALID_URN_ID": _WRONG_VALUE,
    "INVALID_URN_TYPE": _WRONG_VALUE,
    "INVALID_VIDEO_ID": Meaning(Rejected, "LinkedIn does not know the video (any more)."),
    "MEDIA_ASSET_WAITING_UPLOAD": Meaning(
        TryAgain, "LinkedIn is not done with the video yet; nothing was posted.", WAITING_FOR_VIDEO_SECONDS
    ),
    "MEDIA_ASSET_PROCESSING_FAILED": Meaning(Rejected, "LinkedIn could not process the video. Encode it again."),
    "VERSION_MISSING": _OLD_VERSION,
    "NONEXISTENT_VERSION": _OLD_VERSION,
    "INVALID_ACCESS_TOKEN": RECONNECT,
    "REVOKED_ACCESS_TOKEN": RECONNECT,
    "EXPIRED_ACCESS_TOKEN": RECONNECT,
    "ACCESS_DENIED": _NO_PERMISSION,
    "CONFLICT": Meaning(TryAgain, "LinkedIn was changing this at the same time; nothing was done.", CONFLICT_SECONDS),
    "UNPROCESSABLE_ENTITY": Meaning(Rejected, "LinkedIn cannot use what we sent."),
    "EXPIRED_UPLOAD_URL": Meaning(TryAgain, "LinkedIn's upload addresses have expired."),
}
"""`code` of the versioned answers."""
SERVICE_CODES = {65600: RECONNECT, 65601: RECONNECT, 65602: RECONNECT, 100: _NO_PERMISSION, 101: _THROTTLED}
"""`serviceErrorCode` of the older answers; sources disagree whether 65601 or 65602 is expiry."""
STATUSES = {
    401: RECONNECT,
    403: _NO_PERMISSION,
    404: Meaning(Rejected, "LinkedIn does not know what we ask for (any more)."),
    408: _PASSING,
    409: CODES["CONFLICT"],
    426: _OLD_VERSION,
    429: _THROTTLED,
}


def error_for(response: httpx.Response, *, request_id: str | None = None, changes: bool = False) -> PlatformError:
    """Return our error for an answer that is no success.

    A fault of LinkedIn's own is `OutcomeUnknown` where the call `changes` something for people, else `TryAgain`.
    """
    body = body_of(response)
    fields = body if isinstance(body, dict) else {}
    status, detail = response.status_code, str(fields.get("message") or "")
    code, meaning = _meaning(fields, status, detail)
    facts: dict[str, Any] = {"code": code, "status": status, "request_id": request_id}
    if _is_duplicate(code, status, detail):
        named = POST_URN.search(detail)
        return Duplicate("The author posted the same text before.", urn=named[0] if named else None, **facts)
    after = seconds_to_wait(response)
    if meaning.kind is QuotaExhausted and after is None:
        return QuotaExhausted(_with(meaning.message, detail), resets_at=next_midnight(datetime.now(UTC)), **facts)
    if meaning.kind is QuotaExhausted:  # LinkedIn names a shorter wait than the rest of the day
        return TryAgain("LinkedIn asks us to slow down.", after=after, **facts)
    if changes and meaning is _PASSING:
        return OutcomeUnknown("LinkedIn did not say whether it did what we asked.", **facts)
    message = _with(meaning.message, detail) if meaning.kind in (Rejected, AccountTrouble) else meaning.message
    if meaning.kind is TryAgain:
        return TryAgain(message, after=after if after is not None else meaning.after, **facts)
    return meaning.kind(message, **facts)


def next_midnight(now: datetime) -> datetime:
    """Return when LinkedIn's daily limits reset: at midnight UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _meaning(fields: dict[str, Any], status: int, detail: str) -> tuple[str | None, Meaning]:
    named, number = fields.get("code"), fields.get("serviceErrorCode")
    code = str(named or number) if named or number else None
    if status == 404 and "virtual resource" in detail.lower():  # newer than the version we ask for (reference B.2)
        return code, _OLD_VERSION
    if status < 400 or status >= 500:
        return code, _PASSING
    if named in CODES:
        return code, CODES[str(named)]
    if number in SERVICE_CODES:
        return code, SERVICE_CODES[int(number)]
    return code, STATUSES.get(status, Meaning(Rejected, "LinkedIn refused the call."))


def _is_duplicate(code: str | None, status: int, detail: str) -> bool:
    return code == "DUPLICATE_POST" or (status == 422 and "duplicate" in detail.lower())


def _with(message: str, detail: str) -> str:
    return f"{message} LinkedIn says: {detail}" if detail else message

"""Which Graph API error means which error of ours.

A platform adds its own rows (`Meanings`), which are looked up first: by code and subcode, then by subcode, then by
code. Everything is decided on codes; the HTTP status is 400 for nearly all of them and only counts where there is no
error object (meta.md 0.5, 7.3 to 7.5, checked 2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from include.platforms.errors import OutcomeUnknown, PlatformError, QuotaExhausted, TryAgain
from include.platforms.meta_graph.codes import (
    CODES,
    LIMIT,
    LIMIT_PAUSE_SECONDS,
    NEEDS_PROOF,
    NO_DATA,
    PASSING,
    PERMISSION,
    RATE_CODES,
    RECONNECT,
    REFUSED,
    SLOW_DOWN,
    Meaning,
    Meanings,
)

_TOKENS = re.compile(r"\b(?:EAA|IGAA|IGQ)[A-Za-z0-9_\-]{8,}|access_token=[^\s&\"']+")
_QUERY = re.compile(r"(https?://[^\s?\"']+)\?[^\s\"']*")


def error_for(
    error: Mapping[str, Any],
    *,
    status: int | None = None,
    request_id: str | None = None,
    after: float | None = None,
    changes: bool = False,
    meanings: Meanings | None = None,
) -> PlatformError:
    """Return our error for Meta's `error` object; `PlatformError.code` is "code/subcode", such as "9007/2207027".

    `after` are the seconds until a limit ends, where Meta told them. `changes`: the call may change something, so an
    answer that does not prove the opposite becomes `OutcomeUnknown`. An empty `error` stands for an answer that was
    no Graph answer at all (an HTML page): it counts as a passing fault, and so does a bare 429 that names its wait;
    without one it is a limit.
    """
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    meaning = _by_text(error, code) or _meaning(code, subcode, meanings or {}) or _by_family(error, code, status, after)
    facts: dict[str, Any] = {
        "code": code_text(code, subcode),
        "status": status,
        "request_id": str(error.get("fbtrace_id") or request_id or "") or None,
    }
    message = f"{meaning.message} Meta says: {said}" if meaning.told and (said := words_of(error)) else meaning.message
    if changes and (meaning.lost_when_changing or meaning.kind is TryAgain):  # a fault is no proof
        return OutcomeUnknown(f"{message} Whether it acted nevertheless is not known yet.", **facts)
    if meaning.kind is QuotaExhausted:
        wait = max(after or meaning.after or 0.0, LIMIT_PAUSE_SECONDS)
        return QuotaExhausted(message, resets_at=datetime.now(UTC) + timedelta(seconds=wait), **facts)
    if meaning.kind is TryAgain:
        return TryAgain(message, after=meaning.after if after is None else after, **facts)
    return meaning.kind(message, **facts)


def error_of(body: Any) -> dict[str, Any] | None:
    """Return the `error` object of an answer, {} for an answer that is no Graph answer, None when all is well.

    Some failures come with HTTP 200: `success: false`, and a text with "Service Unavailable" (meta.md 0.4).
    """
    if isinstance(body, list):
        return None  # a batch
    if not isinstance(body, dict):
        return {}
    error = body.get("error")
    if isinstance(error, dict):
        return error
    if error is not None or body.get("success") is False or "Service Unavailable" in str(body.get("message", "")):
        return {"message": error if isinstance(error, str) else "It did not succeed."}
    if "error_type" in body or "error_message" in body:  # api.instagram.com's old form
        return {"message": str(body.get("error_message") or ""), "type": body.get("error_type"), "code": 100}
    return None


def words_of(error: Mapping[str, Any]) -> str:
    """Return Meta's own words for a person, without the tokens and address queries they may quote."""
    said = str(error.get("error_user_msg") or error.get("message") or "")
    return _QUERY.sub(r"\1", _TOKENS.sub("[hidden]", said))[:500]


def code_text(code: int | None, subcode: int | None) -> str | None:
    """Return "code/subcode", "code" or None, as our errors carry it."""
    if code is None:
        return str(subcode) if subcode is not None else None
    return f"{code}/{subcode}" if subcode is not None else str(code)


def is_missing(error: PlatformError) -> bool:
    """Say whether Meta said "no such object": also for healthy ones at times, so ask a few times (meta.md 2.3)."""
    return error.code in {"100/33", "803"}


def is_dead_token(error: Mapping[str, Any]) -> bool:
    """Say whether the token was refused at the door: nothing was done, a newer token may help."""
    return _number(error.get("code")) in {102, 190}


def _meaning(code: int | None, subcode: int | None, own: Meanings) -> Meaning | None:
    for table in (own, CODES):
        for key in ((code, subcode), (None, subcode), (code, None)):
            if key != (None, None) and key in table:
                return table[key]
    return None


def _by_text(error: Mapping[str, Any], code: int | None) -> Meaning | None:
    """Tell apart what Meta tells apart by its words only (meta.md 1.8, 7.5)."""
    said = str(error.get("message") or "")
    if code == 100 and "appsecret_proof" in said:
        return NEEDS_PROOF
    return NO_DATA if code == 10 and "Not enough viewers" in said else None


def _by_family(error: Mapping[str, Any], code: int | None, status: int | None, after: float | None) -> Meaning:
    """Sort what no table names: families of codes, then `is_transient`, then the HTTP status."""
    if code is None and status == 429:
        return LIMIT if after is None else SLOW_DOWN
    if code in RATE_CODES:
        return LIMIT
    if code in {-2, -1, 1, 2} or error.get("is_transient") is True:
        return PASSING
    if code is None:
        return RECONNECT if status == 401 else PASSING
    if 200 <= code <= 299:
        return PERMISSION
    return REFUSED if status is None or status < 500 else PASSING


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None

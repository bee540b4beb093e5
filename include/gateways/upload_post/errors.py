"""Which of upload-post.com's answers means which error of ours (reference D.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include.gateways.answers import WRONG_KEY, told_in
from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)

HARD_CAP = "hard_cap"
LOOK_AGAIN = timedelta(hours=1)
"""A cap counts any 24 hours, also what others posted: when it has room again nobody says."""
RATE_LIMIT_SECONDS = 60.0


def error_for(
    status: int,
    body: Any,
    *,
    may_have_acted: bool,
    after: float | None = None,
    resets_at: float | None = None,
    now: datetime | None = None,
) -> PlatformError:
    """Return our error for an answer that is none of the good ones.

    `after` is `Retry-After` (seconds), `resets_at` is `X-RateLimit-Reset` (Unix time).

    `may_have_acted` says whether the call posts: then every answer of a broken server leaves the outcome open.
    """
    told, now = told_in(body), now or datetime.now(UTC)
    if status == 401:
        return AccountTrouble("upload-post.com does not accept this API key.", code=WRONG_KEY, status=status)
    if status == 429:
        if after is None and resets_at is not None:
            after = max(1.0, resets_at - now.timestamp())
        return _too_many(body, after, now)
    if status == 403:
        return AccountTrouble(
            f"upload-post.com does not allow this: {told or 'the limit of the plan is reached'}.",
            code="plan",
            status=status,
        )
    if 400 <= status < 500 and status != 408:
        return Rejected(f"upload-post.com refused the upload: {told or 'no reason given'}.", code=str(status),
                        status=status)  # fmt: skip
    if may_have_acted:
        return OutcomeUnknown("upload-post.com had a fault while it took the upload.", code=str(status), status=status)
    return TryAgain("upload-post.com did not give a usable answer.", after=after, code=str(status), status=status)


def _too_many(body: Any, after: float | None, now: datetime) -> PlatformError:
    found = body.get("violations") if isinstance(body, dict) else None
    violations = [each for each in found or () if isinstance(each, dict)]
    if not violations:
        wait = RATE_LIMIT_SECONDS if after is None else after
        return TryAgain("upload-post.com asks us to slow down.", after=wait, code="429", status=429)
    words = " ".join(str(each.get("message") or each.get("type")) for each in violations)
    if all(each.get("type") == HARD_CAP for each in violations):
        return QuotaExhausted(
            f"upload-post.com's limit for this account is reached: {words}.",
            resets_at=now + LOOK_AGAIN,
            code=HARD_CAP,
            status=429,
        )
    kind = next(str(each.get("type")) for each in violations if each.get("type") != HARD_CAP)
    return Rejected(f"upload-post.com does not take this upload: {words}.", code=kind, status=429)

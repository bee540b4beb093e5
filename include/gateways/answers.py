"""How the answers of services with a key are read: what is good, what a person must do, what passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait

REFUSED = frozenset({401, 403})
WRONG_KEY = "wrong_key"
"""Code of the `AccountTrouble` that is about the key itself: the account is dead until it is connected again."""
DAY = timedelta(hours=24)

RECONNECT = re.compile(
    r"reconnect|re-?auth|session has expired|expired (access )?token|token (is |has )?(expired|invalid)|revoked|"
    r"not (connected|authorized)|log ?in again|banned|suspended",
    re.IGNORECASE,
)
LIMIT = re.compile(
    r"too_many_posts|active_user_cap|daily (cap|limit)|limit (is |was )?(reached|exceeded)|quota|too many posts",
    re.IGNORECASE,
)


def read(
    calls: Calls,
    path: str,
    *,
    title: str,
    endpoint: str,
    headers: Mapping[str, str],
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the JSON object a service answers to a GET; `headers` carry the key, which is never logged.

    Raises `AccountTrouble` when the key is refused, `TryAgain` for every answer that is none.
    """
    response = calls.send(
        "GET",
        calls.address("api", path),
        endpoint=endpoint,
        changes=False,
        signed=False,
        headers=headers,
        params=params,
    )
    body = body_of(response)
    if response.status_code in REFUSED:
        raise AccountTrouble(
            f"{title} does not accept these keys. Copy them again.", code=WRONG_KEY, status=response.status_code
        )
    if not response.is_success or not isinstance(body, dict):
        raise TryAgain(
            f"{title} answered with status {response.status_code}.",
            after=seconds_to_wait(response),
            status=response.status_code,
        )
    return body


def told_in(body: Any) -> str:
    """Return a body's own sentence; services call it `message`, `error` or `detail`."""
    fields = body if isinstance(body, dict) else {}
    return next((value for name in ("message", "error", "detail") if isinstance(value := fields.get(name), str)), "")


def refused_by_platform(where: str, text: str | None, code: str | None = None) -> PlatformError:
    """Return our error for a post that a gateway says its platform refused; nothing of it is out.

    Gateways pass the platforms' sentences on, so their words decide. What they do not tell apart is `Rejected`:
    Blotato and upload-post.com try passing faults again themselves, and ask not to repeat what they call failed.
    """
    text = (text or "").strip()
    what = f"{text or 'no reason given'}".rstrip(".")
    message = f"{where} did not post the video: {what}."
    known = f"{code or ''} {text}"
    if RECONNECT.search(known):
        return AccountTrouble(f"{message} Connect the account again there.", code=code)
    if LIMIT.search(known):
        return QuotaExhausted(message, resets_at=datetime.now(UTC) + DAY, code=code)
    return Rejected(message, code=code or "failed")

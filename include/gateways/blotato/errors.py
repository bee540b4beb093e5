"""Which of Blotato's answers means which error of ours (reference C.6); bodies differ, so several keys are read."""

from __future__ import annotations

import re
from typing import Any

from include.gateways.answers import WRONG_KEY, told_in
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, Rejected, TryAgain

SECONDS = re.compile(r"(\d+)\s*s(?:ec|econd)?s?\b", re.IGNORECASE)
RATE_LIMIT_SECONDS = 60.0
"""Blotato's limits look at a minute, and the message of a 429 says how many seconds are left (reference C.6)."""
WRONG_ACCOUNT = re.compile(r"wrong (account|page) id", re.IGNORECASE)


def error_for(status: int, body: Any, *, may_have_acted: bool, after: float | None = None) -> PlatformError:
    """Return our error for an answer that is none of the good ones.

    `may_have_acted` says whether the call makes a post: then every answer of a broken server leaves the outcome open.
    A 4xx was surely not accepted.
    """
    told = told_in(body)
    if status == 401:
        return AccountTrouble(
            "Blotato does not accept this API key. Copy it again (a trailing = belongs to it).",
            code=WRONG_KEY,
            status=status,
        )
    if status == 429:
        found = SECONDS.search(told)
        wait = after if after is not None else float(found[1]) if found else RATE_LIMIT_SECONDS
        return TryAgain("Blotato asks us to slow down.", after=wait, code="429", status=status)
    if status == 403:
        return AccountTrouble(
            f"Blotato does not allow this: {told or 'no reason given'}. Is the plan paid?", code="403", status=status
        )
    if 400 <= status < 500 and status != 408:
        if WRONG_ACCOUNT.search(told):
            return AccountTrouble(
                f"Blotato no longer has this account ({told}). Connect it there, then here again.",
                code="wrong_account",
                status=status,
            )
        return Rejected(f"Blotato refused the post: {told or 'no reason given'}.", code=str(status), status=status)
    if may_have_acted:
        return OutcomeUnknown("Blotato had a fault while it took the post.", code=str(status), status=status)
    return TryAgain("Blotato did not give a usable answer.", after=after, code=str(status), status=status)

"""The Graph API's error codes that Instagram and Facebook share, as tables (meta.md 1.9, 7.3, 7.4; 2026-11-21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain

LIMIT_PAUSE_SECONDS = 300.0
"""How long we stop at least when a limit is reached: Meta sends no Retry-After (meta.md 7.2)."""


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a code means for us: the class that decides what happens next, and the sentence a person reads.

    `lost_when_changing`: a call that changes something may have acted nevertheless, so it becomes `OutcomeUnknown`
    (for `TryAgain` always).
    `after` are seconds to wait. `told` says whether Meta's own words are added to the sentence.
    """

    kind: type[PlatformError]
    message: str
    lost_when_changing: bool = False
    after: float | None = None
    told: bool = False


Meanings = Mapping[tuple[int | None, int | None], Meaning]
"""(code, subcode) → meaning; None stands for any."""

PASSING = Meaning(kind=TryAgain, message="Meta had a fault of its own.", told=True)
RECONNECT = Meaning(kind=AccountTrouble, message="Meta no longer accepts our access to this account. Connect it again.")
PERMISSION = Meaning(
    kind=AccountTrouble,
    message="The account did not give us the permission this needs. Connect it again and allow everything asked for.",
    told=True,
)
REFUSED = Meaning(kind=Rejected, message="Meta refused the call.", told=True)
MISSING = Meaning(kind=Rejected, message="Meta does not know this object, or the account may not see it.", told=True)
SLOW_DOWN = Meaning(kind=TryAgain, message="Meta asks us to slow down.")
LIMIT = Meaning(kind=QuotaExhausted, message="Meta's limit of calls is used up for now.", lost_when_changing=True)
NO_DATA = Meaning(kind=Rejected, message="Meta has too few viewers to show numbers.")
NEEDS_PROOF = Meaning(
    kind=AccountTrouble,
    message="Our app at Meta demands a proof of its secret with every call. "
    "Switch off 'Require App Secret' in the app's advanced settings.",
)

RATE_CODES = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
APP_WIDE_CODES = frozenset({4, 341})
"""Limits of the whole app; the others are one account's."""

CODES: Meanings = {
    (None, 1363008): Meaning(kind=TryAgain, message="Meta lost the uploaded file."),
    (3, None): PERMISSION,
    (10, None): PERMISSION,
    (25, None): Meaning(
        kind=AccountTrouble,
        message="Meta has restricted this account. Open it in the app, follow the notice there, then try again.",
    ),
    (100, 33): MISSING,
    (100, 36007): Meaning(kind=AccountTrouble, message="The permission given to us has expired. Connect again."),
    (100, 36008): Meaning(
        kind=AccountTrouble, message="The return address is not the one registered at Meta. Compare them."
    ),
    (100, 36009): Meaning(kind=AccountTrouble, message="The permission given to us was used before. Connect again."),
    (100, 2108006): Meaning(
        kind=Rejected, message="This was posted before the account became a professional one; Meta has no numbers."
    ),
    (101, None): Meaning(
        kind=AccountTrouble, message="Meta does not know our app. Check FACEBOOK_APP_ID and FACEBOOK_APP_SECRET."
    ),
    (102, None): RECONNECT,
    (104, None): RECONNECT,
    (190, None): RECONNECT,
    (190, 458): Meaning(
        kind=AccountTrouble, message="The person has removed our app at Meta. Connect the account again."
    ),
    (190, 459): Meaning(
        kind=AccountTrouble, message="Meta wants this person to log in at facebook.com first (a security check)."
    ),
    (190, 460): Meaning(
        kind=AccountTrouble, message="The person's password has changed, which ended our access. Connect again."
    ),
    (190, 463): Meaning(kind=AccountTrouble, message="Our access to this account has expired. Connect it again."),
    (190, 464): Meaning(
        kind=AccountTrouble, message="This person's Facebook account is not confirmed. Confirm it, then connect again."
    ),
    (190, 492): Meaning(
        kind=AccountTrouble, message="The person who connected it no longer has a role on the Page. Connect again."
    ),
    (283, None): PERMISSION,
    (368, None): Meaning(
        kind=AccountTrouble,
        message="Meta has blocked this account from posting for a while. Look for a notice in its app.",
    ),
    (506, None): Meaning(kind=Rejected, message="Meta takes this for a duplicate.", lost_when_changing=True),
    (803, None): MISSING,
    (2500, None): REFUSED,
}
"""(code, subcode) → meaning; what is in no table is sorted by families of codes (`errors.py`)."""

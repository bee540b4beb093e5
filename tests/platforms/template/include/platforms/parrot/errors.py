"""Which Parrot code means which error of ours, as a table."""

from __future__ import annotations

from dataclasses import dataclass

from include.platforms.errors import AccountTrouble, PlatformError, Rejected, TryAgain


@dataclass(frozen=True)
class Meaning:
    """What a code means for us: the class that decides what happens next, and the sentence a person reads."""

    kind: type[PlatformError]
    message: str


_RECONNECT = Meaning(AccountTrouble, "Parrot no longer accepts our access to this account. Connect it again.")

CODES = {
    "bad_token": _RECONNECT,
    "missing_scope": Meaning(AccountTrouble, "The account did not allow posting. Connect it again and allow it."),
    "unknown_draft": Meaning(Rejected, "Parrot does not know this draft (any more)."),
    "not_ready": Meaning(TryAgain, "Parrot is not through with the video yet; nothing was said."),
    "bad_text": Meaning(Rejected, "Parrot refused the text."),
    "too_chatty": Meaning(TryAgain, "Parrot asks us to slow down."),
}


def error_for(
    code: str | None, *, status: int | None = None, request_id: str | None = None, after: float | None = None
) -> PlatformError:
    """Return our error for a code; an unknown one is sorted by the HTTP status. `after` is Parrot's wish in seconds."""
    meaning = CODES.get(code or "") or _by_status(status)
    if meaning.kind is TryAgain:
        return TryAgain(meaning.message, after=after, code=code, status=status, request_id=request_id)
    return meaning.kind(meaning.message, code=code, status=status, request_id=request_id)


def _by_status(status: int | None) -> Meaning:
    if status in (401, 403):
        return _RECONNECT
    if status is None or status in (408, 429) or status >= 500 or status < 400:
        return Meaning(TryAgain, "Parrot did not give a usable answer.")
    return Meaning(Rejected, "Parrot refused the call.")

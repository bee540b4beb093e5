"""What a person decides about a publication: try it again, stop it, or say what became of an unconfirmed one.

Each takes the claim first, so nothing is decided under a worker's hands, and refuses with a sentence what cannot be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from include.accounts import accounts
from include.platforms import get
from include.publishing import receipts
from include.publishing.ledger import Claim, claim
from include.releases.publication import Publication, State

AGAIN = frozenset({State.FAILED, State.REJECTED, State.CANCELLED})
STOPPABLE = frozenset({State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL}) | frozenset(
    {State.WAITING_QUOTA, State.WAITING_ACCOUNT}
)
VIDEO_ID = re.compile(r"[A-Za-z0-9_:-]{5,64}")  # LinkedIn's are URNs, with colons


class NotPossible(ValueError):
    """The publication does not stand where this can be decided; the message says where it stands and what to do."""


def retry(owner: str, publication_id: str) -> Publication:
    """Make a failed, rejected or cancelled publication `planned` again; a new run takes it from there.

    One that is planned already stays so: its run may have been lost. Raises `NotPossible` when it stands elsewhere or
    the platform has, or may have, something of it.
    """
    with claim(owner, publication_id) as held:
        _expect(held, AGAIN | {State.PLANNED}, "tried again")
        if held.uploaded or held.unsettled:
            raise NotPossible(
                f"{_name(held)} cannot be tried again: the platform has the video, or may have it. "
                "Remove it there, change the release, and publish that."
            )
        if held.publication.state != State.PLANNED:
            held.move(State.PLANNED, attempts=0)
        return held.publication


def cancel(owner: str, publication_id: str) -> Publication:
    """Stop a publication of which nothing was sent; its receipt says so.

    Raises `NotPossible` when it is over or its upload was begun, `receipts.NotWritten` when only the receipt failed.
    """
    with claim(owner, publication_id) as held:
        expect_not_begun(held, "cancelled")
        held.move(State.CANCELLED, error=_told("Cancelled", "A person cancelled it before anything was sent."))
        cancelled = held.publication
    receipts.write(cancelled)
    return cancelled


def confirm_published(owner: str, publication_id: str, where: str, *, video_id: str | None = None) -> Publication:
    """Record that an unconfirmed publication is out; `where` is its address or its id at the platform.

    `video_id` is its id where the address does not tell it.

    Raises `NotPossible` for another state or something that is neither, `receipts.NotWritten` as `cancel` does.
    """
    with claim(owner, publication_id) as held:
        _expect(held, {State.UNCONFIRMED}, "confirmed")
        found, url = _place(held, where)
        if video_id is not None and not VIDEO_ID.fullmatch(video_id):
            raise NotPossible(f"'{video_id}' is not the id of a video.")
        held.move(
            State.PUBLISHED,
            attempts=0,
            video_id=video_id or found,
            url=url,
            warnings=("A person confirmed it; what comes after the upload (thumbnail, playlists) was not looked at.",),
        )
        held.close_entries()
        confirmed = held.publication
    receipts.write(confirmed)
    return confirmed


def confirm_not_published(owner: str, publication_id: str) -> Publication:
    """Record that nothing of an unconfirmed publication is on the platform; `retry` may send it again.

    Raises `NotPossible` for another state, `receipts.NotWritten` as `cancel` does.
    """
    with claim(owner, publication_id) as held:
        _expect(held, {State.UNCONFIRMED}, "confirmed")
        held.forget_note()
        for step in sorted(held.unsettled):
            held.settle(step, "nothing")  # type: ignore[arg-type]
        held.move(State.FAILED, attempts=0, error=_told("NotPublished", "A person looked: nothing was posted."))
        confirmed = held.publication
    receipts.write(confirmed)
    return confirmed


def expect_not_begun(held: Claim, done: str) -> None:
    """Raise `NotPossible` when a publication is over or anything of it was, or may have been, sent."""
    _expect(held, STOPPABLE, done)
    if held.uploaded or held.unsettled or held.note is not None:
        raise NotPossible(f"{_name(held)} cannot be {done}: its upload was begun.")


def _expect(held: Claim, states: frozenset[State] | set[State], done: str) -> None:
    if held.publication.state not in states:
        allowed = ", ".join(sorted(states))
        raise NotPossible(
            f"{_name(held)} is {held.publication.state} and cannot be {done}; that is for what is {allowed}."
        )


def _name(held: Claim) -> str:
    return f"The publication on {held.publication.platform} ({held.publication.account_id})"


def _told(kind: str, message: str) -> Mapping[str, Any]:
    return {"kind": kind, "message": message, "code": None, "status": None, "request_id": None}


def _place(held: Claim, where: str) -> tuple[str, str | None]:
    """Return id and address; of an address the id is its `v`, else its last part."""
    where = where.strip()
    address = urlsplit(where)
    is_address = address.scheme in {"http", "https"} and bool(address.hostname)
    last = address.path.rstrip("/").rsplit("/", 1)[-1]
    video_id = next(iter(parse_qs(address.query).get("v", [])), last) if is_address else where
    if not VIDEO_ID.fullmatch(video_id):
        raise NotPossible(f"'{where}' is neither the address of a video nor its id.")
    return video_id, where if is_address else _address(held.publication, video_id)


def _address(publication: Publication, video_id: str) -> str | None:
    username = accounts.read(publication.owner, publication.account_id).username
    pattern: str = getattr(get(publication.platform), "WATCH_ADDRESS", "")
    if not pattern or ("{username}" in pattern and not username):
        return None
    return pattern.format(video_id=video_id, username=username)

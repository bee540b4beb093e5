"""The note LinkedIn's side keeps of a publication: its stages, and what is forgotten on the way.

Always: `stage`, `author`, `video` (URNs), `size`, `started_at`. While bytes are missing: `parts` (first byte, last
byte, address, ETag or None), `token`, `thumbnail_url`, `thumbnail_type`, `expires_at`. Later: `sent_at`, `missing`,
`posting_at`, `has_text`, `looks`, `lost_tries`, `duplicate_of`, `post`, `warnings`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from include.platforms.contract import Note

SENDING: Final = "sending"  # parts are missing
FINALISING: Final = "finalising"  # all parts are there; LinkedIn may or may not have been told so
PROCESSING: Final = "processing"  # LinkedIn works on the video; nothing is public
AVAILABLE: Final = "available"  # the video may be posted; no post was begun, or the one begun was surely not made
POSTING: Final = "posting"  # the post may have been made
POSTED: Final = "posted"

_FIRST, _LAST, _ADDRESS, _ETAG = range(4)
ONLY_WHILE_SENDING = frozenset({"parts", "token", "thumbnail_url", "thumbnail_type", "expires_at"})
ONLY_WHILE_POSTING = frozenset({"posting_at", "looks", "duplicate_of"})


def handed_over(note: Note, now: datetime) -> Note:
    """Return the note of a video whose bytes LinkedIn has; the addresses are of no more use."""
    kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_SENDING}
    return {**kept, "stage": PROCESSING, "sent_at": note.get("sent_at") or now.isoformat()}


def may_be_posted(note: Note) -> Note:
    """Return the note of a video that LinkedIn is done with and of which no post exists."""
    kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_POSTING | {"missing"}}
    return {**kept, "stage": AVAILABLE}


def posting(note: Note, now: datetime, *, has_text: bool) -> Note:
    """Return the note to save before the post is made."""
    return {**may_be_posted(note), "stage": POSTING, "posting_at": now.isoformat(), "has_text": has_text}


def posted(note: Note, urn: str | None) -> Note:
    """Return the note of a post that is out."""
    kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_POSTING - {"posting_at"}}
    return {**kept, "stage": POSTED, "post": urn}


def with_etag(note: Note, index: int, etag: str) -> Note:
    """Return the note with part `index` marked as sent."""
    parts = [list(part) for part in note["parts"]]
    parts[index][_ETAG] = etag
    return {**note, "parts": parts}


def missing_parts(note: Note) -> list[tuple[int, int, int, str]]:
    """Return the parts still to send: index, first byte, the byte after the last, address."""
    return [
        (index, part[_FIRST], part[_LAST] + 1, part[_ADDRESS])
        for index, part in enumerate(note["parts"])
        if part[_ETAG] is None
    ]


def etags(note: Note) -> list[str]:
    """Return the ETags of all parts, in order, exactly as LinkedIn gave them."""
    return [part[_ETAG] for part in note["parts"]]


def bytes_there(note: Note) -> int:
    """Return how many bytes LinkedIn has confirmed."""
    return sum(part[_LAST] + 1 - part[_FIRST] for part in note["parts"] if part[_ETAG] is not None)


def with_warning(note: Note, sentence: str) -> Note:
    """Return the note with one more sentence for a person."""
    told: list[Any] = list(note.get("warnings") or ())
    return note if sentence in told else {**note, "warnings": [*told, sentence]}

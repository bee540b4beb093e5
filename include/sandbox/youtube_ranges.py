"""What a PUT to a YouTube upload says it brings, and whether it fits the session (youtube.md 2.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.requests import Request

from include.sandbox.world import World
from include.sandbox.youtube_answers import GoogleError
from include.sandbox.youtube_things import Session

UNIT_BYTES = 262_144
"""Chunks are multiples of this, and only whole units are kept of one that breaks off."""
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a PUT says it brings; `start` None only asks. `length` None: until the body ends."""

    start: int | None
    length: int | None
    total: int | None


def read_range(request: Request, session: Session) -> Wanted:
    """Read `Content-Range` and `Content-Length`; raises the 400s for what does not fit together."""
    raw_length, raw_range = request.headers.get("content-length"), request.headers.get("content-range")
    length = int(raw_length) if raw_length else None
    if raw_range is None:
        if session.total is not None and length is not None and length != session.total:
            raise malformed(f"The body has {length} bytes, but {session.total} were announced.")
        return Wanted(start=0, length=length, total=session.total if length is None else length)
    match = RANGE.fullmatch(raw_range.strip())
    if match is None:
        raise malformed(f"Failed to parse Content-Range header {raw_range!r}.")
    first, last, total = (int(group) if group and group != "*" else None for group in match.groups())
    if total is not None and session.total is not None and total != session.total:
        raise malformed(f"The total {total} differs from the announced {session.total}.")
    if first is None or last is None:
        return Wanted(start=None, length=0, total=total)
    size = last - first + 1
    if size <= 0 or (total is not None and last >= total) or (length is not None and length != size):
        raise malformed(f"Content-Range {raw_range!r} does not fit a body of {raw_length} bytes.")
    return Wanted(start=first, length=size, total=total)


def malformed(why: str) -> GoogleError:
    """Make the 400 of a PUT that contradicts itself or the session."""
    return GoogleError(400, "badRequest", f"Invalid request. {why}", named=True)


def check_alignment(world: World, session: Session, wanted: Wanted) -> None:
    """Refuse a chunk that is neither the last nor a multiple of 256 KiB."""
    if wanted.length is None or wanted.start is None or world.switches.youtube_unaligned_stores_prefix:
        return
    last = session.total is not None and wanted.start + wanted.length == session.total
    if not last and wanted.length % UNIT_BYTES:
        raise malformed(f"The number of bytes uploaded is required to be a multiple of {UNIT_BYTES}.")

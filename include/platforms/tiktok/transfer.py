"""Gets the bytes of one begun publish to TikTok, in order, whatever happens on the way.

The one step that cannot be taken back is the last chunk: once TikTok has it, it posts by itself. The note
says `sending` until just before it and `last_chunk` from then on: whoever comes after a crash knows whether
there may be a post.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Final

import httpx

from include.platforms.contract import Note, Posting, ReportBytes, SaveNote
from include.platforms.errors import OutcomeUnknown, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.http import seconds_to_wait
from include.platforms.tiktok.chunks import ChunkPlan
from include.platforms.tiktok.client import Client
from include.platforms.tiktok.errors import error_for
from include.platforms.tiktok.payloads import PublishStatus

SENDING: Final = "sending"  # the last chunk was never begun: TikTok cannot have posted
LAST_CHUNK: Final = "last_chunk"  # the last chunk may be there
UNCLEAR: Final = "unclear"  # the upload address died and TikTok does not say how many bytes it has
PROCESSING: Final = "processing"  # TikTok said it has everything
POSTED: Final = "posted"

DEAD = (403, 404, 410)  # expired, unknown, gone
MAX_TRIES = 6
MAX_PAUSE_SECONDS = 64.0
LOOKS_SECONDS = (0.0, 1.0, 2.0, 4.0)
"""Pauses before each look at a dead upload whose last chunk may have arrived: TikTok's count may lag."""

_RANGE = re.compile(r"^\s*bytes\s+0-(\d+)/", re.IGNORECASE)
_chance = random.SystemRandom()


@dataclass(kw_only=True)
class Transfer:
    """One try to complete the publish in `note`; `note` is replaced, never changed in place."""

    client: Client
    posting: Posting
    note: Note
    save: SaveNote
    sent: ReportBytes
    _failed: int = field(default=0, init=False)
    _wish: float | None = field(default=None, init=False)
    _maybe_complete: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Plan as the note says; raise `Rejected` when the file is not the one it was made for."""
        self.plan = ChunkPlan.of(int(self.note["size"]))
        if self.posting.video.size != self.plan.size:
            raise Rejected("The video file is no longer the one whose upload to TikTok was begun.")

    def resume(self) -> bool:
        """Go on where an earlier try stopped; the same answer as `send`."""
        if self.note["stage"] in (PROCESSING, POSTED):
            return True
        self._maybe_complete = self.note["stage"] != SENDING
        try:
            status = self._status()
        except Rejected:
            return self._undecided() if self._maybe_complete else False
        if status.status != "PROCESSING_UPLOAD":
            return self._maybe_complete or status.status != "FAILED"
        confirmed = self.plan.last_start if self._maybe_complete else 0
        there = self.plan.boundary_below(status.uploaded_bytes or 0)
        return self.send(max(confirmed, there))

    def send(self, position: int) -> bool:
        """Send everything from byte `position` on.

        True: TikTok has all bytes, or is already through with them. False: the upload address died before the
        end, so this publish can never be posted and a new one is safe.
        """
        while position < self.plan.size:
            self._mark_last_chunk(position)
            stop = self.plan.end_after(position)
            response = self._put(position, stop)
            if response is not None and response.status_code in DEAD:
                return self._complete_after_all()
            reached = self._judge(response, position, stop)
            if reached > position:
                self.sent(reached)
            position = reached
        return True

    def _mark_last_chunk(self, position: int) -> None:
        if position >= self.plan.last_start and self.note["stage"] != LAST_CHUNK:
            self.note = {**self.note, "stage": LAST_CHUNK}
            self.save(self.note)

    def _put(self, position: int, stop: int) -> httpx.Response | None:
        """Send one chunk; None when the answer was lost."""
        video = self.posting.video
        try:
            response = self.client.put(
                self.note["upload_url"],
                video.pieces(position, stop),
                first=position,
                stop=stop,
                size=self.plan.size,
                content_type=video.content_type,
            )
        except (OutcomeUnknown, TryAgain) as lost:
            self._wish = lost.after if isinstance(lost, TryAgain) else None
            response = None
        if stop == self.plan.size and (response is None or response.status_code >= 500):
            self._maybe_complete = True
        return response

    def _judge(self, response: httpx.Response | None, position: int, stop: int) -> int:
        """Return the byte to go on from (the table of A.6), having paused when the answer was a fault."""
        if response is None:
            self._pause_after_fault(None)
            return self._asked(position)
        status = response.status_code
        if status in (200, 201, 206):
            return self._accepted(response, position, stop)
        if status == 416:
            self._pause_after_fault(response)
            return self._told(response, position)
        if status >= 500 or status in (408, 429):
            self._pause_after_fault(response)
            return position
        error = error_for(
            "invalid_file_upload" if status == 400 else None,
            status=status,
            request_id=self.client.calls.request_id(response),
        )
        raise self._unknown(error) if self._maybe_complete else error

    def _accepted(self, response: httpx.Response, position: int, stop: int) -> int:
        is_last = stop == self.plan.size
        if response.status_code == 201 and not is_last:
            raise OutcomeUnknown("TikTok says the upload is complete although not every byte was sent.", status=201)
        if response.status_code == 206 and is_last:
            self._pause_after_fault(response)
            return self._asked(position)
        told = _RANGE.match(response.headers.get("Content-Range", ""))
        if not is_last and told and int(told[1]) not in (stop - 1, stop):  # last byte or count: both are in use
            self._pause_after_fault(response)
            return self._told(response, position)
        self._failed = 0
        return stop

    def _told(self, response: httpx.Response, position: int) -> int:
        """Return where TikTok wants us to go on, from `Content-Range`, else from its status."""
        told = _RANGE.match(response.headers.get("Content-Range", ""))
        if told is None:
            there = self._status_or_end()
            return position if there is None else min(there, self.plan.size)
        last = int(told[1])
        is_count = last == self.plan.boundary_below(last)  # no chunk ends with a byte of such a number
        return min(last if is_count else last + 1, self.plan.size)

    def _asked(self, position: int) -> int:
        """Return where to go on after a lost answer: never before our own count, at the start of a chunk."""
        there = self._status_or_end()
        return position if there is None else max(position, self.plan.boundary_below(there))

    def _status_or_end(self) -> int | None:
        status = self._status()
        return status.uploaded_bytes if status.status == "PROCESSING_UPLOAD" else self.plan.size

    def _status(self) -> PublishStatus:
        try:
            return self.client.status(self.note["publish_id"])
        except (TryAgain, QuotaExhausted) as error:
            if self._maybe_complete:
                raise self._unknown(error) from None
            raise

    def _pause_after_fault(self, response: httpx.Response | None) -> None:
        """Wait before the next try (full jitter, 1 s doubling up to 64 s); raise when there were enough."""
        if response is not None:
            self._wish = seconds_to_wait(response)
        self._failed += 1
        status = response.status_code if response is not None else None
        if self._failed >= MAX_TRIES or (self._wish or 0) > MAX_PAUSE_SECONDS:
            error = TryAgain(
                "TikTok did not take the video's bytes; the upload can go on later.",
                after=self._wish,
                status=status,
            )
            raise self._unknown(error) if self._maybe_complete else error
        longest = min(MAX_PAUSE_SECONDS, 2.0 ** (self._failed - 1))
        self.client.calls.pause(max(_chance.uniform(0, longest), self._wish or 0))

    def _complete_after_all(self) -> bool:
        """Decide after a dead upload address whether TikTok has everything nevertheless."""
        if not self._maybe_complete:
            return False
        there: int | None = None
        for wait in LOOKS_SECONDS:
            self.client.calls.pause(wait)
            try:
                there = self._status_or_end()
            except Rejected:  # TikTok does not know the publish any more
                there = None
            if there is None:
                return self._undecided()
            if there >= self.plan.size:
                return True
        return False

    def _undecided(self) -> bool:
        self.note = {**self.note, "stage": UNCLEAR}
        self.save(self.note)
        raise OutcomeUnknown("TikTok's upload address is dead and TikTok does not say whether it has the whole video.")

    def _unknown(self, error: PlatformError) -> OutcomeUnknown:
        return OutcomeUnknown(
            "The answer to the last part of the video was lost, and TikTok could not be asked about it.",
            code=error.code,
            status=error.status,
            request_id=error.request_id,
        )

"""The bytes of one container: everything in one request, resumed at the offset the server names."""

from __future__ import annotations

import random
from dataclasses import dataclass

from include.platforms.contract import Note, Posting, ReportBytes
from include.platforms.errors import TryAgain
from include.platforms.instagram.client import Client
from include.platforms.instagram.errors import container_error

MAX_TRIES = 6
"""Faults in a row without a byte more."""
MAX_PAUSE_SECONDS = 64.0
_chance = random.SystemRandom()


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Sends one video into the container of `note`; nothing is published by bytes alone."""

    client: Client
    posting: Posting
    note: Note
    sent: ReportBytes

    def send(self, offset: int) -> None:
        """Send everything from `offset` on, going on where Meta stopped after each fault.

        Raises `TryAgain` when Meta takes no more bytes for now, or has lost the upload; `Rejected` and
        `AccountTrouble` as Meta says.
        """
        failed = 0
        video = self.posting.video
        while offset < video.size:
            try:
                self.client.send_bytes(str(self.note["container_id"]), self.note.get("uri"), video, offset)
                break
            except TryAgain as error:
                failed += 1
                self._pause(failed, error)
            there = self.received()
            failed = 0 if there > offset else failed
            offset = there
            self.sent(offset)
        self.sent(video.size)

    def received(self) -> int:
        """Return how many bytes Meta has; all of them when it has gone on already."""
        container = self.client.container(str(self.note["container_id"]))
        if container is None:
            raise TryAgain("Instagram does not know the upload (any more).", code="100/33")
        if container.is_stuck or container.status_code in ("ERROR", "EXPIRED"):
            raise container_error(container)
        size = self.posting.video.size
        return size if container.status_code in ("FINISHED", "PUBLISHED") else min(container.received, size)

    def _pause(self, failed: int, error: TryAgain) -> None:
        """Wait before the next try (full jitter, 1 s doubling up to 64 s); raise when there were enough."""
        if failed >= MAX_TRIES or (error.after or 0) > MAX_PAUSE_SECONDS:
            raise error
        longest = min(MAX_PAUSE_SECONDS, 2.0 ** (failed - 1))
        self.client.graph.calls.pause(max(_chance.uniform(0, longest), error.after or 0))

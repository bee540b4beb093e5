"""What a video's status means for us, and when to look again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from include.platforms.contract import Note, Pending, Published, Ready
from include.platforms.errors import Rejected, TryAgain
from include.platforms.linkedin import notes
from include.platforms.linkedin.payloads import AVAILABLE, FAILED, WAITING, VideoSeen

PACE = ((30.0, 5.0), (120.0, 15.0), (600.0, 30.0), (1800.0, 120.0))
"""Until so many seconds have passed, look again after so many: about 40 looks in the half hour LinkedIn may need
(reference B.3), for a member has 150 calls a day…"""
SLOWEST_PACE = 300.0
FORGOTTEN_SECONDS = 600.0
"""A video that waits for its bytes so long after they were all sent has lost them."""
MISSING_LOOKS = 3
"""A video that is missing so often in a row is gone."""

ADDRESS = "https://www.linkedin.com/feed/update/{urn}/"


@dataclass(frozen=True)
class Progress:
    """Reads statuses; asks nobody and changes no note in place."""

    now: Callable[[], datetime]

    def answer(self, video: VideoSeen, note: Note) -> Pending | Ready:
        """Return how far a video is whose bytes LinkedIn has.

        Raises `Rejected` when it could not be processed, `TryAgain` when LinkedIn lost its bytes.
        """
        note = {name: value for name, value in note.items() if name != "missing"}
        if video.status == AVAILABLE:
            return Ready(note=notes.may_be_posted(note))
        if video.status == FAILED:
            why = video.processing_failure_reason or "no reason given"
            raise Rejected(f"LinkedIn could not process the video ({why}). Encode it again.", code=FAILED)
        if self.is_forgotten(video, note):
            raise TryAgain("LinkedIn has lost the video's bytes; nothing was posted.", code=WAITING)
        return self.pending(note)

    def is_forgotten(self, video: VideoSeen, note: Note) -> bool:
        """Say whether a video waits for bytes that were all sent long ago."""
        return video.status == WAITING and self._seconds_since(note["sent_at"]) > FORGOTTEN_SECONDS

    def gone(self, note: Note) -> Pending:
        """Return "ask again" for a video LinkedIn does not know just now; raise `TryAgain` when it is gone."""
        missing = int(note.get("missing") or 0) + 1
        if missing >= MISSING_LOOKS:
            raise TryAgain("LinkedIn no longer has the video; nothing was posted.", status=404)
        return self.pending({**note, "missing": missing})

    def pending(self, note: Note) -> Pending:
        """Return "ask again", at the pace of its age."""
        passed = self._seconds_since(note["sent_at"])
        pace = next((pace for until, pace in PACE if passed < until), SLOWEST_PACE)
        return Pending(note=note, look_again_after=pace)

    def published(self, note: Note) -> Published:
        """Return the answer for a post that is out; its address is None while LinkedIn has not told it."""
        urn = note.get("post")
        warnings = list(note.get("warnings") or ())
        if urn is None:
            warnings.append("LinkedIn has posted the video and did not say where; its address will be looked up.")
        url = ADDRESS.format(urn=urn) if urn else None
        return Published(video_id=urn, url=url, note=note, warnings=tuple(warnings))

    def _seconds_since(self, moment: str) -> float:
        return (self.now() - datetime.fromisoformat(moment)).total_seconds()

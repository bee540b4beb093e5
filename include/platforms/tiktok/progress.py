"""What a publish's status means: how far it is, what an earlier try left, when to look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.platforms.contract import Answer, CannotTell, Found, Note, Pending, Published, Unfinished
from include.platforms.errors import Rejected
from include.platforms.tiktok.errors import error_for_reason
from include.platforms.tiktok.payloads import PUBLIC, PublishStatus
from include.platforms.tiktok.transfer import POSTED, PROCESSING, SENDING, UNCLEAR
from include.releases.publication import Placement

PACE = ((30.0, 5.0), (120.0, 15.0))
"""Until so many seconds have passed, look again after so many (reference A.8)…"""
SLOWEST_PACE = 30.0
"""…and after that every half minute."""
PUBLIC_ID_PATIENCE_SECONDS = 60.0
MAX_LOOKS = 10
LOOK_AGAIN_SECONDS = 60.0


@dataclass(frozen=True)
class Progress:
    """Reads statuses for one account; asks nobody and changes no note in place."""

    settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime]

    def handed_over(self, note: Note) -> Pending:
        """Return the answer for a publish whose bytes TikTok has; its upload address is forgotten."""
        kept = {key: value for key, value in note.items() if key != "upload_url"}
        kept |= {"stage": PROCESSING, "sent_at": note.get("sent_at") or self.now().isoformat()}
        return Pending(note=kept, look_again_after=PACE[0][1])

    def answer(self, status: PublishStatus, note: Note) -> Answer:
        """Return how far a handed-over publish is; raise what its `fail_reason` means."""
        if status.post_ids:
            return self._published(note, status.post_ids[0])
        if status.status == "FAILED":
            raise error_for_reason(status.fail_reason)
        if status.status == "PUBLISH_COMPLETE":
            return self._complete(note)
        if status.status == "SEND_TO_USER_INBOX" and note.get("placement") == Placement.INBOX.value:
            return self._published(note, None)
        return Pending(note=note, look_again_after=self._pace(note.get("sent_at")))

    def left(self, status: PublishStatus, note: Note) -> Found:
        """Return what an earlier upload left; None when nothing was posted and a new start is right.

        A failure that needs another release is raised as `Rejected`. The other failures have passed, or show
        again at the new start.
        """
        if status.status == "PROCESSING_UPLOAD":
            return self._half_way(status, note)
        if status.status == "FAILED" and not status.post_ids:
            error = error_for_reason(status.fail_reason)
            if may_have_posted(note) and isinstance(error, Rejected):
                raise error
            return None
        return self.answer(status, note)

    def cannot_tell(self, note: Note, why: str) -> CannotTell:
        """Return "cannot tell", worth another look a minute later, ten times in all."""
        looks = int(note.get("looks", 0)) + 1
        again = LOOK_AGAIN_SECONDS if looks < MAX_LOOKS else None
        return CannotTell(why=why, note={**note, "looks": looks}, look_again_after=again)

    def _half_way(self, status: PublishStatus, note: Note) -> Found:
        there = status.uploaded_bytes
        if note["stage"] in (PROCESSING, POSTED):
            return Pending(note=note, look_again_after=self._pace(note.get("sent_at")))
        if there is not None and there >= int(note["size"]):
            return self.handed_over(note)
        if note["stage"] != UNCLEAR:
            return Unfinished(note=note)
        if there is None:
            return self.cannot_tell(note, "TikTok's upload address is dead and TikTok does not say what it has.")
        return None  # the address is dead and bytes are missing: it can never be posted

    def _complete(self, note: Note) -> Answer:
        """Wait a while for the id a public post gets after moderation; other posts never get one."""
        if note.get("privacy") != PUBLIC:
            return self._published(note, None)
        note = {**note, "complete_at": note.get("complete_at") or self.now().isoformat()}
        patience = float(self.settings.get("public_id_patience_seconds", PUBLIC_ID_PATIENCE_SECONDS))
        if self._seconds_since(note["complete_at"]) < patience:
            return Pending(note=note, look_again_after=self._pace(note["complete_at"]))
        late = "TikTok has posted the video and is still moderating it; its address will be known later."
        return self._published(note, None, late)

    def _published(self, note: Note, video_id: str | None, *warnings: str) -> Published:
        username = note.get("username") or self.account.get("username")
        url = f"https://www.tiktok.com/@{username}/video/{video_id}" if username and video_id else None
        return Published(video_id=video_id, url=url, note={**note, "stage": POSTED}, warnings=warnings)

    def _pace(self, since: str | None) -> float:
        passed = self._seconds_since(since) if since else 0.0
        return next((pace for until, pace in PACE if passed < until), SLOWEST_PACE)

    def _seconds_since(self, moment: str) -> float:
        return (self.now() - datetime.fromisoformat(moment)).total_seconds()


def may_have_posted(note: Note) -> bool:
    """Say whether the last chunk was ever begun: before it TikTok cannot have posted anything."""
    return bool(note["stage"] != SENDING)

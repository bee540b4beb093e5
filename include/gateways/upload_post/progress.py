"""How far an upload is at upload-post.com, and what an earlier try left of it. Its `success` alone means nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from include.gateways.answers import refused_by_platform
from include.gateways.post_addresses import video_id_in
from include.gateways.timing import pace
from include.gateways.upload_post.client import Client
from include.gateways.upload_post.payloads import Result, Settings, Status
from include.platforms.contract import Answer, CannotTell, Found, Note, Pending, Published, Unfinished
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, Rejected
from include.releases.publication import Placement

SENDING: Final = "sending"  # an upload under this id may have been accepted
REFUSED: Final = "refused"  # it was surely not; the next try takes another id
SENT: Final = "sent"  # it was accepted
OUT: Final = "out"

KEY_LASTS = timedelta(hours=23)
"""The same key is the same upload for 24 hours (npm package 2.14.0); an hour is left for clocks and slow uploads."""
FAILED, COMPLETED = "failed", "completed"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Reads statuses for one account; changes no note in place."""

    client: Client
    platform: str
    settings: Settings
    now: Callable[[], datetime]

    def sent(self, note: Note, answer: Status) -> Answer:
        """Return the answer for an upload that was accepted; a quick one may have its result already."""
        note = {**note, "stage": SENT, "sent_at": self.now().isoformat(), "seen": 0}
        result = answer.of(self.platform)
        if result is not None:
            return self._judge(note, result)
        return Pending(note=note, look_again_after=pace(self.settings.pace_seconds, 0))

    def check(self, note: Note) -> Answer:
        """Return how far it is; raise what its failure means, `OutcomeUnknown` when nobody can say."""
        if note["stage"] == OUT:
            return Published(video_id=note.get("video_id"), url=note.get("url"), note=note)
        status = self.client.status(str(note["request_id"]))
        if status is None:
            raise OutcomeUnknown("upload-post.com no longer knows this upload.")
        return self._answer(note, status)

    def left(self, note: Note) -> Found:
        """Return what an earlier try left; None when a new upload is safe.

        An upload of the last 23 hours that upload-post.com does not know is sent again under the same id: should both
        have arrived, they are one.
        """
        if note["stage"] == OUT:
            return self.check(note)
        if note["stage"] == REFUSED:
            return None
        status = self.client.status(str(note["request_id"]))
        if status is None:
            return self._unknown_there(note)
        if status.status in (FAILED, COMPLETED) and (result := status.of(self.platform)) is not None:
            return self._settled(note, result)
        try:
            return self._answer(note, status)
        except OutcomeUnknown as unknown:
            return CannotTell(why=unknown.message, note=note)

    def _answer(self, note: Note, status: Status) -> Answer:
        result = status.of(self.platform)
        if status.status == COMPLETED or (status.status == FAILED and result is not None and result.error):
            if result is None:
                raise OutcomeUnknown(f"upload-post.com is done and says nothing of {self.platform}.")
            return self._judge(note, result)
        if status.status == FAILED:  # also after an hour without activity: what the platform did, nobody says
            raise OutcomeUnknown("upload-post.com calls the upload failed and does not say why.")
        since = self.now() - datetime.fromisoformat(note.get("sent_at") or note["at"])
        if since > timedelta(minutes=self.settings.patience_minutes):
            raise OutcomeUnknown(
                f"upload-post.com has been working on it for {self.settings.patience_minutes:g} minutes."
            )
        seen = int(note.get("seen", 0)) + 1
        note = {**note, "stage": SENT, "sent_at": note.get("sent_at") or self.now().isoformat(), "seen": seen}
        return Pending(note=note, look_again_after=pace(self.settings.pace_seconds, seen))

    def _unknown_there(self, note: Note) -> Found:
        row = self.client.history(str(note["request_id"]), self.platform)
        if row is not None:
            return self._settled(note, row)
        if note["stage"] == SENT:
            return CannotTell(why="upload-post.com no longer knows this upload.", note=note)
        age = self.now() - datetime.fromisoformat(note["at"])
        return Unfinished(note=note) if age < KEY_LASTS else None

    def _settled(self, note: Note, result: Result) -> Found:
        try:
            return self._judge(note, result)
        except Rejected:
            raise
        except PlatformError:  # it is not out, and another try may get through
            return None

    def _judge(self, note: Note, result: Result) -> Published:
        """Return what a final result means; `success` with a draft in the inbox is no post."""
        where = f"{self.platform} (through upload-post.com)"
        if result.skipped:
            raise AccountTrouble(
                f"The profile has no {self.platform} account at upload-post.com any more. Connect it there.",
                code="skipped",
            )
        if not result.success:
            raise refused_by_platform(where, result.error, result.error_code)
        wanted_draft = note.get("placement") == Placement.INBOX.value
        if result.is_draft and not wanted_draft:
            raise Rejected(
                "TikTok did not take the video as a post: upload-post.com put it into the creator's inbox as a draft. "
                "Finish it or delete it in the TikTok app before you publish it again.",
                code="draft_in_inbox",
            )
        video_id = None if result.is_draft else result.post_id or video_id_in(self.platform, result.url)
        url = None if result.is_draft else result.url
        note = {**note, "stage": OUT, "video_id": video_id, "url": url}
        return Published(video_id=video_id, url=url, note=note, warnings=tuple(note.get("warnings") or ()))

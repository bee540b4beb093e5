"""Gets the bytes of one begun video to LinkedIn, whatever happens on the way.

Nothing here can make anything public: parts may be sent again, and the upload may be finished again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from include.platforms.contract import Note, Posting, ReportBytes, SaveNote
from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.http import seconds_to_wait
from include.platforms.linkedin import notes
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.errors import error_for
from include.platforms.linkedin.payloads import WAITING, finish_upload_body
from include.platforms.patience import Patience

DEAD = (401, 403, 404, 410)  # expired (EXPIRED_UPLOAD_URL), unknown, gone
PASSING = (408, 429)
NOT_ENOUGH = "LinkedIn did not take the video's bytes; the upload can go on later."
NO_THUMBNAIL = "LinkedIn did not take the thumbnail; it shows a frame of the video."


@dataclass(kw_only=True)
class Transfer:
    """One try to complete the upload in `note`; `note` is replaced, never changed in place."""

    client: Client
    posting: Posting
    note: Note
    save: SaveNote
    sent: ReportBytes

    def __post_init__(self) -> None:
        """Raise `Rejected` when the file is not the one the upload was begun for."""
        if self.posting.video.size != int(self.note["size"]):
            raise Rejected("The video file is no longer the one whose upload to LinkedIn was begun.")

    def run(self) -> bool:
        """Send what is missing and tell LinkedIn that all is there; the note says `processing` then.

        False: the addresses died before the end, so this video can never be completed and a new one is to be begun.
        Raises `TryAgain` when it stopped half-way: going on from the saved note is right.
        """
        if self.note["stage"] == notes.SENDING:
            if self._is_expired() or not self._send_parts():
                return False
            self._send_thumbnail()
            self._keep({**self.note, "stage": notes.FINALISING})
        self._finish()
        self.note = notes.handed_over(self.note, datetime.now(UTC))
        return True

    def _is_expired(self) -> bool:
        expires_at = self.note.get("expires_at")
        return expires_at is not None and datetime.fromisoformat(expires_at) <= datetime.now(UTC)

    def _send_parts(self) -> bool:
        for index, start, stop, address in notes.missing_parts(self.note):
            etag = self._send_part(start, stop, address)
            if etag is None:
                return False
            self._keep(notes.with_etag(self.note, index, etag))
            self.sent(notes.bytes_there(self.note))
        return True

    def _send_part(self, start: int, stop: int, address: str) -> str | None:
        """Return the part's ETag; None when its address is dead."""
        patience = Patience(self.client.calls.pause)
        while True:
            try:
                pieces = self.posting.video.pieces(start, stop)
                response = self.client.put_part(address, pieces, stop - start)
                if response.is_success and (etag := response.headers.get("ETag")):
                    return str(etag)
                if response.status_code in DEAD:
                    return None
                error = self._error(response)
            except TryAgain as lost:
                error = lost
            if not isinstance(error, TryAgain) or not patience.wait(error):
                raise error

    def _send_thumbnail(self) -> None:
        """Send the picture; what fails becomes a warning, for the video does not depend on it."""
        picture, address = self.posting.thumbnail, self.note.get("thumbnail_url")
        if picture is None or self.note.get("thumbnail_sent"):
            return
        if not address:
            self.note = notes.with_warning(self.note, f"{NO_THUMBNAIL} It offered no address for it.")
            return
        patience = Patience(self.client.calls.pause, tries=3)
        while True:
            try:
                response = self.client.put_thumbnail(address, picture.content)
                if response.is_success:
                    self.note = {**self.note, "thumbnail_sent": True}
                    return
                error = self._error(response)
            except TryAgain as lost:
                error = lost
            if not isinstance(error, TryAgain) or not patience.wait(error):
                self.note = notes.with_warning(self.note, f"{NO_THUMBNAIL} {error.message}")
                return

    def _finish(self) -> None:
        """Tell LinkedIn that all parts are there; a lost or odd answer is settled by the video's status."""
        video = str(self.note["video"])
        body = finish_upload_body(video, str(self.note["token"]), notes.etags(self.note))
        patience = Patience(self.client.calls.pause, tries=3)
        while True:
            try:
                return self.client.finish_upload(body)
            except (TryAgain, Rejected) as error:
                if self.client.video(video).status != WAITING:
                    return None
                if isinstance(error, Rejected) or not patience.wait(error):
                    raise

    def _error(self, response: httpx.Response) -> PlatformError:
        """Return our error for a part or picture that was not taken."""
        status = response.status_code
        request_id = self.client.calls.request_id(response)
        if response.is_success or status >= 500 or status in PASSING:
            return TryAgain(NOT_ENOUGH, after=seconds_to_wait(response), status=status, request_id=request_id)
        return error_for(response, request_id=request_id)

    def _keep(self, note: Note) -> None:
        self.note = note
        self.save(note)

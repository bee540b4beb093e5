"""Gets a video's bytes to Facebook, whatever happens on the way.

Bytes alone are never posted: until the publishing call is made every fault here may be tried again, and an upload that
is dead is simply begun anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from include.platforms.contract import Note, Posting, ReportBytes
from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.facebook.client import Client, WrongOffset
from include.platforms.facebook.errors import is_without_bytes
from include.platforms.facebook.payloads import VideoNode
from include.platforms.meta_graph.errors import is_missing
from include.platforms.patience import Patience

LEAST_CHUNK_BYTES = 1 << 20
"""What is sent after a resume until Facebook says how much it wants at once."""
DEAD = frozenset({"expired", "upload_failed", "error"})
"""`video_status` of an upload that will never become a video."""


@dataclass(kw_only=True)
class Transfer:
    """One try to complete the upload in `note`, of a reel (one request) or of a video (chunks of Facebook's choice)."""

    client: Client
    posting: Posting
    note: Note
    sent: ReportBytes
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        """Refuse a file that is not the one the upload was begun for."""
        self.patience = Patience(self.client.calls.pause)
        if self.posting.video.size != int(self.note["size"]):
            raise Rejected("The video file is no longer the one whose upload to Facebook was begun.")

    def resume(self) -> bool:
        """Go on where Facebook stopped; the same answer as `run`.

        An upload that Facebook refuses now counts as dead, because its end may have come in the meantime.
        """
        try:
            node = self.client.video(str(self.note["video_id"]))
            if node is not None and node.status.video_status in DEAD:
                return False
            return self.run(_bytes_there(node) or 0)
        except Rejected:
            return False

    def run(self, position: int = 0, end: int | None = None) -> bool:
        """Send everything from `position` on; `end`: how far Facebook wants the first chunk.

        True: Facebook has every byte. False: the upload is dead, and a new one is safe. Raises `TryAgain` when it
        stopped half-way, and the other errors for what only a person mends.
        """
        if "upload_url" in self.note:
            return self._whole(position)
        return self._chunks(position, end or position + int(self.note.get("chunk_bytes") or LEAST_CHUNK_BYTES))

    def _whole(self, position: int) -> bool:
        size = int(self.note["size"])
        while position < size:
            try:
                self.client.send_reel(str(self.note["upload_url"]), self.posting.video, position)
                position = size
            except TryAgain as error:
                there = self._asked()
                if there is None:
                    return False
                if there > position:
                    self.patience.restore()
                if there < size:
                    self._wait(error)
                position = there
            self.sent(position)
        return True

    def _asked(self) -> int | None:
        """Return how many bytes Facebook has; None when it does not know the upload any more."""
        node = self.client.video(str(self.note["video_id"]))
        if node is None or node.status.video_status in DEAD:
            return None
        return min(_bytes_there(node) or 0, int(self.note["size"]))

    def _chunks(self, position: int, end: int) -> bool:
        size = int(self.note["size"])
        while position < size:
            wanted = self._chunk(position, min(max(end, position + 1), size))
            if wanted is None:
                return False
            if wanted[0] > position:
                self.patience.restore()
                self.sent(min(wanted[0], size))
            else:
                self._wait(TryAgain("Facebook asks for the same part of the video again."))
            if wanted[0] == wanted[1] and wanted[0] < size:
                return False  # it takes the upload for complete, which it is not
            position, end = wanted
        return True

    def _chunk(self, position: int, stop: int) -> tuple[int, int] | None:
        """Send one chunk until it is answered; return what Facebook wants next, None when the upload is dead."""
        while True:
            try:
                answer = self.client.send_chunk(str(self.note["upload_session_id"]), self.posting.video, position, stop)
                return answer.start_offset, answer.end_offset
            except WrongOffset as wrong:
                return wrong.start, wrong.end
            except TryAgain as error:
                self._wait(error)
            except Rejected as error:
                if is_missing(error) or is_without_bytes(error):
                    return None
                raise

    def _wait(self, error: PlatformError) -> None:
        if not self.patience.wait(error):
            after = error.after if isinstance(error, TryAgain) else None
            raise TryAgain(
                f"Facebook did not take the video's bytes; the upload goes on later. {error.message}",
                after=after,
                code=error.code,
                status=error.status,
                request_id=error.request_id,
            )


def _bytes_there(node: VideoNode | None) -> int | None:
    return node.status.uploading_phase.bytes_transferred if node is not None else None

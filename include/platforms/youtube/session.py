"""A resumable upload: bytes in chunks into a session that only its own answers tell the truth about.

youtube.md 2.2 to 2.5. The session is asked (`bytes */N`) after everything that is not a clear answer, and
what it says it has (`Range`) is where we go on, whatever we believe to have sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from include.platforms.contract import ReportBytes, VideoFile
from include.platforms.errors import OutcomeUnknown, PlatformError, TryAgain
from include.platforms.http import body_of
from include.platforms.patience import Patience
from include.platforms.youtube.client import Client

RESUME_INCOMPLETE = 308
GONE = frozenset({404, 410})
RANGE = re.compile(r"(?:bytes=)?0-(\d+)")


@dataclass(frozen=True, kw_only=True)
class Stored:
    """The session goes on: it has the first `stored` bytes, and perhaps a new address."""

    stored: int
    moved_to: str | None


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The session has become a video."""

    video: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Lost:
    """The session is unknown: it expired, or finished long ago."""

    status: int


def chunk_stop(start: int, total: int, chunk_bytes: int) -> int:
    """Return where the chunk that begins at `start` ends (not included); only the last may be shorter."""
    return min(start + chunk_bytes, total)


def read_answer(response: httpx.Response, total: int) -> Stored | Finished | Lost | None:
    """Read a session's answer; None when it is none of the three and is to be judged as an error."""
    status = response.status_code
    if status == RESUME_INCOMPLETE:
        found = RANGE.fullmatch(response.headers.get("Range", "").strip())
        stored = int(found[1]) + 1 if found else 0  # no Range: nothing is stored
        return Stored(stored=min(stored, total), moved_to=response.headers.get("Location"))
    if status in (httpx.codes.OK, httpx.codes.CREATED):
        video = body_of(response)
        return Finished(video=video) if isinstance(video, dict) and video.get("id") else None
    return Lost(status=status) if status in GONE else None


def ask(client: Client, address: str, total: int) -> Stored | Finished | Lost:
    """Ask a session how far it is; raise what its answer means when it says none of the three."""
    response = client.ask_session(address, total=total)
    answer = read_answer(response, total)
    if answer is None:
        raise client.session_error(response, "videos.insert.status")
    return answer


class Session:
    """Sends one file into one session.

    `moved` is called with the session's new address before it is used; `last_chunk` before the bytes that may complete
    the video; `sent` with the bytes the session has confirmed.
    """

    def __init__(
        self,
        client: Client,
        video: VideoFile,
        address: str,
        *,
        chunk_bytes: int,
        moved: Callable[[str], None],
        last_chunk: Callable[[], None],
        sent: ReportBytes,
    ) -> None:
        """Prepare; nothing is sent before `run`."""
        self._client = client
        self._video = video
        self._address = address
        self._chunk_bytes = chunk_bytes
        self._moved = moved
        self._last_chunk = last_chunk
        self._sent = sent
        self._patience = Patience(client.calls.pause)
        self._confirmed = -1
        self._refreshed = False
        self._may_be_a_video = False

    def run(self, stored: int | None) -> dict[str, Any]:
        """Send everything from byte `stored` on (None: ask first) and return the video's resource.

        Raises `TryAgain` when it stopped half-way and no video can have come of it, `OutcomeUnknown` when one
        may have, and what the file, the account or the texts are at fault for.
        """
        self._may_be_a_video = stored is None
        self._confirmed = -1 if stored is None else stored
        while True:
            try:
                answer = self._ask() if stored is None else self._send(stored)
            except (TryAgain, OutcomeUnknown) as error:
                self._wait_or_leave(error)
                stored = None
                continue
            if answer is None:  # a new token instead of an answer
                stored = None
                continue
            if isinstance(answer, Finished):
                self._sent(self._video.size)
                return answer.video
            if isinstance(answer, Lost):
                raise OutcomeUnknown(
                    "YouTube no longer knows the upload session; whether it became a video is unclear.",
                    code="sessionLost",
                    status=answer.status,
                )
            stored = self._went_on(answer, before=stored)

    def _went_on(self, answer: Stored, before: int | None) -> int | None:
        """Take note of an answer in the middle; return where to go on, or None to ask once more."""
        if answer.moved_to and answer.moved_to != self._address:
            self._address = answer.moved_to
            self._moved(self._address)
        complete = answer.stored >= self._video.size
        self._may_be_a_video = complete
        if answer.stored > self._confirmed:
            self._confirmed = answer.stored
            self._patience.restore()
            self._refreshed = False
            self._sent(answer.stored)
        elif before is not None:
            self._wait_or_leave(TryAgain("YouTube takes no more bytes of the video.", code="noProgress"))
            return None
        if complete:
            self._wait_or_leave(TryAgain("YouTube has all bytes but no video yet.", code="noAnswer"))
            return None
        return answer.stored

    def _ask(self) -> Stored | Finished | Lost:
        return ask(self._client, self._address, self._video.size)

    def _send(self, start: int) -> Stored | Finished | Lost | None:
        """Send one chunk; None when it was refused for its token and there is a new one now."""
        total = self._video.size
        stop = chunk_stop(start, total, self._chunk_bytes)
        self._may_be_a_video = stop == total
        if self._may_be_a_video:
            self._last_chunk()
        response = self._client.put_bytes(
            self._address,
            self._video.pieces(start, stop),
            start=start,
            stop=stop,
            total=total,
            content_type=self._video.content_type,
        )
        if response.status_code == httpx.codes.UNAUTHORIZED and not self._refreshed:
            self._refreshed = self._client.refresh_after(response)
            if self._refreshed:
                return None
        answer = read_answer(response, total)
        if answer is None:
            raise self._client.session_error(response, "videos.insert.put")
        return answer

    def _wait_or_leave(self, error: PlatformError) -> None:
        if self._patience.wait(error):
            return
        if self._may_be_a_video:
            raise OutcomeUnknown(
                f"The upload's end is unclear: {error.message}", code=error.code, status=error.status
            ) from None
        after = error.after if isinstance(error, TryAgain) else None
        raise TryAgain(
            f"The upload stopped after {max(self._confirmed, 0):,} of {self._video.size:,} bytes: {error.message}",
            after=after,
            code=error.code,
            status=error.status,
        ) from None

"""The release's video, streamed; whoever reads it learns at once when somebody writes to it."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from include.releases.container import HEAD_BYTES, content_type, sniff
from include.releases.files import ExportError, File, local_state

if TYPE_CHECKING:
    from include.releases.video_facts import VideoFacts

BUCKET_LOOK_SECONDS = 5.0
"""A look at a bucket is a request, so it is taken this often, and always before the last piece."""
HASH_BYTES = 1 << 20


class FileChanged(Exception):
    """Somebody wrote to, replaced or removed the file after we first looked at it; the message is a sentence."""


class Video:
    """A video file of the export, as it was when it was found.

    `fingerprint` may be kept and given to a later `Video` of the same file, which then refuses another content.
    """

    def __init__(self, file: File, *, fingerprint: str | None = None) -> None:
        """Remember how the file stands; raise `ExportError` when it is missing, `FileChanged` when it is another."""
        state = file.state()
        if state is None:
            raise ExportError([f"{file.name} is missing."])
        self.file = file
        self.fingerprint = fingerprint or state.fingerprint
        self._size = state.size
        self._content_type: str | None = None
        self._expect(state.fingerprint)

    @property
    def name(self) -> str:
        """File name without folders."""
        return self.file.name.rsplit("/", 1)[-1]

    @property
    def size(self) -> int:
        """Size in bytes."""
        return self._size

    @property
    def content_type(self) -> str:
        """Media type by content, such as ``video/mp4``."""
        if self._content_type is None:
            with self.file.open() as opened:
                self._content_type = content_type(sniff(opened.read(HEAD_BYTES)))
        return self._content_type

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `start` up to (not including) `stop`.

        Raises `FileChanged` before a piece is handed out that was read after the file had changed.
        """
        if not 0 <= start <= stop <= self._size or piece_bytes < 1:
            raise ValueError(f"bytes {start} to {stop} are not in a file of {self._size}")
        if start == stop:
            return iter(())
        return (
            self._local(start, stop, piece_bytes)
            if self.file.bucket is None
            else self._remote(start, stop, piece_bytes)
        )

    def facts(self) -> VideoFacts:
        """Read what the video really is; raise `NotAVideo`, or `FileChanged` when it changed meanwhile."""
        from include.releases import video_facts

        if self.file.bucket is None:
            facts = video_facts.read(self.file.path)
        else:
            with self.file.open() as opened:
                facts = video_facts.read(opened)
        self._look()
        return facts

    def _local(self, start: int, stop: int, piece_bytes: int) -> Iterator[bytes]:
        try:
            descriptor = os.open(self.file.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise self._changed() from None
        try:
            self._expect(local_state(os.fstat(descriptor)).fingerprint)
            at = start
            while at < stop:
                piece = os.pread(descriptor, min(piece_bytes, stop - at), at)
                self._look()
                if not piece:
                    raise self._changed()
                at += len(piece)
                yield piece
        finally:
            os.close(descriptor)

    def _remote(self, start: int, stop: int, piece_bytes: int) -> Iterator[bytes]:
        looked = float("-inf")
        with self.file.open() as opened:
            opened.seek(start)
            at = start
            while at < stop:
                piece = opened.read(min(piece_bytes, stop - at))
                at += len(piece)
                if at >= stop or not piece or time.monotonic() - looked >= BUCKET_LOOK_SECONDS:
                    self._look()
                    looked = time.monotonic()
                if not piece:
                    raise self._changed()
                yield piece

    def _look(self) -> None:
        state = self.file.state()
        self._expect(state.fingerprint if state else "")

    def _expect(self, fingerprint: str) -> None:
        if fingerprint != self.fingerprint:
            raise self._changed()

    def _changed(self) -> FileChanged:
        return FileChanged(f"{self.file.name} was changed, replaced or removed while it was in use; publish it again.")


def sha256(video: Video) -> str:
    """Return the hexadecimal SHA-256 of the whole video, read in pieces; raise `FileChanged` when it changes."""
    digest = hashlib.sha256()
    for piece in video.pieces(0, video.size, HASH_BYTES):
        digest.update(piece)
    return digest.hexdigest()

"""A video as a file object, for libraries that want to `read` and `seek`; in memory is one piece at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator

from include.platforms.contract import VideoFile

READ_BYTES = 1 << 20


class PiecewiseFile(io.RawIOBase):
    """Reads a `VideoFile`; raises what its `pieces` raises, such as `FileChanged`."""

    def __init__(self, file: VideoFile) -> None:
        """Begin at the first byte."""
        super().__init__()
        self._file = file
        self._at = 0
        self._pieces: Iterator[bytes] | None = None
        self._rest = b""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes: after a failure a library goes back to what the other side has."""
        return True

    def tell(self) -> int:
        """Return the position in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position and return it."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        if start + offset != self._at:
            self._at, self._pieces, self._rest = min(max(start + offset, 0), self._file.size), None, b""
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Return exactly `size` bytes, fewer only at the end of the file."""
        wanted = self._file.size - self._at if size is None or size < 0 else min(size, self._file.size - self._at)
        found = bytearray()
        while len(found) < wanted:
            if not self._rest:
                self._rest = self._next(self._at + len(found))
            taken = self._rest[: wanted - len(found)]
            self._rest = self._rest[len(taken) :]
            found += taken
        self._at += len(found)
        return bytes(found)

    def _next(self, at: int) -> bytes:
        if self._pieces is None:
            self._pieces = self._file.pieces(at, self._file.size, READ_BYTES)
        return next(self._pieces)

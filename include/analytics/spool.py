"""Keeps what a reading brought on disk until it is complete, so that a million rows need no memory."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from include.platforms.reading import Rows, Whole

IN_MEMORY_BYTES = 16 * 1024 * 1024


class Spool:
    """Answers in the order they came; `safe` marks how much of them is whole."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed by close()
        self._safe = 0

    def put(self, answer: Rows | Whole) -> None:
        """Keep one answer."""
        pickle.dump(answer, self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def safe(self) -> None:
        """Say that everything so far is whole."""
        self._safe = self._file.tell()

    def __iter__(self) -> Iterator[Rows | Whole]:
        """Give back what is whole."""
        self._file.seek(0)
        while self._file.tell() < self._safe:
            yield pickle.load(self._file)  # noqa: S301 - we wrote it ourselves

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

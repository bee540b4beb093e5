"""One door to a file of the export, be it on a local disk or in a bucket; nothing below a root ever leaves it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

BUCKETS = ("gs", "s3")
"""Kinds of addresses that are opened through fsspec, besides ``file``."""
READ_AHEAD_BYTES = 8 << 20
"""A bucket is read in ranges of this size."""


class ExportError(ValueError):
    """The export is not as it should be; `problems` holds one sentence per problem, all of them."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class FileState:
    """A file as it stands now; two equal fingerprints mean that nobody has written to it in between."""

    size: int
    fingerprint: str
    modified_at: datetime


@dataclass(frozen=True, kw_only=True)
class File:
    """A file's place: a path on a disk, or a path of an fsspec file system; `name` is below the root."""

    name: str
    path: str
    bucket: Any = None

    def state(self) -> FileState | None:
        """Look at the file anew; None when it is missing or is no file."""
        if self.bucket is None:
            try:
                status = os.stat(self.path)
            except (FileNotFoundError, NotADirectoryError):
                return None
            return local_state(status) if os.path.isfile(self.path) else None
        self.bucket.invalidate_cache(self.path)
        try:
            info = self.bucket.info(self.path)
        except FileNotFoundError:
            return None
        return bucket_state(info) if info.get("type") == "file" else None

    def open(self) -> BinaryIO:
        """Open the file for reading; a local one unbuffered, a bucket's with read-ahead."""
        if self.bucket is None:
            return cast("BinaryIO", open(self.path, "rb", buffering=0))
        opened = self.bucket.open(self.path, "rb", block_size=READ_AHEAD_BYTES, cache_type="readahead")
        return cast("BinaryIO", opened)


@dataclass(frozen=True, kw_only=True)
class Root:
    """The folder or bucket the export step writes to."""

    address: str
    path: str
    bucket: Any = None

    def file(self, name: str) -> File:
        """Return the place of `name` (``women/18-23/x.mp4``); raise `ExportError` when it lies outside the root.

        For a local root every link on the way is followed first, so that a link cannot lead outside either.
        """
        if (
            name.startswith("/")
            or "\\" in name
            or "\x00" in name
            or not all(_is_plain(step) for step in name.split("/"))
        ):
            raise ExportError([f"{name!r} is not a path below the export root."])
        if self.bucket is not None:
            return File(name=name, path=f"{self.path}/{name}", bucket=self.bucket)
        path = os.path.realpath(os.path.join(self.path, name))
        if os.path.commonpath([self.path, path]) != self.path:
            raise ExportError([f"{name} leads outside the export root {self.address}."])
        return File(name=name, path=path)


def open_root(address: str) -> Root:
    """Return the root behind a path or a ``file://``, ``gs://`` or ``s3://`` address; raise `ExportError` else."""
    kind, separator, rest = address.partition("://")
    if separator and kind in BUCKETS:
        from fsspec.core import url_to_fs

        bucket, path = url_to_fs(address)
        return Root(address=address, path=str(path).rstrip("/"), bucket=bucket)
    if separator and kind != "file":
        raise ExportError([f"{address} is not an export root: use a path or a file://, gs:// or s3:// address."])
    local = rest.removeprefix("localhost") if separator else address
    if separator and not os.path.isdir(local):
        local = unquote(local)  # as Path.as_uri() writes it
    if (not os.path.isabs(local) and separator) or not os.path.isdir(local):
        raise ExportError([f"The export root {address} is not a folder."])
    return Root(address=address, path=os.path.realpath(local))


def local_state(status: os.stat_result) -> FileState:
    """Return the state of a local file: size, time of the last write, inode."""
    return FileState(
        size=status.st_size,
        fingerprint=f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}",
        modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )


def bucket_state(info: Mapping[str, Any]) -> FileState:
    """Return the state of a bucket's object from fsspec's `info`: size and what the store changes with every write."""
    marks = ("generation", "ETag", "etag", "md5Hash", "VersionId", "created", "mtime")
    mark = next((str(info[name]) for name in marks if info.get(name)), "")
    times = (info.get(name) for name in ("mtime", "LastModified", "updated", "created"))
    moment = next((time for time in times if time), datetime.fromtimestamp(0, UTC))
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, int | float):
        moment = datetime.fromtimestamp(moment, UTC)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return FileState(size=int(info["size"]), fingerprint=f"{info['size']}-{mark.strip(chr(34))}", modified_at=aware)


def _is_plain(step: str) -> bool:
    return step not in {"", ".", ".."}

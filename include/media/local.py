"""Hosting by the desk itself: files in a folder of this installation, served by `include/desk/hosted.py`.

A file is put there by a hard link where that is possible, else by a streamed copy; under its name it is whole or not
there at all. Nothing outside the folder is ever removed: a hard link's other name, the export's own, stays.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from include import settings
from include.media import addresses
from include.platforms.contract import NO_HOSTING, VideoFile
from include.platforms.errors import Rejected, TryAgain
from include.releases.container import CONTENT_TYPES
from include.releases.files import File, local_state
from include.releases.video import FileChanged, Video

INCOMING = "incoming"
"""Folder of files on their way; what a killed worker left there is swept by `sweep`."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL_SECONDS = 300
"""After which a full disk is tried again."""
COPY_BYTES = 1 << 20

_ENDINGS = {"matroska": "mkv", "mpegts": "ts", "mpeg": "mpg", "asf": "wmv", "jpeg": "jpg"}
ENDINGS = {content_type: _ENDINGS.get(kind, kind) for kind, content_type in CONTENT_TYPES.items()}
"""Media type → ending of a hosted file's name."""
_TYPES = {ending: content_type for content_type, ending in ENDINGS.items()}


def content_type_of(name: str) -> str:
    """Return the media type a hosted file is served with, by the ending we gave it."""
    return _TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def path_of(root: Path, name: str) -> Path:
    """Return where a hosted file is; raise `ValueError` for anything but a name that we made."""
    if not addresses.NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a hosted file")
    return root / name[:2] / name


def open_hosted(root: Path, name: str) -> int | None:
    """Return a descriptor of a hosted file, None when there is none; links are never followed."""
    if not addresses.NAME.fullmatch(name):
        return None
    try:
        descriptor = os.open(path_of(root, name), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


class LocalStore:
    """Files below one folder of this installation."""

    kind = "local"
    place = ""

    def __init__(self, root: Path) -> None:
        """Keep files below `root`, which is made when it is first needed."""
        self._root = root

    def put(self, name: str, file: VideoFile) -> None:
        """Put the file there unless it is there; two processes may do so at once.

        Raises `TryAgain` when the disk is full, `Rejected` when the folder cannot be used, and what reading the file
        raises (`FileChanged`).
        """
        path = path_of(self._root, name)
        with _plain_errors(self._root):
            there = _looked(path, file)
            if there == "right":
                return
            for folder in (self._root, path.parent, self._root / INCOMING):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._incoming() as incoming:
                if not _linked(file, incoming):
                    _copied(file, incoming)
                os.replace(incoming, path) if there == "wrong" else _appear(incoming, path)

    def address(self, name: str, until: datetime) -> str:
        """Return the signed address of a file that was put; raise `Rejected` without a public address."""
        public = settings.public_address()
        if public is None:
            raise Rejected(NO_HOSTING)
        try:
            mark = addresses.content_mark(os.stat(path_of(self._root, name), follow_symlinks=False))
        except FileNotFoundError:
            raise TryAgain("The hosted file was removed a moment ago; it is put there again.") from None
        return public + addresses.signed_path(name, int(until.timestamp()), mark)

    def expire(self, name: str) -> None:
        """Remove the file; one that is not there is fine. Its other names, such as the export's own, stay."""
        path_of(self._root, name).unlink(missing_ok=True)

    def sweep(self, older_than_seconds: float) -> int:
        """Remove what killed workers left half-way; return how many files that were."""
        swept = 0
        for path in (self._root / INCOMING).glob("*.part"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.lstat().st_ctime > older_than_seconds:
                    path.unlink()
                    swept += 1
        return swept

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[Path]:
        path = self._root / INCOMING / f"{uuid.uuid4().hex}.part"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _looked(path: Path, file: VideoFile) -> Literal["missing", "right", "wrong"]:
    """Look whether the very content is there; a file that somebody else can still write to is read to be sure."""
    try:
        status = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return "missing"
    if status.st_size != file.size:
        return "wrong"
    if isinstance(file, Video) and local_state(status).fingerprint == file.fingerprint:
        return "right"
    return "right" if status.st_nlink == 1 or _same_content(path, file) else "wrong"


def _linked(file: VideoFile, incoming: Path) -> bool:
    """Give a local file a second name; False when it has no local path or lies on another disk."""
    if not isinstance(file, Video) or file.file.bucket is not None:
        return False
    try:
        os.link(file.file.path, incoming, follow_symlinks=False)
    except FileNotFoundError:
        raise FileChanged(f"{file.name} was removed while it was in use; publish it again.") from None
    except OSError:  # another disk, a file system without hard links, another user's file (fs.protected_hardlinks)
        return False
    if local_state(os.stat(incoming)).fingerprint != file.fingerprint:
        raise FileChanged(f"{file.name} was changed or replaced while it was in use; publish it again.")
    return True


def _copied(file: VideoFile, incoming: Path) -> None:
    with open(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as copy:
        for piece in _read(file):
            _write_all(copy.fileno(), piece)
        os.fsync(copy.fileno())  # or a power cut could leave the name without the content


def _read(file: VideoFile) -> Iterator[bytes]:
    try:
        yield from file.pieces(0, file.size, COPY_BYTES)
    except OSError as error:  # a bucket or a network disk that does not answer
        raise TryAgain(f"{file.name} cannot be read at the moment: {error}.") from error


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _appear(incoming: Path, path: Path) -> None:
    """Give a whole file its name; whoever comes second leaves the first one's, whose address is out already."""
    try:
        os.link(incoming, path)
    except FileExistsError:
        return
    except OSError:  # no hard links here
        os.replace(incoming, path)


def _same_content(path: Path, file: VideoFile) -> bool:
    hosted = Video(File(name=path.name, path=str(path)))
    if isinstance(file, Video) and file.file.bucket is None and os.path.samefile(path, file.file.path):
        return False  # one and the same file, but no longer as it was registered
    return _digest(hosted) == _digest(file)


def _digest(file: VideoFile) -> bytes:
    digest = hashlib.sha256()
    for piece in _read(file):
        digest.update(piece)
    return digest.digest()


@contextlib.contextmanager
def _plain_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise TryAgain(f"The disk of the hosting folder {root} is full.", after=FULL_SECONDS) from None
        raise Rejected(f"The hosting folder {root} cannot be used: {error.strerror or error}.") from error

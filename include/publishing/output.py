"""Writes a file under the output root, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import fsspec
from fsspec.core import url_to_fs


def put(address: str, body: bytes) -> None:
    """Write a file at a local path, `gs://` or `s3://`, over what is there; raise `OSError` when nothing is."""
    filesystem, path = url_to_fs(address)
    if isinstance(filesystem, fsspec.get_filesystem_class("file")):
        _put_local(Path(path), body)
    else:
        filesystem.pipe_file(path, body)  # one request: an object store has all of it or nothing


def _put_local(path: Path, body: bytes) -> None:
    """Write beside the place and move into it, so that no reader ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise

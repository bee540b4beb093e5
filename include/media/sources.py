"""Opens a video for FFmpeg's libraries wherever it lies: a path, a file object, or a release's file in a bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from include.media.piecewise import PiecewiseFile
from include.platforms.contract import VideoFile
from include.releases.video import Video
from include.releases.video_facts import READABLE_FORMATS

if TYPE_CHECKING:
    from av.container import InputContainer

Source = str | os.PathLike[str] | BinaryIO


def local_path(video: VideoFile) -> str | None:
    """Return where a video lies on this machine's disk, or None when it lies elsewhere."""
    return video.file.path if isinstance(video, Video) and video.file.bucket is None else None


@contextmanager
def opened(video: VideoFile) -> Iterator[Source]:
    """Yield what `convert` and FFmpeg read a video from: its path, or its bytes as a file.

    Raises `FileChanged` at the end when somebody wrote to a local file meanwhile.
    """
    path = local_path(video)
    if path is None or not isinstance(video, Video):
        yield cast("BinaryIO", PiecewiseFile(video))
        return
    yield path
    Video(video.file, fingerprint=video.fingerprint)


@contextmanager
def demuxed(source: Source) -> Iterator[InputContainer]:
    """Open a video with FFmpeg's demuxers, only those that read one file and nothing else; raises PyAV's errors."""
    import av  # here, so that no DAG parse pays for FFmpeg

    options = {"format_whitelist": READABLE_FORMATS, "protocol_whitelist": "file", "fflags": "+genpts"}
    address: Any = os.path.abspath(source) if isinstance(source, str | os.PathLike) else source
    if not isinstance(address, str):
        address.seek(0)
    with av.open(address, metadata_errors="replace", container_options=options, buffer_size=1 << 18) as container:
        yield container

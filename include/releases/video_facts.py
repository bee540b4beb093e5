"""What a video file really is, read from its content and never from its name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from include.releases.container import HEAD_BYTES, PICTURES, content_type, cut_off, index_first, sniff
from include.releases.frame_times import SAMPLE_PACKETS, is_variable, rate_of, settled, times_by_index

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.stream import Stream
    from av.video.stream import VideoStream

READABLE_FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mp3,wav,flac,aac,m4v,mxf"
"""FFmpeg's demuxers we allow; playlists and the like, which open other files and addresses, are left out."""
DEMUXERS = {"mp4": "mov", "mov": "mov", "3gp": "mov", "webm": "matroska", "matroska": "matroska"}
"""Kinds whose headers say nearly all we ask: FFmpeg need not guess by decoding, our first picture says the rest."""
NO_GUESSING = {"probesize": "32"}
"""Bytes; the least FFmpeg accepts. Opening is then as cheap as reading the header."""
PATIENCE_PACKETS = 300
"""Packets in which one picture must be decodable."""
BUFFER_BYTES = 1 << 18
"""What PyAV asks a file object for at once."""


class NotAVideo(Exception):
    """The file holds no moving video that can be played; `problem` is a sentence."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class VideoFacts:
    """What PyAV found in a file.

    `container` is one of mp4, mov, 3gp, webm, matroska, avi, mpegts, mpeg, flv, asf, ogg, or FFmpeg's own name; codecs
    carry FFmpeg's names (h264, hevc, vp9, av1, aac, opus). `width` × `height` are the coded pixels; `display_width` ×
    `display_height` what a person sees after rotation (degrees clockwise: 0, 90, 180, 270) and pixel shape. `fps` is
    the average frame rate. `duration_seconds` is that of the container. `bit_rate` in bits per second. `audio_codec`
    is None for a silent video. `index_first` says whether an MP4's or MOV's index stands before its data (None: other
    containers, and facts kept before this was read).
    """

    container: str
    video_codec: str
    audio_codec: str | None
    width: int
    height: int
    rotation: int
    display_width: int
    display_height: int
    fps: float
    variable_frame_rate: bool
    duration_seconds: float
    size_bytes: int
    bit_rate: int
    pixel_format: str | None
    audio_sample_rate: int | None
    audio_channels: int | None
    index_first: bool | None = None

    @property
    def aspect_ratio(self) -> float:
        """Display width divided by display height."""
        return self.display_width / self.display_height

    @property
    def content_type(self) -> str:
        """Media type by content, such as ``video/mp4``."""
        return content_type(self.container)


def read(source: str | os.PathLike[str] | BinaryIO) -> VideoFacts:
    """Return the facts of a local path or an open, seekable file object (which stays open).

    Reads headers, the index and the packets up to the first picture, never the whole file; the one exception is a
    recording that does not say how long it is. Raises `NotAVideo` with the reason, and `OSError` when the file cannot
    be opened.
    """
    with _opened(source) as (file, address, size):
        if size == 0:
            raise NotAVideo("The file is empty.")
        kind = sniff(file.read(HEAD_BYTES))
        if kind in PICTURES:
            raise NotAVideo(f"The file is {PICTURES[kind]}, not a video.")
        problem = cut_off(file, size, kind)
        if problem:
            raise NotAVideo(problem)
        first = index_first(file, size, kind)
        file.seek(0)
        return replace(_read(address, kind, size), index_first=first)


@contextmanager
def _opened(source: str | os.PathLike[str] | BinaryIO) -> Iterator[tuple[BinaryIO, Any, int]]:
    """Yield the file for our own looks, what PyAV is to open, and the size in bytes."""
    if not isinstance(source, str | os.PathLike):
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        yield source, source, size
        return
    address = os.path.abspath(source)  # begins with "/": never taken for a protocol
    status = os.stat(address)
    if not stat.S_ISREG(status.st_mode):
        raise NotAVideo("This is a folder or a device, not a file.")
    with open(address, "rb", buffering=0) as file:
        yield file, address, status.st_size


def _read(address: Any, kind: str | None, size: int) -> VideoFacts:
    import av  # here, so that no DAG parse pays for FFmpeg

    options = {"format_whitelist": READABLE_FORMATS, "protocol_whitelist": "file"}
    demuxer = DEMUXERS.get(kind or "")
    if demuxer:
        options |= NO_GUESSING
    try:
        with av.open(
            address, format=demuxer, metadata_errors="replace", buffer_size=BUFFER_BYTES, container_options=options
        ) as container:
            return _facts(container, kind, size)
    except av.error.FFmpegError as error:
        raise NotAVideo(f"The file is not a video that can be read ({error.strerror or error}).") from None


def _facts(container: InputContainer, kind: str | None, size: int) -> VideoFacts:
    stream = _video_stream(container)
    times, index_end = times_by_index(container, stream)
    if index_end > size:
        raise NotAVideo(f"The file is cut off: its index names {index_end:,} bytes, but it ends after {size:,}.")
    duration = round(_duration(container, stream), 6)
    if duration <= 0:
        raise NotAVideo("The video lasts 0 seconds.")
    picture, seen = _first_picture(container, stream, enough=1 if times else SAMPLE_PACKETS)
    times = times or [seen]
    if sum(map(len, times)) < 2:
        raise NotAVideo("The file holds a single picture, not a moving video.")
    if picture is None:
        raise NotAVideo("No picture of the video can be decoded: its data is broken or its codec unknown.")
    rotation = _rotation(picture, stream)
    codec = stream.codec_context
    shape = stream.sample_aspect_ratio or Fraction(1)
    seen_size = (max(1, round(picture.width * shape)), picture.height)
    display = seen_size[::-1] if rotation in {90, 270} else seen_size
    sound = container.streams.best("audio")
    variable = is_variable(times)
    rate = float(stream.average_rate or 0)
    if not rate or (variable and seen is times[0]):  # a header without an index only claims a rate
        rate = rate_of(seen, stream.time_base)
    return VideoFacts(
        container=kind or container.format.name.split(",")[0],
        video_codec=codec.codec.canonical_name,
        audio_codec=_codec_name(sound) if sound else None,
        width=stream.width or picture.width,
        height=stream.height or picture.height,
        rotation=rotation,
        display_width=display[0],
        display_height=display[1],
        fps=round(rate, 3),
        variable_frame_rate=variable,
        duration_seconds=duration,
        size_bytes=size,
        bit_rate=container.bit_rate or round(size * 8 / duration),
        pixel_format=codec.pix_fmt or picture.format.name,
        audio_sample_rate=getattr(sound, "sample_rate", None),
        audio_channels=getattr(sound, "channels", None),
    )


def _video_stream(container: InputContainer) -> VideoStream:
    """Return the stream people watch; a cover picture is none."""
    from av.stream import Disposition

    still = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    moving = [stream for stream in container.streams.video if not stream.disposition & still]
    if not moving:
        what = "sound but no moving picture" if container.streams.audio else "no video: it lasts 0 seconds"
        raise NotAVideo(f"The file holds {what}.")
    best = container.streams.best("video")
    stream = best if best in moving else moving[0]
    if stream.codec_context is None:
        raise NotAVideo("The video's codec is unknown, so no picture can be decoded.")
    return stream


def _codec_name(stream: Stream) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else "unknown"


def _duration(container: InputContainer, stream: VideoStream) -> float:
    if container.duration is not None:
        return container.duration / 1_000_000
    if stream.duration is not None and stream.time_base:
        return float(stream.duration * stream.time_base)
    return _measured_duration(container, stream)


def _measured_duration(container: InputContainer, stream: VideoStream) -> float:
    """Browsers record WebM without a duration: the packets' times tell it, without decoding."""
    first, last = None, 0
    for packet in container.demux(stream):
        if packet.pts is not None:
            first = packet.pts if first is None else min(first, packet.pts)
            last = max(last, packet.pts + (packet.duration or 0))
    container.seek(0)
    return float((last - (first or 0)) * (stream.time_base or 0))


def _first_picture(container: InputContainer, stream: VideoStream, *, enough: int) -> tuple[Any, list[int]]:
    """Return the first decodable picture, or None, and the times of at least `enough` packets if there are any."""
    from av.error import FFmpegError

    stream.codec_context.thread_count = 1  # one picture does not repay starting threads
    picture, times = None, []
    for number, packet in enumerate(container.demux(stream), start=1):
        time = packet.dts if packet.pts is None else packet.pts  # AVI has no pts
        if time is not None:
            times.append(time)
        if picture is None:
            with suppress(FFmpegError):  # the next packet may be whole
                picture = _decode(stream, packet)
        if (picture is not None and number >= enough) or number >= PATIENCE_PACKETS:
            return picture, settled(times)
    return picture, sorted(times)


def _decode(stream: VideoStream, packet: Any) -> Any:
    """Decode one packet and ask for its picture at once, instead of feeding the decoder's whole reorder queue."""
    pictures = packet.decode()
    if not pictures and packet.is_keyframe and packet.size:
        pictures = stream.codec_context.decode(None)
        stream.codec_context.flush_buffers()
    return pictures[0] if pictures else None


def _rotation(picture: Any, stream: VideoStream) -> int:
    """Return degrees clockwise; FFmpeg counts the display matrix the other way round."""
    tags = {name.lower(): value for name, value in stream.metadata.items()}
    tag = tags.get("rotate", "0")
    degrees = -picture.rotation or (float(tag) if tag.lstrip("-").isdigit() else 0)
    return round(degrees / 90) * 90 % 360

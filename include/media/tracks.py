"""One track of a conversion: packets of the source in, packets for the target out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream

Item = TypeVar("Item")

TAIL_SECONDS = 0.1
"""What a new encoding or a dropped edit list may add at the end; that much is left out so that no limit is crossed."""
SLACK_SECONDS = 0.001


class Damaged(Exception):
    """The source's data is broken; the message is a sentence."""


class Track(Protocol):
    """What `convert` drives."""

    def packets(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """Yield what is to be written for a packet of the source; the empty last one flushes."""
        ...


class CopiedTrack:
    """Hands on packets as they are: nothing is lost and nothing is decoded."""

    def __init__(
        self, source: Stream, target: OutputContainer, *, rotation: int = 0, ends: float | None = None
    ) -> None:
        """Add the track to `target`; what would end later than `ends` seconds is left out."""
        stream: Any = source  # FFmpeg's stubs know too little of a stream's kind
        self._stream = target.add_stream_from_template(stream, opaque=True)
        if source.type == "video":
            if source.codec_context.name.startswith("hevc"):
                self._stream.codec_context.codec_tag = "hvc1"  # what Apple's players expect
            if rotation and "rotate" in {name.lower() for name in source.metadata}:
                self._stream.set_display_rotation(-rotation)  # a tag only: FFmpeg counts the other way round
        self._ends = ends
        self._tail: range | None = None
        self._end: End[Packet[Any]] = End()

    def packets(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """Yield the packet, unless it is empty or lies behind the end."""
        if packet.dts is None and not packet.size:
            return
        packet.stream = self._stream
        if self._ends is None:
            yield packet
        else:
            yield from self._end.kept(packet, late=self._is_late(packet, self._ends))

    def _is_late(self, packet: Packet[Any], ends: float) -> bool:
        """Say whether a packet lies behind the end; in whole ticks, because a film has hundreds of thousands."""
        if packet.pts is None:
            return False
        if self._tail is None:
            base, before_zero = float(packet.time_base or 1), max(0, -packet.pts)
            first, last = (ends + SLACK_SECONDS) / base, (ends + TAIL_SECONDS) / base
            self._tail = range(int(first) + 1 - before_zero, int(last) + 1 - before_zero)
        return packet.pts + (packet.duration or 0) in self._tail


class End(Generic[Item]):
    """Leaves out what lies just behind the end, unless more follows: then the source said its length wrongly."""

    def __init__(self) -> None:
        self._held: list[Item] = []

    def kept(self, item: Item, *, late: bool) -> list[Item]:
        """Return what is to be written now: nothing for what may be left out, else all that was held and the item."""
        if late:
            self._held.append(item)
            return []
        if not self._held:
            return [item]
        held, self._held = self._held, []
        return [*held, item]


def is_tail(end: float, ends: float) -> bool:
    """Say whether something that ends at `end` seconds is what a conversion added behind the real end."""
    return ends + SLACK_SECONDS < end <= ends + TAIL_SECONDS


def hides_its_start(container_format: str, streams: list[Any]) -> bool:
    """Say whether a copy needs an edit list: tracks begin at different times, or the source hides its first pictures.

    Instagram asks for files without edit lists (meta.md 2.7); without one a late track would begin too early.
    """
    starts = [float(stream.start_time * stream.time_base) for stream in streams if stream.start_time is not None]
    if starts and max(starts) - min(starts) > TAIL_SECONDS / 2:
        return True
    if "mov" not in container_format:
        return False
    return any(entry.is_discard for stream in streams if stream.type == "video" for entry in stream.index_entries[:500])

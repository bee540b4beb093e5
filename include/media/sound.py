"""Encodes sound anew: AAC at 48 kHz in stereo, as loud as it was."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from include.media.recipe import SOUND_BITS_PER_SECOND, SOUND_HZ
from include.media.tracks import End, is_tail

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.filter import Graph
    from av.packet import Packet

FRAME_SAMPLES = 1024
"""Of one AAC packet, and what its encoder puts before the beginning."""


class EncodedSound:
    """Decodes, resamples and encodes the sound track; gaps become silence, so that it stays with the pictures."""

    def __init__(self, source: AudioStream, target: OutputContainer, start: float, ends: float) -> None:
        """Add the track to `target`; `start` is where the source's clock begins, `ends` how long it lasts (seconds)."""
        self._source, self._start, self._ends = source, start, ends
        self._graph: Graph | None = None
        self._graph_for: tuple[Any, ...] = ()
        self._end: End[Packet[Any]] = End()
        self._stream: AudioStream = target.add_stream(
            "aac", rate=SOUND_HZ, layout="stereo", bit_rate=SOUND_BITS_PER_SECOND
        )
        self._stream.codec_context.time_base = Fraction(1, SOUND_HZ)

    def packets(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """Yield the encoded packets; a packet that cannot be decoded becomes silence."""
        from av.error import FFmpegError

        try:
            frames: list[Any] = packet.decode()
        except FFmpegError:
            frames = []
        for frame in frames:
            yield from self._filtered(frame)
        if not packet.size and packet.dts is None:
            yield from self._filtered(None)
            yield from self._kept(self._stream.encode(None))

    def _filtered(self, frame: AudioFrame | None) -> Iterator[Packet[Any]]:
        if frame is not None:
            base = frame.time_base or self._source.time_base or Fraction(1, SOUND_HZ)
            if frame.pts is not None:
                frame.pts -= round(self._start / base)
            looks = (frame.sample_rate, frame.format.name, frame.layout.name)
            if looks != self._graph_for:
                if self._graph is not None:
                    yield from self._pulled(self._graph, last=True)
                self._graph, self._graph_for = self._built(frame, base), looks
        if self._graph is not None:
            self._graph.push(frame)
            yield from self._pulled(self._graph)

    def _pulled(self, graph: Graph, *, last: bool = False) -> Iterator[Packet[Any]]:
        from av.error import BlockingIOError as NothingYet
        from av.error import EOFError as Over

        if last:
            graph.push(None)
        while True:
            try:
                frame = graph.pull()
            except (NothingYet, Over):
                return
            yield from self._kept(self._stream.encode(frame))  # type: ignore[arg-type]

    def _kept(self, packets: list[Packet[Any]]) -> Iterator[Packet[Any]]:
        """Leave out what would last longer than the source did, priming included."""
        for packet in packets:
            end = (packet.pts or 0) + FRAME_SAMPLES + FRAME_SAMPLES
            yield from self._end.kept(packet, late=is_tail(end / SOUND_HZ, self._ends))

    def _built(self, frame: AudioFrame, base: Fraction) -> Graph:
        from av.filter import Graph

        graph = Graph()
        graph.threads = 1
        source = graph.add(
            "abuffer",
            f"sample_rate={frame.sample_rate}:sample_fmt={frame.format.name}"
            f":channel_layout={frame.layout.name}:time_base={base}",
        )
        resampled = graph.add("aresample", f"{SOUND_HZ}:async=1000:first_pts=0")
        shaped = graph.add("aformat", f"sample_fmts=fltp:sample_rates={SOUND_HZ}:channel_layouts=stereo")
        sink = graph.add("abuffersink")
        for earlier, later in ((source, resampled), (resampled, shaped), (shaped, sink)):
            earlier.link_to(later)
        graph.configure()
        graph.set_audio_frame_size(FRAME_SAMPLES)
        return graph

"""Encodes pictures anew: upright, square pixels, the wished size and rate, H.264 High in yuv420p."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from include.media.recipe import BUFFER_SECONDS, Pictures
from include.media.tracks import Damaged, End, is_tail

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.filter import Graph
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

THREADS = 4
"""Of decoder, filters and encoder; fixed, because x264's bytes depend on it."""
PRESET, QUALITY = "veryfast", 20
"""x264's preset and CRF: the platforms encode once more, so that is fine enough and fast."""
KEYFRAME_SECONDS = 2
MAX_DAMAGED_SHARE = 0.02
"""Share of broken pictures from which a file is called damaged; a capture from the air may have a few."""
MIN_DAMAGED = 3
TURNS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
HDR = {16, 18}
"""Transfer characteristics of HDR: PQ and HLG (ITU-T H.273, table 3)."""
BT709 = 1
TV_RANGE, FULL_RANGE = 1, 2
INTERLACED = {2, 3, 4, 5}
"""AVFieldOrder of FFmpeg: fields come one after the other."""


def encoder_options(pictures: Pictures) -> dict[str, str]:
    """Return x264's options; the bench gives the same ones to FFmpeg's program."""
    gap = max(1, round(pictures.rate * KEYFRAME_SECONDS))
    most = pictures.max_bits_per_second
    return {
        "preset": PRESET,
        "crf": str(QUALITY),
        "profile": "high",
        "mbtree": "0",  # with it x264 reads memory nobody wrote (seen with MALLOC_PERTURB_), and no two runs are alike
        "maxrate": str(most),
        "bufsize": str(round(most * BUFFER_SECONDS)),
        "g": str(gap),
        "threads": str(THREADS),
    }


def filter_chain(pictures: Pictures, *, hdr: bool = False, full_range: bool = False, interlaced: bool = False) -> str:
    """Return FFmpeg's filters for a picture, in order; the rate comes first, so that nothing is scaled in vain."""
    shape = pictures.shape
    steps = ["bwdif=mode=send_frame"] if interlaced else []
    steps.append(f"fps=fps={pictures.fps}:start_time=0")
    if pictures.rotation:
        steps.append(TURNS[pictures.rotation])
    if shape.is_cropped:
        (kept_w, kept_h), (width, height) = shape.kept, shape.source
        steps.append(f"crop=w=iw*{kept_w}/{width}:h=ih*{kept_h}/{height}")  # shares: pixels may not be square
    scale = f"scale=w={shape.inner[0]}:h={shape.inner[1]}:flags=bicubic"
    if hdr:
        scale += ":out_transfer=bt709:out_primaries=bt709:out_color_matrix=bt709:intent=perceptual"
    if full_range or hdr:
        scale += ":out_range=tv"
    steps += [scale, "format=yuv420p"]
    if shape.is_padded:
        steps.append(f"pad=w={shape.canvas[0]}:h={shape.canvas[1]}:x=-1:y=-1:color=black")
    return ",".join([*steps, "setsar=1"])


class EncodedPictures:
    """Decodes, filters and encodes the video track."""

    def __init__(
        self, source: VideoStream, target: OutputContainer, pictures: Pictures, start: float, ends: float
    ) -> None:
        """Add the track to `target`; `start` is where the source's clock begins, `ends` how long it lasts (seconds)."""
        self._source, self._pictures, self._start, self._ends = source, pictures, start, ends
        self._graph: Graph | None = None
        self._graph_for: tuple[Any, ...] = ()
        self._seen = self._damaged = 0
        self._end: End[VideoFrame] = End()
        context = source.codec_context
        context.thread_type, context.thread_count = "AUTO", THREADS
        self._hdr = context.color_trc in HDR
        self._stream: VideoStream = target.add_stream("libx264", rate=pictures.rate, options=encoder_options(pictures))
        self._describe_colours(context)

    def _describe_colours(self, source: Any) -> None:
        encoder = self._stream.codec_context
        encoder.width, encoder.height = self._pictures.shape.canvas
        encoder.pix_fmt, encoder.time_base = "yuv420p", 1 / self._pictures.rate
        encoder.thread_type = "FRAME"  # PyAV's own choice, slices, lets x264 write other bytes when a machine is busy
        encoder.color_range = TV_RANGE
        if self._hdr:
            encoder.colorspace = encoder.color_primaries = encoder.color_trc = BT709
        elif source.pix_fmt and not source.pix_fmt.startswith(("rgb", "bgr", "gbr", "arg", "abg", "pal")):
            encoder.colorspace, encoder.color_primaries = source.colorspace, source.color_primaries
            encoder.color_trc = source.color_trc

    def packets(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """Yield the encoded packets; raises `Damaged` when too many pictures are broken."""
        for frame in self._decoded(packet):
            yield from self._filtered(frame)
        if not packet.size and packet.dts is None:
            yield from self._filtered(None)
            yield from self._stream.encode(None)
            self._judge(final=True)

    def _decoded(self, packet: Packet[Any]) -> list[VideoFrame]:
        from av.error import FFmpegError

        try:
            frames: list[Any] = packet.decode()
        except FFmpegError:
            self._seen += 1
            self._damaged += 1
            self._judge(final=False)
            return []
        self._seen += len(frames)
        self._damaged += sum(frame.is_corrupt for frame in frames)
        return frames

    def _judge(self, *, final: bool) -> None:
        few = max(MIN_DAMAGED, MAX_DAMAGED_SHARE * max(self._seen, 0 if final else 500))
        if self._damaged > few or (final and self._seen == self._damaged):
            raise Damaged(f"The video is damaged: {self._damaged} of its first {self._seen} pictures are broken.")

    def _filtered(self, frame: VideoFrame | None) -> Iterator[Packet[Any]]:
        if frame is not None:
            if frame.pts is None:
                return
            base = frame.time_base or self._source.time_base or Fraction(1, 1000)
            frame.pts -= round(self._start / base)
            looks = (frame.width, frame.height, frame.format.name, frame.color_range, frame.colorspace)
            if looks != self._graph_for:
                if self._graph is not None:  # the size changes in the middle, as in a broadcast
                    yield from self._pulled(self._graph, last=True)
                self._graph, self._graph_for = self._built(frame, base), looks
        if self._graph is not None:
            self._graph.vpush(frame)
            yield from self._pulled(self._graph)

    def _pulled(self, graph: Graph, *, last: bool = False) -> Iterator[Packet[Any]]:
        from av.error import BlockingIOError as NothingYet
        from av.error import EOFError as Over

        if last:
            graph.vpush(None)
        while True:
            try:
                frame = graph.vpull()
            except (NothingYet, Over):
                return
            end = float(((frame.pts or 0) + 1) / self._pictures.rate)
            for kept in self._end.kept(frame, late=is_tail(end, self._ends)):
                kept.pict_type = 0  # the encoder decides anew which pictures are whole ones
                yield from self._stream.encode(kept)

    def _built(self, frame: VideoFrame, base: Fraction) -> Graph:
        from av.filter import Graph

        shape = self._source.sample_aspect_ratio or Fraction(1)
        graph = Graph()
        graph.threads = THREADS
        source = graph.add(
            "buffer",
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base={base}"
            f":pixel_aspect={shape}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}",
        )
        interlaced = int(getattr(self._source.codec_context, "field_order", 0) or 0) in INTERLACED
        full = int(frame.color_range) == FULL_RANGE or frame.format.name.startswith("yuvj")
        last = source
        for step in filter_chain(self._pictures, hdr=self._hdr, full_range=full, interlaced=interlaced).split(","):
            name, _, arguments = step.partition("=")
            node = graph.add(name, arguments or None)
            last.link_to(node)
            last = node
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph

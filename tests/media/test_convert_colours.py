"""What a camera or a broadcast does otherwise: HDR becomes ordinary colours, half pictures become whole ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from include.media.convert import convert, plan
from include.releases.video_facts import read
from tests.media.making import SMALL, STRICT, clip, pictures

PQ, HLG, BT2020, BT2020_MATRIX, BT709 = 16, 18, 9, 9, 1


def film_in_hdr(path: Path, transfer: int, light: int) -> Path:
    """Write HEVC in 10 bits, grey of `light` (64 to 940), told to be HDR as a phone does."""
    with av.open(str(path), "w") as container:
        options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        stream = container.add_stream("libx265", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = 180, 320, "yuv420p10le"
        encoder = stream.codec_context
        encoder.color_trc, encoder.color_primaries, encoder.colorspace = transfer, BT2020, BT2020_MATRIX
        encoder.time_base = Fraction(1, 30)
        for number in range(15):
            frame = av.VideoFrame(180, 320, "yuv420p10le")
            for plane, value in zip(frame.planes, (light, 512, 512), strict=True):
                plane.update(np.full(plane.buffer_size // 2, value, np.uint16).tobytes())
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def converted(source: Path) -> Path:
    recipe = plan(read(source), STRICT)
    assert recipe is not None
    convert(source, recipe, source.with_name("made.mp4"))
    return source.with_name("made.mp4")


@pytest.mark.long  # FFmpeg works seconds on its table of colours before the first picture
@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_hdr_becomes_ordinary_colours_in_the_same_order_of_light(tmp_path: Path, transfer: int) -> None:
    found = []
    for light in (200, 440):
        target = converted(film_in_hdr(tmp_path / "hdr.mp4", transfer, light))
        with av.open(str(target)) as container:
            context = container.streams.video[0].codec_context
            assert context.pix_fmt == "yuv420p"
            assert (context.color_trc, context.color_primaries, context.colorspace) == (BT709, BT709, BT709)
        found.append(float(pictures(target)[5].mean()))
    assert found[0] + 20 < found[1]
    assert 80 < found[1] < 250  # what HDR calls white is bright here as well, not the dim grey its number is


def test_half_pictures_become_whole_ones(tmp_path: Path) -> None:
    options = (("flags", "+ildct+ilme"), ("top", "1"), ("b", "4000000"))
    shape = replace(SMALL, seconds=1.0, fps=25, video_codec="mpeg2video", audio_codec=None, video_options=options)
    source = clip(tmp_path, "a.ts", shape=shape, draw=bar_in_halves())
    with av.open(str(source)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    before, after = (combing(pictures(path)[10]) for path in (source, converted(source)))
    assert before > 8
    assert after < before / 3


def bar_in_halves() -> Any:
    """Return pictures of a moving bar whose second lines are of a later moment than the first ones."""
    grey = np.full((160, 90), 128, np.uint8)

    def draw(number: int) -> Any:
        light = np.full((320, 180), 30, np.uint8)
        for half in (0, 1):
            at = (2 * number + half) * 8 % 140
            light[half::2, at : at + 40] = 220
        return light, grey, grey

    return draw


def combing(picture: Any) -> float:
    """Return by how much each line differs from the next."""
    return float(np.abs(np.diff(picture[40:280].mean(axis=-1), axis=0)).mean())

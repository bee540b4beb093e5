"""What the sample clip shows and plays: a drifting gradient, floating balls, a title, and a small melody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Plane = NDArray[np.uint8]
    Planes = tuple[Plane, Plane, Plane]

DRIFT_PIXELS = 256
"""How far the background wanders; it is painted that much larger once."""
COLOURS = ((24, 18, 84), (92, 34, 150), (232, 74, 120), (255, 178, 92))
"""Of the background, top to bottom: night to sunrise."""
BALLS = ((255, 214, 120), (120, 226, 255), (255, 130, 190), (170, 255, 190), (255, 255, 255))
NOTES = (0, 4, 7, 9, 12, 9, 7, 4, -3, 0, 4, 7, 9, 7, 4, 0)
"""Semitones above the ground note, one each quarter of a second; a pentatonic scale never sounds wrong."""
GROUND_HZ = 261.63
"""Middle C."""


def scene(width: int, height: int, pictures: int, lines: list[str]) -> Callable[[int], Planes]:
    """Return a function from a picture's number to its Y, U and V planes; `lines` are the title."""
    background = _background(width + DRIFT_PIXELS, height + DRIFT_PIXELS)
    balls = [_ball(colour, width // (4 + 2 * number) // 4 * 4) for number, colour in enumerate(BALLS)]
    title, title_at = _title(width, height, lines)

    def draw(number: int) -> Planes:
        import numpy as np

        turn = 2 * np.pi * number / max(1, pictures)
        left, top = (_even(DRIFT_PIXELS / 2 * (1 + f(2 * turn))) for f in (np.sin, np.cos))
        planes = [
            plane[top // part : (top + height) // part, left // part : (left + width) // part].copy()
            for plane, part in zip(background, (1, 2, 2), strict=True)
        ]
        for order, ball in enumerate(balls):
            x = width * (0.5 + 0.38 * np.sin(turn * (2 + order) + order * 1.3))
            y = height * (0.5 + 0.40 * np.cos(turn * (1 + order) + order * 0.7))
            _blend(planes, ball, _even(x - ball[0][0].shape[1] / 2), _even(y - ball[0][0].shape[0] / 2))
        _blend(planes, title, *title_at)
        planes[0][height - 12 :, : round(width * (number + 1) / max(1, pictures))] = 235  # how far the clip is
        return planes[0], planes[1], planes[2]

    return draw


def melody(seconds: float, rate: int) -> Any:
    """Return a plucked melody over a quiet bass, as float32 of shape (2, samples)."""
    import numpy as np

    samples, beat = round(seconds * rate), rate // 4
    sound = np.zeros((2, samples + 8 * beat), np.float32)
    time = np.arange(6 * beat) / rate
    for number in range(-(-samples // beat)):
        hertz = GROUND_HZ * 2 ** (NOTES[number % len(NOTES)] / 12)
        pluck = (np.sin(2 * np.pi * hertz * time) + 0.3 * np.sin(4 * np.pi * hertz * time)) * np.exp(-5 * time)
        pan = 0.5 + 0.35 * np.sin(number)
        start = number * beat
        sound[0, start : start + pluck.size] += 0.20 * pan * pluck
        sound[1, start : start + pluck.size] += 0.20 * (1 - pan) * pluck
    bass = 0.06 * np.sin(2 * np.pi * GROUND_HZ / 2 * np.arange(samples) / rate)
    fade = np.clip(np.minimum(np.arange(samples), np.arange(samples)[::-1]) / (rate * 0.5), 0, 1)
    return ((sound[:, :samples] + bass) * fade).astype(np.float32)


def poster(width: int, height: int, lines: list[str]) -> Any:
    """Return the scene's first moment as a Pillow picture, for the thumbnail."""
    import numpy as np
    from PIL import Image

    luma, u, v = scene(width, height, 10, lines)(1)
    full = [luma, *(np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1) for plane in (u, v))]
    return Image.fromarray(np.stack(full, axis=-1), "YCbCr").convert("RGB")


def _even(value: float) -> int:
    """Round to an even number: colour has half the resolution."""
    return int(value) // 2 * 2


def _yuv(picture: Any) -> list[Any]:
    """Return full-size luma and half-size colour of a Pillow picture."""
    import numpy as np

    full = np.asarray(picture.convert("RGB").convert("YCbCr"))
    return [full[..., 0].copy(), full[::2, ::2, 1].copy(), full[::2, ::2, 2].copy()]


def _background(width: int, height: int) -> list[Any]:
    from PIL import Image

    small = Image.new("RGB", (2, len(COLOURS)))
    for row, colour in enumerate(COLOURS):
        small.putpixel((0, row), colour)
        small.putpixel((1, row), COLOURS[min(row + 1, len(COLOURS) - 1)])
    return _yuv(small.resize((width, height), Image.Resampling.BICUBIC))


def _ball(colour: tuple[int, int, int], size: int) -> tuple[list[Any], list[Any]]:
    """Return a glowing ball: its planes and how opaque each point is (0–256)."""
    import numpy as np
    from PIL import Image

    x, y = np.meshgrid(*(np.linspace(-1, 1, size),) * 2)
    opaque = np.clip((1 - np.hypot(x, y)) * 2.2, 0, 0.85)
    shine = np.clip(1.15 - np.hypot(x + 0.35, y + 0.35) * 0.55, 0.4, 1.15)
    pixels = np.clip(np.asarray(colour) * shine[..., None], 0, 255).astype(np.uint8)
    return _yuv(Image.fromarray(pixels)), _opaque(opaque)


def _title(width: int, height: int, lines: list[str]) -> tuple[tuple[list[Any], list[Any]], tuple[int, int]]:
    """Return white text on a soft dark band, and where it belongs."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    size = width // 11
    widest = max(ImageFont.load_default(size).getlength(line) for line in lines)
    size = max(8, min(size, int(size * width * 0.9 / max(1, widest))))
    tall = _even((len(lines) + 1) * size * 1.25)
    text = Image.new("L", (width, tall))
    pen = ImageDraw.Draw(text)
    for number, line in enumerate(lines):
        font = ImageFont.load_default(size if number == 0 else size * 3 // 5)
        pen.text((width / 2, (number + 1) * size * 1.2), line, fill=255, font=font, anchor="mm")
    letters = np.asarray(text) / 255
    planes = _yuv(Image.fromarray((letters * 255).astype(np.uint8)))
    return (planes, _opaque(np.maximum(letters, 0.38))), (0, _even(height * 0.72))


def _opaque(share: Any) -> list[Any]:
    import numpy as np

    full = (share * 256).astype(np.uint16)
    return [full, full[::2, ::2], full[::2, ::2]]


def _blend(planes: list[Any], sprite: tuple[list[Any], list[Any]], left: int, top: int) -> None:
    """Lay a sprite over the planes; what stands outside is cut."""
    for plane, colour, opaque, part in zip(planes, *sprite, (1, 2, 2), strict=True):
        x, y = left // part, top // part
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(plane.shape[1], x + colour.shape[1]), min(plane.shape[0], y + colour.shape[0])
        if x0 >= x1 or y0 >= y1:
            continue
        share = opaque[y0 - y : y1 - y, x0 - x : x1 - x]
        under = plane[y0:y1, x0:x1]
        under[:] = (under * (256 - share) + colour[y0 - y : y1 - y, x0 - x : x1 - x] * share) >> 8

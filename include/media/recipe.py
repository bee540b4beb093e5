"""What is done to a video so that a placement takes it, as data; its key names the result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from fractions import Fraction

from include.platforms.file_shape import Shape

VERSION = 3
"""Raise it when the same recipe makes other bytes than before."""
BUFFER_SECONDS = 0.5
"""How long a highest bit rate may be exceeded (x264's bufsize); a whole file exceeds it by no more than that."""
SOUND_HZ = 48_000
SOUND_CHANNELS = 2
SOUND_BITS_PER_SECOND = 128_000
"""What Instagram asks for and Facebook's least (meta.md 2.7 and 5.3)."""


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """How the pictures are encoded anew, as H.264 High in yuv420p at a constant rate, upright, with square pixels.

    `rotation` is that of the source, in degrees clockwise. `fps` is a fraction as text (``30000/1001``).
    `changes_rate` and `was` (the codec) are for sentences. `max_bits_per_second` is exceeded for moments only.
    """

    shape: Shape
    rotation: int
    fps: str
    max_bits_per_second: int
    was: str
    changes_rate: bool

    @property
    def rate(self) -> Fraction:
        """Pictures a second."""
        return Fraction(self.fps)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One conversion to MP4 with its index first; `pictures` None copies them, `sound` says what becomes of the sound.

    `was_container` and `was_sound` are what the source has, for sentences.
    """

    pictures: Pictures | None
    sound: str
    was_container: str
    was_sound: str | None

    def __post_init__(self) -> None:
        if self.sound not in {"copy", "encode", "none"}:
            raise ValueError(f"sound cannot be '{self.sound}'")

    @property
    def key(self) -> str:
        """Name this recipe: equal recipes have equal keys, on every machine."""
        content = json.dumps({"version": VERSION, **asdict(self)}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def is_rewrap(self) -> bool:
        """Say whether pictures and sound are both copied as they are."""
        return self.pictures is None and self.sound != "encode"


def describe(recipe: Recipe) -> str:
    """Return what a recipe does, for a person: ``scale to 1080×1920 and convert to H.264``."""
    if recipe.pictures is None:
        steps = [] if recipe.was_container == "mp4" else ["re-wrap to MP4"]
        if recipe.was_container == "mp4" and recipe.sound != "encode":
            steps = ["re-wrap with the index first"]
    else:
        steps = _picture_steps(recipe.pictures)
    if recipe.sound == "encode" and (recipe.pictures is None or recipe.was_sound != "aac"):
        steps.append("convert the sound to AAC")
    return f"{', '.join(steps[:-1])} and {steps[-1]}" if len(steps) > 1 else steps[0]


def _picture_steps(pictures: Pictures) -> list[str]:
    shape, steps = pictures.shape, []
    size = f"{shape.canvas[0]}×{shape.canvas[1]}"
    if shape.is_cropped:
        steps.append(f"crop to {size}")
    elif shape.is_padded:
        steps.append(f"pad to {size}")
    elif abs(shape.canvas[0] - shape.source[0]) > 1 or abs(shape.canvas[1] - shape.source[1]) > 1:
        steps.append(f"scale to {size}")
    if pictures.changes_rate:
        steps.append(f"change to {float(pictures.rate):.4g} frames a second")
    if pictures.was != "h264" or not steps:
        steps.append("convert to H.264")
    return steps

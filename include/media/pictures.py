"""Thumbnails: the release's picture cut or padded to what a placement shows, or a good frame where there is none."""

from __future__ import annotations

import io
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from include.media import framing
from include.media.frames import best_frame
from include.platforms.contract import PictureRule, VideoFile
from include.releases.picture import Picture
from include.releases.video_facts import VideoFacts

if TYPE_CHECKING:
    from PIL.Image import Image

How = Literal["crop", "pad"]
SAME_SHAPE = 0.01
"""Share by which two aspect ratios may differ and still be called the same."""
LEAST_SHARE = 0.5
"""A picture of the right shape is used as it is unless it has fewer than this share of the rule's pixels a side."""
MOST_TIMES = 4
"""… or more than so many times as many: nobody shows them, and every platform would have to read them."""
QUALITIES = (92, 88, 84, 80, 75, 70, 62, 54, 46, 38, 30)
"""JPEG qualities tried in turn until the picture is small enough; after the last it is made smaller by `SHRINK`."""
SHRINK = 0.8
SMALLEST_SIDE = 64
ORIENTATION, UPRIGHT = 0x0112, 1
"""The EXIF tag that says how a camera was held, and its usual value."""
TURNS = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_270", 7: "TRANSVERSE",
    8: "ROTATE_90",
}  # fmt: skip
"""The tag's other values → what Pillow calls the turn that puts the picture upright (CIPA DC-008, 4.6.5)."""


def thumbnail_for(
    picture: Picture | None, video: VideoFile, facts: VideoFacts, rule: PictureRule, *, how: How = "crop"
) -> Picture | None:
    """Return a picture that keeps `rule`: the given one as it is where it does, else one made of it.

    `crop` cuts to the part where most is to be seen, `pad` keeps all of it on a blurred background. Without a picture
    it is a frame of the video; None when no frame shows anything. Raises what reading the video raises.
    """
    if picture is not None and _fits(picture, rule):
        return picture
    if picture is not None:
        return _made_of(picture, rule, how)
    image = best_frame(video, facts)
    return None if image is None else _shaped(image, rule, how)


@lru_cache(maxsize=2)
def _made_of(picture: Picture, rule: PictureRule, how: How) -> Picture:
    """Return the picture as `rule` wants it; remembered, because each step of a publication asks for the same."""
    return _shaped(_opened(picture.content), rule, how)


def _shaped(image: Image, rule: PictureRule, how: How) -> Picture:
    size = (rule.width, rule.height)
    return _written(framing.padded(image, size) if how == "pad" else framing.cropped(image, size), rule)


def _fits(picture: Picture, rule: PictureRule) -> bool:
    if picture.content_type not in rule.content_types or len(picture.content) > rule.max_bytes:
        return False
    if abs(picture.width / picture.height * rule.height / rule.width - 1) > SAME_SHAPE:
        return False
    if not LEAST_SHARE * rule.width <= picture.width <= MOST_TIMES * rule.width:
        return False
    return _is_plain(picture.content)


@lru_cache(maxsize=2)
def _is_plain(content: bytes) -> bool:
    """Say whether every viewer shows the same: upright, opaque, in ordinary colours (remembered, as `_made_of` is)."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        opaque = "A" not in image.getbands() and "transparency" not in image.info
        ordinary = image.mode in {"RGB", "L", "P"} and _is_srgb(image.info.get("icc_profile"))
        return opaque and ordinary and _orientation(image) == UPRIGHT


def _orientation(image: Image) -> int:
    """Return the EXIF tag; broken tags say nothing, as a viewer sees it, and are no reason to refuse a picture."""
    try:
        return int(image.getexif().get(ORIENTATION, UPRIGHT))
    except (SyntaxError, ValueError, TypeError, LookupError, OSError, struct.error):  # what Pillow raises
        return UPRIGHT


def _opened(content: bytes) -> Image:
    """Return the picture upright, in sRGB, transparent parts on white."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as opened:
        profile = opened.info.get("icc_profile")
        turn = TURNS.get(_orientation(opened))
        image = opened.transpose(Image.Transpose[turn]) if turn else opened.copy()
    if image.mode.startswith("I;16"):
        image = _in_8_bits(image)
    if "A" in image.getbands() or "transparency" in image.info:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, seen).convert("RGB")
    return _in_srgb(image, profile)


def _in_8_bits(image: Image) -> Image:
    """Return a grey picture of 16 bits in 8; Pillow's own conversion cuts off instead of scaling."""
    import numpy as np
    from PIL import Image as Pillow

    return Pillow.fromarray((np.asarray(image) >> 8).astype(np.uint8))


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """Translate a colour profile's colours; a profile that cannot be read is left aside."""
    from PIL import ImageCms

    if profile:
        if image.mode in {"P", "1"}:
            image = image.convert("RGB")
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            translated = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert("RGB")
        return translated if translated is not None else image.convert("RGB")
    return image.convert("RGB")


def _is_srgb(profile: bytes | None) -> bool:
    """Say whether colours are meant as every platform takes them; a profile that cannot be read changes nothing."""
    from PIL import ImageCms

    if not profile:
        return True
    try:
        return "srgb" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).lower()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return True


def _written(image: Image, rule: PictureRule) -> Picture:
    """Write a picture as small as the rule asks: first by quality, then by size."""
    kind = "image/jpeg" if "image/jpeg" in rule.content_types else "image/png"
    while True:
        for quality in QUALITIES if kind == "image/jpeg" else (0,):
            content = _encoded(image, kind, quality)
            if len(content) <= rule.max_bytes:
                return Picture(content=content, content_type=kind, width=image.width, height=image.height)
        if min(image.size) * SHRINK < SMALLEST_SIDE:
            raise ValueError(f"no picture fits into {rule.max_bytes:,} bytes")
        image = image.resize((round(image.width * SHRINK), round(image.height * SHRINK)))


def _encoded(image: Image, kind: str, quality: int) -> bytes:
    file = io.BytesIO()
    options: dict[str, Any] = {"optimize": True}
    if kind == "image/jpeg":  # never with `optimize`: Pillow's room for that is too small for a picture full of grain
        options = {"quality": quality, "subsampling": "4:4:4" if quality >= QUALITIES[2] else "4:2:0"}
    image.save(file, format=kind.removeprefix("image/"), **options)
    return file.getvalue()

"""A thumbnail, read from its content: PNG or JPEG, whole, and not too large."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

from include.releases.container import HEAD_BYTES, PICTURES, content_type, sniff

MAX_PIXELS = 80_000_000
"""More is a decompression bomb or a mistake; below the 89 million at which Pillow itself begins to warn."""


class PictureError(ValueError):
    """The thumbnail cannot be used; the message is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A thumbnail in memory: its bytes and media type (``image/png``, ``image/jpeg``); size in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


def read_picture(content: bytes, *, max_bytes: int) -> Picture:
    """Return the picture in `content`, every pixel of which was decoded once.

    Raises `PictureError` for an empty, too large or broken one and for anything but PNG and JPEG.
    """
    if not content:
        raise PictureError("The thumbnail is empty.")
    if len(content) > max_bytes:
        raise PictureError(f"The thumbnail has {len(content):,} bytes; allowed are {max_bytes:,}.")
    kind = sniff(content[:HEAD_BYTES])
    if kind is None or kind not in {"png", "jpeg"}:
        what = PICTURES.get(kind or "", "no picture we know")
        raise PictureError(f"The thumbnail is {what}; it must be PNG or JPEG.")
    width, height = _decoded_size(content, kind.upper())
    return Picture(content=content, content_type=content_type(kind), width=width, height=height)


@lru_cache(maxsize=2)
def _decoded_size(content: bytes, kind: str) -> tuple[int, int]:
    """Return width and height; remembered, because each step of a publication reads the same thumbnail again."""
    from PIL import Image  # 40 ms that no DAG parse should pay

    try:
        with Image.open(io.BytesIO(content), formats=(kind,)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise PictureError(f"The thumbnail has {width} × {height} pixels; allowed are {MAX_PIXELS:,} in all.")
            image.load()
    except Image.DecompressionBombError:
        raise PictureError(f"The thumbnail has far more pixels than the {MAX_PIXELS:,} allowed.") from None
    except PictureError:
        raise
    except (OSError, ValueError, SyntaxError, IndexError, EOFError, OverflowError) as error:  # what Pillow raises
        raise PictureError(f"The thumbnail is broken and cannot be shown ({error}).") from None
    return width, height

"""Gives a picture another shape: cut where the least is lost, or whole on a blurred background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Light = NDArray[np.float32]

LOOKED_AT_PIXELS = 256
"""The longer side of the small copy in which we look for what matters."""
EDGES, COLOUR, SKIN, DETAIL = 1.0, 0.35, 0.6, 0.5
"""How much each kind of thing counts: outlines (letters, faces), strong colours, skin, and texture."""
MIDDLE = 0.35
"""How much the middle counts: what a photographer puts there is rarely unimportant."""
BLUR_SHARE, DIMMED = 0.04, 0.6
"""The background of a padded picture: blur as a share of its width, and brightness."""


def cropped(image: Image, size: tuple[int, int]) -> Image:
    """Return the part of that shape in which most is to be seen, scaled to `size`."""
    from PIL import Image as Pillow

    return image.resize(size, Pillow.Resampling.LANCZOS, box=best_part(image, size[0] / size[1]))


def padded(image: Image, size: tuple[int, int]) -> Image:
    """Return the whole picture on the middle of a blurred, darker copy of itself."""
    from PIL import Image as Pillow
    from PIL import ImageEnhance, ImageFilter, ImageOps

    inner = ImageOps.contain(image, size, Pillow.Resampling.LANCZOS)
    if inner.size == size:
        return inner
    behind = ImageOps.fit(image, size, Pillow.Resampling.BILINEAR).filter(
        ImageFilter.GaussianBlur(max(2.0, size[0] * BLUR_SHARE))
    )
    whole = ImageEnhance.Brightness(behind).enhance(DIMMED)
    whole.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return whole


def best_part(image: Image, ratio: float) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the largest part with that ratio, moved to where most is to be seen."""
    width, height = image.size
    part_width, part_height = min(width, round(height * ratio)), min(height, round(width / ratio))
    part_width, part_height = max(1, part_width), max(1, part_height)
    if part_width == width and part_height == height:
        return 0, 0, width, height
    interest = interest_of(image)
    if part_width < width:
        left = _best_start(interest.sum(axis=0), part_width / width, width - part_width)
        return left, 0, left + part_width, height
    top = _best_start(interest.sum(axis=1), part_height / height, height - part_height)
    return 0, top, width, top + part_height


def interest_of(image: Image) -> Light:
    """Return how much there is to see at each point of a small copy; none where the picture is even."""
    import numpy as np

    colours = np.asarray(small_copy(image, LOOKED_AT_PIXELS), np.float32) / 255
    light = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    rows, columns = np.gradient(light)
    edges = np.hypot(rows, columns)
    strong = colours.max(axis=-1) - colours.min(axis=-1)
    texture = np.abs(light - _blurred(light))
    seen = EDGES * edges + COLOUR * strong * (edges > edges.mean()) + SKIN * _skin(colours) * 0.2 + DETAIL * texture
    found: Light = seen.astype(np.float32)
    return found


def small_copy(image: Image, most: int) -> Image:
    """Return a copy in RGB with sides of 2 to `most` pixels: two are the fewest with an outline between them."""
    from PIL import Image as Pillow

    share = min(1.0, most / max(image.size))
    width, height = (max(2, round(side * share)) for side in image.size)
    return image.resize((width, height), Pillow.Resampling.BICUBIC, reducing_gap=2.0).convert("RGB")


def _skin(colours: Any) -> Any:
    """Say where a colour may be skin, of any shade: red leads, green follows, blue is least (Kovac et al., 2003)."""
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    return (red > green) & (green > blue) & (red - blue > 0.08) & (red - green < 0.35) & (red > 0.25)


def _blurred(light: Any) -> Any:
    import numpy as np

    padded_light = np.pad(light, 2, mode="edge")
    rows, columns = light.shape
    return sum(padded_light[y : y + rows, x : x + columns] for y in range(5) for x in range(5)) / 25


def _best_start(along: Any, share: float, room: int) -> int:
    """Return where a window of `share` of the length holds most, in pixels of 0 to `room`; the middle counts more."""
    import numpy as np

    length = len(along)
    window = max(1, round(length * share))
    starts = np.arange(length - window + 1)
    sums = np.concatenate([[0.0], np.cumsum(along)])
    held = (sums[starts + window] - sums[starts]) / (sums[-1] or 1.0)
    off_middle = np.abs(starts - starts[-1] / 2) / max(1.0, starts[-1] / 2)
    # an interesting edge beats the middle; where nothing is to be seen, the middle wins
    best = int(np.argmax(held - MIDDLE * (1 - share) * off_middle**2))
    return round(best / max(1, int(starts[-1])) * room)

"""What size and shape a video has to be given for a placement: cut, enlarged, made smaller, or laid on black bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from include.platforms.file_rules import FileRules
    from include.releases.video_facts import VideoFacts

Fit = Literal["pad", "crop", "refuse"]
"""What to do with a wrong aspect ratio: add bars, cut the edges, or leave it to a person."""

REFRAMED_SIDE = 1920
"""Pixels; a picture that gets another shape is made no larger than full HD, which is what phones show."""
MAX_ENLARGEMENT = 2.0
"""More would look blurred; only what was cut or padded is enlarged at all."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What becomes of a picture of `source` pixels (as a person sees it).

    The middle `kept` of it is scaled to `inner` and laid on the middle of `canvas`; all are (width, height), `inner`
    and `canvas` even.
    """

    source: tuple[int, int]
    kept: tuple[int, int]
    inner: tuple[int, int]
    canvas: tuple[int, int]

    @property
    def is_cropped(self) -> bool:
        """Say whether edges are cut off."""
        return self.kept != self.source

    @property
    def is_padded(self) -> bool:
        """Say whether bars are added."""
        return self.inner != self.canvas


def has_allowed_aspect(facts: VideoFacts, rules: FileRules) -> bool:
    """Say whether the aspect ratio is inside the limits, give or take the tolerance."""
    ratio, share = facts.aspect_ratio, rules.aspect_tolerance
    wide = rules.max_aspect is not None and ratio > rules.max_aspect * (1 + share)
    narrow = rules.min_aspect is not None and ratio < rules.min_aspect * (1 - share)
    return not wide and not narrow


def shape_for(facts: VideoFacts, rules: FileRules, fit: Fit) -> Shape | None:
    """Return the shape a conversion gives the picture, as near to the original as the limits allow.

    None when there is no such shape: the aspect ratio is wrong and `fit` says refuse, or the picture is too small.
    """
    source = (facts.display_width, facts.display_height)
    reframed = not has_allowed_aspect(facts, rules)
    if reframed and fit == "refuse":
        return None
    wanted = _clamped(facts.aspect_ratio, rules) if reframed else facts.aspect_ratio
    kept = _inside(source, wanted) if reframed and fit == "crop" else (float(source[0]), float(source[1]))
    canvas = _around(kept, wanted)
    least, most = _least_scale(canvas, rules), _most_scale(canvas, rules, reframed)
    scale = min(1.0, most) if least <= 1 else least
    if scale < least or scale > most or (scale > 1 and not (reframed and scale <= MAX_ENLARGEMENT)):
        return None
    final = _even_size(canvas, scale, wanted, rules)
    share = min(final[0] / canvas[0], final[1] / canvas[1])
    padded = reframed and fit == "pad"
    inner = (_even(kept[0] * share, final[0]), _even(kept[1] * share, final[1])) if padded else final
    whole = (max(1, min(source[0], round(kept[0]))), max(1, min(source[1], round(kept[1]))))
    return Shape(source=source, kept=whole, inner=inner, canvas=final)


def _clamped(ratio: float, rules: FileRules) -> float:
    return min(max(ratio, rules.min_aspect or 0.0), rules.max_aspect or ratio)


def _inside(size: tuple[int, int], ratio: float) -> tuple[float, float]:
    """Return the largest part of `size` with that ratio."""
    width, height = float(size[0]), float(size[1])
    return (height * ratio, height) if width / height > ratio else (width, width / ratio)


def _around(size: tuple[float, float], ratio: float) -> tuple[float, float]:
    """Return the smallest canvas of that ratio on which `size` has room."""
    width, height = size
    return (width, width / ratio) if width / height > ratio else (height * ratio, height)


def _least_scale(size: tuple[float, float], rules: FileRules) -> float:
    width, height = size
    least = rules.min_side or 0
    return max(max(least, rules.min_width or 0) / width, max(least, rules.min_height or 0) / height)


def _most_scale(size: tuple[float, float], rules: FileRules, reframed: bool) -> float:
    width, height = size
    limits = [
        (rules.max_side, max(size)),
        (rules.max_width, width),
        (rules.max_height, height),
        (REFRAMED_SIDE if reframed else None, max(size)),
    ]
    return min((limit / side for limit, side in limits if limit), default=float("inf"))


def _even_size(size: tuple[float, float], scale: float, ratio: float, rules: FileRules) -> tuple[int, int]:
    """Round to even sides, so that colour (half the resolution) fits: up where a least side asks for it, else down."""
    height = max(_even(size[1] * scale), _up(max(rules.min_side or 0, rules.min_height or 0)), 2)
    width = max(2, round(height * ratio / 2) * 2, _up(max(rules.min_side or 0, rules.min_width or 0)))
    most = min((limit for limit in (rules.max_side, rules.max_width) if limit), default=width)
    return min(width, most // 2 * 2), height


def _even(value: float, most: int | None = None) -> int:
    even = max(2, int(value + 1e-6) // 2 * 2)
    return even if most is None else min(even, most)


def _up(value: int) -> int:
    return (value + 1) // 2 * 2

"""What a placement takes as a video file, as data, and what a file breaks of it.

Each platform's `limits.py` holds one `FileRules` per placement with its source. The same data says what
`media/convert.py` has to make of a file, so a limit stands in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from include.platforms.contract import Problem
from include.platforms.file_shape import Fit as Fit  # limits.py needs one import only
from include.platforms.file_shape import has_allowed_aspect, shape_for
from include.releases.video_facts import VideoFacts

Fix = Literal["refused", "convertible", "warning"]

LEAST_BITS_PER_SECOND = 1_000_000
"""Below this rate a smaller file would look bad: a file that is too large is then refused, not converted."""
MOST_NAMED = 6
"""Containers and codecs a sentence names; YouTube's lists are long."""
SAME_PIXELS = {"yuvj420p": "yuv420p", "yuvj422p": "yuv422p", "yuvj444p": "yuv444p"}
"""FFmpeg's older names for full-range colour; phones record it, and every platform takes it as 4:2:0 all the same."""


@dataclass(frozen=True, kw_only=True)
class FileRules:
    """One placement's limits; None means that none is known.

    `name` is the platform's for sentences. Containers, codecs and pixel formats carry the names of `VideoFacts`; a
    file is converted to MP4 with H.264 (yuv420p) and AAC, which must be among them. Aspect ratios are display width
    divided by height; `aspect_tolerance` is the share by which one may miss a limit (606 × 1080 is "9:16", too). Sizes
    are bytes and display pixels (`min_side` and `max_side` bound both sides), rates frames, bits or samples per second.
    Above `sure_bytes` the platform may refuse (its documents disagree): a warning. `index_first` asks an MP4 or MOV for
    its index (moov) before its data. `source` is a link and the day it was checked.
    """

    name: str
    source: str
    containers: tuple[str, ...]
    video_codecs: tuple[str, ...]
    audio_codecs: tuple[str, ...] | None = None
    pixel_formats: tuple[str, ...] | None = None
    min_seconds: float | None = None
    max_seconds: float | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    sure_bytes: int | None = None
    min_fps: float | None = None
    max_fps: float | None = None
    min_aspect: float | None = None
    max_aspect: float | None = None
    aspect_tolerance: float = 0.005
    min_side: int | None = None
    max_side: int | None = None
    min_width: int | None = None
    max_width: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    max_bits_per_second: int | None = None
    max_audio_samples: int | None = None
    max_audio_channels: int | None = None
    audio_required: bool = False
    index_first: bool = False


def file_problems(facts: VideoFacts, rules: FileRules, fit: Fit = "refuse") -> list[Problem]:
    """Return every limit the file breaks; `fix` says whether a conversion with this `fit` would mend it."""
    return [*_form(facts, rules), *_rates(facts, rules), *_shape(facts, rules, fit), *_extent(facts, rules)]


def _form(facts: VideoFacts, rules: FileRules) -> Iterator[Problem]:
    if not set(facts.container.lower().split(",")) & set(rules.containers):
        yield _problem("container", facts.container, _words(rules.containers), rules, "convertible")
    elif rules.index_first and facts.index_first is False:
        yield _problem("index", "behind the data", "the index (moov) before the data", rules, "convertible")
    if facts.video_codec.lower() not in rules.video_codecs:
        yield _problem("video_codec", facts.video_codec, _words(rules.video_codecs), rules, "convertible")
    pixels = SAME_PIXELS.get(facts.pixel_format or "", facts.pixel_format)
    if rules.pixel_formats and pixels and pixels not in rules.pixel_formats:
        yield _problem("pixel_format", pixels, _words(rules.pixel_formats), rules, "convertible")
    if rules.audio_codecs and facts.audio_codec and facts.audio_codec.lower() not in rules.audio_codecs:
        yield _problem("audio_codec", facts.audio_codec, _words(rules.audio_codecs), rules, "convertible")
    if rules.audio_required and facts.audio_codec is None:
        yield _problem("audio", "missing", "videos with a sound track only", rules, "refused")


def _rates(facts: VideoFacts, rules: FileRules) -> Iterator[Problem]:
    fps = round(facts.fps, 2)
    if (rules.min_fps and fps < rules.min_fps) or (rules.max_fps and fps > rules.max_fps):
        allowed = _between(rules.min_fps, rules.max_fps, "frames a second")
        yield _problem("fps", f"{facts.fps:.4g} frames a second", allowed, rules, "convertible")
    if rules.max_bits_per_second and facts.bit_rate > rules.max_bits_per_second:
        allowed = f"up to {rules.max_bits_per_second / 1e6:g} Mbit/s"
        yield _problem("bit_rate", f"{facts.bit_rate / 1e6:.1f} Mbit/s", allowed, rules, "convertible")
    if facts.audio_codec is None:
        return
    samples, channels = facts.audio_sample_rate, facts.audio_channels
    if rules.max_audio_samples and samples and samples > rules.max_audio_samples:
        allowed = f"up to {rules.max_audio_samples:,} Hz"
        yield _problem("audio_sample_rate", f"{samples:,} Hz", allowed, rules, "convertible")
    if rules.max_audio_channels and channels and channels > rules.max_audio_channels:
        yield _problem("audio_channels", str(channels), f"up to {rules.max_audio_channels}", rules, "convertible")


def _shape(facts: VideoFacts, rules: FileRules, fit: Fit) -> Iterator[Problem]:
    size = f"{facts.display_width} × {facts.display_height}"
    is_allowed, possible = has_allowed_aspect(facts, rules), shape_for(facts, rules, fit) is not None
    how: Fix = "convertible" if possible else "refused"
    if not is_allowed:
        allowed = _aspects(rules)
        found = _problem("aspect_ratio", f"{size} ({facts.aspect_ratio:.3f})", allowed, rules, how)
        too_small = fit != "refuse" and not possible
        yield replace(found, message=f"{found.message} With {fit} it would become too small.") if too_small else found
    if _is_too_small(facts, rules):
        side = rules.min_side or 0
        least = max(side, rules.min_width or 0), max(side, rules.min_height or 0)
        yield _problem("side", f"{size} pixels", f"at least {least[0]} × {least[1]} pixels", rules, how)
    elif too_large := _too_large(facts, rules):
        yield _problem("side", f"{size} pixels", too_large, rules, how if is_allowed else "convertible")


def _is_too_small(facts: VideoFacts, rules: FileRules) -> bool:
    return bool(
        (rules.min_side and min(facts.display_width, facts.display_height) < rules.min_side)
        or (rules.min_width and facts.display_width < rules.min_width)
        or (rules.min_height and facts.display_height < rules.min_height)
    )


def _too_large(facts: VideoFacts, rules: FileRules) -> str | None:
    if rules.max_side and max(facts.display_width, facts.display_height) > rules.max_side:
        return f"up to {rules.max_side} pixels each side"
    if rules.max_width and facts.display_width > rules.max_width:
        return f"up to {rules.max_width} pixels wide"
    if rules.max_height and facts.display_height > rules.max_height:
        return f"up to {rules.max_height} pixels high"
    return None


def _extent(facts: VideoFacts, rules: FileRules) -> Iterator[Problem]:
    seconds, size = facts.duration_seconds, facts.size_bytes
    too_short = seconds <= 0 or bool(rules.min_seconds and seconds < rules.min_seconds)
    if too_short or (rules.max_seconds and seconds > rules.max_seconds):
        allowed = _between(rules.min_seconds, rules.max_seconds, "s")
        yield _problem("duration", f"{seconds:,.2f} s", allowed, rules, "refused")
    if size <= 0 or (rules.min_bytes and size < rules.min_bytes):
        yield _problem("size", f"{size:,} bytes", f"at least {rules.min_bytes or 1:,} bytes", rules, "refused")
    elif rules.max_bytes and size > rules.max_bytes:
        smaller = seconds > 0 and rules.max_bytes * 8 / seconds >= LEAST_BITS_PER_SECOND
        how: Fix = "convertible" if smaller else "refused"
        yield _problem("size", f"{size:,} bytes", f"up to {rules.max_bytes:,} bytes", rules, how)
    elif rules.sure_bytes and size > rules.sure_bytes:
        yield _problem("size", f"{size:,} bytes", f"surely up to {rules.sure_bytes:,} bytes only", rules, "warning")


_SENTENCES = {
    "container": "The container is {found}; {name} takes {allowed}.",
    "index": "The file's index stands {found}; {name} wants {allowed}.",
    "video_codec": "The video codec is {found}; {name} takes {allowed}.",
    "pixel_format": "The pixel format is {found}; {name} takes {allowed}.",
    "audio_codec": "The audio codec is {found}; {name} takes {allowed}.",
    "audio": "The sound is {found}; {name} takes {allowed}.",
    "fps": "The video has {found}; {name} takes {allowed}.",
    "bit_rate": "The bit rate is {found}; {name} takes {allowed}.",
    "audio_sample_rate": "The sound has {found}; {name} takes {allowed}.",
    "audio_channels": "The sound has {found} channels; {name} takes {allowed}.",
    "aspect_ratio": "The picture is {found}; {name} takes {allowed}.",
    "side": "The picture has {found}; {name} takes {allowed}.",
    "duration": "The video lasts {found}; {name} takes {allowed}.",
    "size": "The file has {found}; {name} takes {allowed}.",
}
"""Rule → what a person reads."""


def _problem(rule: str, found: str, allowed: str, rules: FileRules, fix: Fix) -> Problem:
    name = f"a {rules.name[2:]}" if rules.name.startswith("A ") else rules.name  # it never begins a sentence here
    message = _SENTENCES[rule].format(found=found, allowed=allowed, name=name)
    return Problem(rule=rule, found=found, allowed=allowed, message=message, fix=fix)


def _words(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:MOST_NAMED])} and {more} more"


def _aspects(rules: FileRules) -> str:
    unit = "(width divided by height)"
    if rules.min_aspect is not None and rules.min_aspect == rules.max_aspect:
        return f"{rules.min_aspect:.4g} {unit}"
    return _between(rules.min_aspect, rules.max_aspect, unit)


def _between(least: float | None, most: float | None, unit: str) -> str:
    if least is None and most is None:
        return f"more than 0 {unit}"
    if least is None:
        return f"up to {_number(most)} {unit}"
    if most is None:
        return f"at least {_number(least)} {unit}"
    return f"{_number(least)} to {_number(most)} {unit}"


def _number(value: float | None) -> str:
    value = value or 0.0
    return f"{value:,.0f}" if value == round(value) else f"{value:.4g}"

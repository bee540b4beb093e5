"""Decides what to do with a file that a placement does not take as it is: nothing, copy, or encode anew."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from include.media.recipe import BUFFER_SECONDS, SOUND_BITS_PER_SECOND, SOUND_CHANNELS, SOUND_HZ, Pictures, Recipe
from include.platforms.contract import Problem
from include.platforms.file_rules import FileRules, Fit, file_problems
from include.platforms.file_shape import shape_for
from include.releases.video_facts import VideoFacts

MENDED_BY_COPYING = frozenset({"container", "index", "audio_codec", "audio_sample_rate", "audio_channels"})
"""Rules that a file keeps once its pictures stand, as they are, in a new MP4."""
COPIED_PICTURES = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
COPIED_SOUND = frozenset({"aac", "mp3", "ac3", "eac3", "opus", "flac", "alac"})
"""Codecs that players expect in an MP4."""
UNTIMED_CONTAINERS = frozenset({"avi", "mpeg", "asf", "ogg"})
"""Their packets do not all say when they are shown; copied, pictures could come out of order."""
RATES = tuple(map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")))
"""What cameras record and editors expect."""
LADDER = (40, 30, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2.5, 2, 1.6, 1.2, 1)
"""Mbit/s: steps, so that two platforms with nearly the same limit share one conversion."""
PIXELS_FULL_HD = 1920 * 1080
CEILING_FULL_HD, CEILING_LARGER = 20, 40
"""Mbit/s; above, nobody sees a difference (YouTube's advice for 1080p60 is 12, for 2160p30 up to 45)."""
KEPT_OF_LIMIT = 0.92
"""Share of a limit we use: the container's own bytes and what a rate control overshoots need the rest."""


class Unfit(ValueError):
    """No conversion makes the file fit; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def plan(facts: VideoFacts, rules: FileRules, fit: Fit = "refuse") -> Recipe | None:
    """Return what has to be done so that the file fits, or None when it does as it is.

    Pictures are copied where the rules allow, so that nothing is lost. Raises `Unfit` when nothing we do would help.
    """
    problems = [problem for problem in file_problems(facts, rules, fit) if problem.fix != "warning"]
    if not problems:
        return None
    refused = [problem for problem in problems if problem.fix == "refused"]
    shape = shape_for(facts, rules, fit)
    if refused or shape is None:
        raise Unfit(refused or problems)
    copies = {problem.rule for problem in problems} <= MENDED_BY_COPYING and _can_copy(facts)
    pictures = None
    if not copies:
        rate = constant_rate(facts, rules)
        pictures = Pictures(
            shape=shape,
            rotation=facts.rotation,
            fps=str(rate),
            max_bits_per_second=_ceiling(facts, rules, shape.canvas[0] * shape.canvas[1]),
            was=facts.video_codec,
            changes_rate=facts.variable_frame_rate or abs(float(rate) - facts.fps) > 0.02,
        )
    return Recipe(
        pictures=pictures,
        sound=_sound(facts, rules, copies),
        was_container=facts.container.split(",")[0],
        was_sound=facts.audio_codec,
    )


def constant_rate(facts: VideoFacts, rules: FileRules) -> Fraction:
    """Return the rate a video is encoded at: its own where that is allowed, else one that needs even steps.

    A variable rate becomes the nearest usual one; one that is too high is halved (or thirded …), one too low doubled.
    """
    least, most = rules.min_fps or 0.0, rules.max_fps or 120.0
    usual = [rate for rate in RATES if least - 0.005 <= float(rate) <= most + 0.005]
    nearest = min(usual, key=lambda rate: abs(float(rate) - facts.fps), default=None)
    if nearest is not None and (facts.variable_frame_rate or abs(float(nearest) - facts.fps) < 0.02):
        return nearest
    own = _exact(facts.fps)
    if float(own) > most + 0.005:
        own = own / ceil(float(own) / most - 1e-3)
    if float(own) < least - 0.005:
        own = own * ceil(least / float(own) - 1e-3)
    if float(own) > most + 0.005 or float(own) < least - 0.005:
        own = nearest or Fraction(most).limit_denominator(1001)
    return own


def _exact(fps: float) -> Fraction:
    """Return the fraction behind a rounded rate: 59.94 is 60000/1001, 119.88 is 120000/1001."""
    ntsc = Fraction(round(fps * 1001 / 1000) * 1000, 1001)
    return ntsc if abs(float(ntsc) - fps) < 0.002 and fps != round(fps) else Fraction(fps).limit_denominator(1000)


def _can_copy(facts: VideoFacts) -> bool:
    return facts.video_codec in COPIED_PICTURES and facts.container.split(",")[0] not in UNTIMED_CONTAINERS


def _sound(facts: VideoFacts, rules: FileRules, copies: bool) -> str:
    if facts.audio_codec is None:
        return "none"
    codec, samples, channels = facts.audio_codec, facts.audio_sample_rate or 0, facts.audio_channels or 0
    if not copies:
        return "copy" if (codec, samples, channels) == ("aac", SOUND_HZ, SOUND_CHANNELS) else "encode"
    allowed = rules.audio_codecs is None or codec in rules.audio_codecs
    fits = samples <= (rules.max_audio_samples or samples) and channels <= (rules.max_audio_channels or channels)
    return "copy" if codec in COPIED_SOUND and allowed and fits else "encode"


def _ceiling(facts: VideoFacts, rules: FileRules, pixels: int) -> int:
    """Return the most bits a second for the pictures, a step of the ladder that keeps every limit."""
    lasting = facts.duration_seconds
    kept = KEPT_OF_LIMIT * lasting / (lasting + BUFFER_SECONDS)
    limits = [(CEILING_FULL_HD if pixels <= PIXELS_FULL_HD else CEILING_LARGER) * 1e6]
    if rules.max_bits_per_second:
        limits.append(rules.max_bits_per_second * kept - SOUND_BITS_PER_SECOND)
    if rules.max_bytes:
        limits.append(rules.max_bytes * 8 / lasting * kept - SOUND_BITS_PER_SECOND)
    most = min(limits)
    return int(next((step * 1e6 for step in LADDER if step * 1e6 <= most), max(100_000, most)))

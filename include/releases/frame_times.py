"""When the pictures of a video are shown: evenly or not, how many a second; from samples, without decoding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

SAMPLE_PACKETS = 120
"""Pictures whose times are compared, at each of three places where an index shows them, else at the beginning."""
REORDERED_PACKETS = 16
"""Pictures that may come before one they are shown after (H.264, A.3.1, max_dec_frame_buffering)."""
COARSE_TICKS = 4
"""A clock with fewer ticks a picture was chosen to fit the rate, so nothing was rounded."""
JITTER = 0.05
"""Share of the usual gap by which a camera's clock may stray and still be called even."""


def times_by_index(container: InputContainer, stream: VideoStream) -> tuple[list[list[int]], int]:
    """Return samples of the pictures' times by the file's index, and the furthest byte it names; only MP4 has one."""
    if "mov" not in container.format.name or len(stream.index_entries) < 2:
        return [], 0
    total, end = len(stream.index_entries), 0
    for any_stream in container.streams:
        last = any_stream.index_entries[max(0, len(any_stream.index_entries) - 8) :]
        end = max([end, *(entry.pos + entry.size for entry in last)])
    starts = sorted({0, max(0, total // 2 - SAMPLE_PACKETS // 2), max(0, total - SAMPLE_PACKETS)})
    windows = [stream.index_entries[start : start + SAMPLE_PACKETS] for start in starts]
    return [[entry.timestamp for entry in window if not entry.is_discard] for window in windows], end


def settled(times: Sequence[int]) -> list[int]:
    """Return the times of packets read so far in the order of showing, without those that later packets may precede."""
    ordered = sorted(times)
    return ordered[:-REORDERED_PACKETS] if len(times) > 2 * REORDERED_PACKETS else ordered


def rate_of(times: Sequence[int], time_base: Fraction | None) -> float:
    """Return pictures a second by their times in ticks of `time_base` seconds; 0 when they do not tell."""
    lasted = float((times[-1] - times[0]) * (time_base or 0)) if len(times) > 1 else 0.0
    return (len(times) - 1) / lasted if lasted > 0 else 0.0


def is_variable(samples: Sequence[Sequence[int]]) -> bool:
    """Say whether pictures follow each other at uneven times, given in ticks at one or more places of a file.

    Rounding to the container's ticks (Matroska has milliseconds) and 5 % of jitter do not count.
    """
    gaps = [later - earlier for times in samples for earlier, later in pairwise(times) if later > earlier]
    if len(gaps) < 2:
        return False
    usual = median(gaps)
    tolerance = 0.0 if usual < COARSE_TICKS else max(1.5, usual * JITTER)
    return any(abs(gap - usual) > tolerance for gap in gaps)

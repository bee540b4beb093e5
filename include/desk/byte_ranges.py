"""What a `Range` header asks for (RFC 9110, 14.1.2 and 14.2)."""

from __future__ import annotations

import re
from itertools import pairwise

MAX_RANGES = 16
"""More in one request are no player and no platform; the header is then ignored, as 14.2 allows."""

_HEADER = re.compile(r"\s*bytes\s*=(.*)", re.IGNORECASE | re.DOTALL)
_RANGE = re.compile(r"[ \t]*([0-9]*)-([0-9]*)[ \t]*")

Range = tuple[int, int]
"""First byte, and the byte after the last."""


def wanted_ranges(header: str | None, size: int) -> list[Range] | None:
    """Return the ranges to send, in the order asked, of a file of `size` bytes.

    None: send all of it (no header, another unit, not well formed, too many, or ranges that overlap). An empty list:
    none of them is in the file, which is answered 416.
    """
    matched = _HEADER.fullmatch(header or "")
    if not matched:
        return None
    asked = [_RANGE.fullmatch(each) for each in matched[1].split(",") if each.strip()]
    if not asked or len(asked) > MAX_RANGES:
        return None
    found = []
    for each in asked:
        if each is None or each[0].strip() == "-" or _is_backwards(each):
            return None
        bounds = _bounds(each[1], each[2], size)
        if bounds is not None:
            found.append(bounds)
    return None if _overlap(found) else found


def _is_backwards(asked: re.Match[str]) -> bool:
    return bool(asked[1] and asked[2]) and _number(asked[1]) > _number(asked[2])


def _bounds(first: str, last: str, size: int) -> Range | None:
    """Return the part that is in the file, None when nothing of it is."""
    if not first:
        length = min(_number(last), size)
        return (size - length, size) if length else None
    start = _number(first)
    stop = min(_number(last) + 1, size) if last else size
    return (start, stop) if start < size else None


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 20 else 1 << 64  # longer than any file; int() is slow for very long texts


def _overlap(ranges: list[Range]) -> bool:
    ordered = sorted(ranges)
    return any(one[1] > other[0] for one, other in pairwise(ordered))

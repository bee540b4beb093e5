"""The answer to a range request as data: status, headers, and the parts of the body in order."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from include.desk.byte_ranges import Range

Part = bytes | Range
"""Bytes as they are, or bytes of the file."""
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent; `length` is the whole body's in bytes, as Content-Length says."""

    status: int
    headers: Headers
    parts: tuple[Part, ...]
    length: int


def answer_for(ranges: list[Range] | None, *, size: int, content_type: str) -> Answer:
    """Return the answer for ranges as `wanted_ranges` found them: whole (200), one or several parts (206), or 416."""
    if ranges is None:
        return _answer(200, content_type, ((0, size),) if size else ())
    if not ranges:
        return _answer(416, content_type, (), ((b"content-range", f"bytes */{size}".encode()),))
    if len(ranges) == 1:
        return _answer(206, content_type, (ranges[0],), ((b"content-range", _told(ranges[0], size)),))
    return _several(ranges, size, content_type)


def _several(ranges: list[Range], size: int, content_type: str) -> Answer:
    """Several ranges in one body, in the order asked (RFC 9110, 14.6)."""
    boundary = secrets.token_hex(16)
    parts: list[Part] = []
    for each in ranges:
        head = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Range: ".encode() + _told(each, size)
        parts += [head + b"\r\n\r\n", each, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return _answer(206, f"multipart/byteranges; boundary={boundary}", tuple(parts))


def _answer(status: int, content_type: str, parts: tuple[Part, ...], headers: Headers = ()) -> Answer:
    length = sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts)
    fixed = ((b"content-type", content_type.encode()), (b"content-length", str(length).encode()))
    return Answer(status=status, headers=(*fixed, *headers), parts=parts, length=length)


def _told(each: Range, size: int) -> bytes:
    return f"bytes {each[0]}-{each[1] - 1}/{size}".encode()

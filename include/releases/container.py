"""What kind of file some bytes are, and whether a file ends before its own index says; no decoding, no file names."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

HEAD_BYTES = 192
"""As many first bytes as `sniff` wants: an MPEG-TS packet and the beginning of the next."""
MAX_BOXES = 4096
"""Top-level boxes looked at; a fragmented file may have thousands, and each costs a read."""

PICTURES = {
    "png": "a PNG picture",
    "jpeg": "a JPEG picture",
    "gif": "a GIF picture",
    "webp": "a WebP picture",
    "bmp": "a BMP picture",
    "tiff": "a TIFF picture",
    "heif": "a HEIF or AVIF picture",
}
"""Kinds that are pictures, as a person calls them."""

CONTENT_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "3gp": "video/3gpp",
    "webm": "video/webm",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mpegts": "video/mp2t",
    "mpeg": "video/mpeg",
    "flv": "video/x-flv",
    "asf": "video/x-ms-wmv",
    "ogg": "video/ogg",
    "png": "image/png",
    "jpeg": "image/jpeg",
}
"""Kind → media type (IANA where registered, else what browsers say)."""

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
)
_PICTURE_BRANDS = frozenset({b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_BOXES = frozenset(b"ftyp moov mdat moof mfra free skip wide uuid sidx styp pdin".split())
_SEGMENT = 0x18538067


def content_type(kind: str | None) -> str:
    """Return the media type of a kind of file; ``application/octet-stream`` for one we do not know."""
    return CONTENT_TYPES.get(kind or "", "application/octet-stream")


def sniff(head: bytes) -> str | None:
    """Return the kind of file that begins with `head`: a key of `CONTENT_TYPES` or `PICTURES`, or None."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WEBP": "webp"}.get(head[8:12])
    if head[4:8] in _BOXES:
        return _brand(head)
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "webm" if b"webm" in head else "matroska"
    return "mpegts" if head[:1] == b"\x47" and head[188:189] == b"\x47" else None


def cut_off(file: BinaryIO, size: int, kind: str | None) -> str | None:
    """Return a sentence when `file` is shorter than it announces or lacks its index; None when it seems whole.

    Reads headers only. Formats that do not announce a length (MPEG-TS, FLV) always seem whole.
    """
    if kind in {"mp4", "mov", "3gp"}:
        return _cut_boxes(file, size)
    if kind in {"webm", "matroska"}:
        return _cut_segment(file, size)
    if kind == "avi":
        file.seek(4)
        return _ends_early(8 + struct.unpack("<I", file.read(4).ljust(4, b"\x00"))[0], size)
    return None


def index_first(file: BinaryIO, size: int, kind: str | None) -> bool | None:
    """Say whether the index (moov) stands before the data (mdat); None for a file that has no such index.

    Players and platforms that fetch by address can then begin before they have the end.
    """
    if kind not in {"mp4", "mov", "3gp"}:
        return None
    found = next((name for name, _ in _boxes(file, size) if name in {b"moov", b"mdat"}), None)
    return found == b"moov" if found else None


def _brand(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return "mov"  # QuickTime files from before 2001 have no ftyp
    brand = head[8:12]
    if brand in _PICTURE_BRANDS:
        return "heif"
    if brand == b"qt  ":
        return "mov"
    return "3gp" if brand[:2] in {b"3g", b"3G"} else "mp4"


def _cut_boxes(file: BinaryIO, size: int) -> str | None:
    found, complete = set(), True
    for name, end in _boxes(file, size):
        if name in _BOXES and end > size:
            return _ends_early(end, size)
        found.add(name)
        complete = end >= size
    if b"moov" not in found and complete:
        return "The file is cut off: its index (moov), which stands at the end, is missing."
    return None


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Yield name and end of each top-level box (ISO/IEC 14496-12, 4.2)."""
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > size:
            return
        file.seek(at)
        header = file.read(16)
        length, name = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            length = struct.unpack(">Q", header[8:])[0]
        elif length == 0:
            length = size - at  # up to the end of the file
        if length < 8:
            return  # not a box: what follows is padding
        yield name, at + length
        at += length


def _cut_segment(file: BinaryIO, size: int) -> str | None:
    """Matroska and WebM: the segment announces its length, unless it was recorded live (RFC 8794, 6.2)."""
    at = 0
    for _ in range(8):
        file.seek(at)
        head = file.read(12)
        identity, identity_bytes = _number(head, keep_marker=True)
        length, length_bytes = _number(head[identity_bytes:], keep_marker=False)
        if not identity_bytes or not length_bytes:
            return None
        start = at + identity_bytes + length_bytes
        if length == (1 << 7 * length_bytes) - 1:
            return None  # length unknown
        at = start + length
        if identity == _SEGMENT or at > size:
            return _ends_early(at, size)
    return None


def _number(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """Return an EBML number and its length in bytes; (0, 0) when there is none."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    value = int.from_bytes(data[:length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length


def _ends_early(announced: int, size: int) -> str | None:
    if announced <= size:
        return None
    return f"The file is cut off: it announces {announced:,} bytes, but ends after {size:,}."

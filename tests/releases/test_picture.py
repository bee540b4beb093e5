"""Thumbnails: PNG and JPEG by content, whole, not too large."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from include.releases.picture import PictureError, read_picture


def picture(kind: str, width: int = 120, height: int = 80) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(target, format=kind)
    return target.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("png", "image/png"), ("jpeg", "image/jpeg")])
def test_png_and_jpeg_are_read(kind: str, media_type: str) -> None:
    content = picture(kind)
    read = read_picture(content, max_bytes=len(content))
    assert (read.content, read.content_type, read.width, read.height) == (content, media_type, 120, 80)


@pytest.mark.parametrize(("kind", "name"), [("gif", "GIF"), ("webp", "WebP"), ("bmp", "BMP"), ("tiff", "TIFF")])
def test_another_kind_of_picture_is_refused_by_its_name(kind: str, name: str) -> None:
    with pytest.raises(PictureError, match=f"a {name} picture; it must be PNG or JPEG"):
        read_picture(picture(kind), max_bytes=1 << 20)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(PictureError, match="no picture we know"):
        read_picture(b"<svg/>", max_bytes=1 << 20)
    with pytest.raises(PictureError, match="is empty"):
        read_picture(b"", max_bytes=1 << 20)


def test_one_byte_too_many_is_refused() -> None:
    content = picture("png")
    with pytest.raises(PictureError, match=f"{len(content):,} bytes; allowed are {len(content) - 1:,}"):
        read_picture(content, max_bytes=len(content) - 1)


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@given(share=st.floats(0.05, 0.9))
def test_a_picture_that_was_cut_is_refused(kind: str, share: float) -> None:
    content = picture(kind)
    with pytest.raises(PictureError, match=r"broken|no picture"):
        read_picture(content[: int(len(content) * share)], max_bytes=1 << 20)


def test_a_picture_with_a_wrong_checksum_is_refused() -> None:
    content = bytearray(picture("png"))
    content[60] ^= 0xFF
    with pytest.raises(PictureError, match="broken"):
        read_picture(bytes(content), max_bytes=1 << 20)


def test_a_decompression_bomb_is_refused_without_being_unpacked() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    for side in (9_500, 60_000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
        with pytest.raises(PictureError, match="pixels"):
            read_picture(bomb, max_bytes=1 << 20)


@given(st.binary(max_size=300))
def test_no_content_breaks_the_reader(tail: bytes) -> None:
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", picture("jpeg")[:200], picture("png")[:60]):
        with contextlib.suppress(PictureError):
            assert read_picture(head + tail, max_bytes=1 << 20).width > 0

"""Parts of a file: every form of the Range header, and when it counts."""

from __future__ import annotations

import email
import os
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest

from include.desk.byte_ranges import MAX_RANGES, wanted_ranges
from tests.desk.conftest import CONTENT, NAME, address_of

SIZE = len(CONTENT)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None), ("", None), ("bytes", None), ("bytes=", None), ("items=0-1", None), ("bytes=-", None),
        ("bytes=5", None), ("bytes=a-b", None), ("bytes=1-2-3", None), ("bytes=--5", None), ("bytes=9-2", None),
        ("bytes=0-0", [(0, 1)]), ("bytes=0-", [(0, 100)]), ("bytes=99-", [(99, 100)]), ("bytes=10-19", [(10, 20)]),
        ("bytes=90-1000", [(90, 100)]), ("bytes=-1", [(99, 100)]), ("bytes=-1000", [(0, 100)]),
        ("BYTES = 0-4", [(0, 5)]), ("bytes=0-4, 10-14", [(0, 5), (10, 15)]), ("bytes=10-14,0-4", [(10, 15), (0, 5)]),
        ("bytes=0-4,,10-14", [(0, 5), (10, 15)]), ("bytes=0-4,200-300", [(0, 5)]), ("bytes=0-4,3-9", None),
        ("bytes=100-", []), ("bytes=100-200", []), ("bytes=-0", []), ("bytes=200-300,400-", []),
        (f"bytes=0-{'9' * 5000}", [(0, 100)]), (f"bytes={'9' * 5000}-", []), ("bytes=²-", None),
        ("bytes=" + ",".join(f"{at}-{at}" for at in range(0, 2 * MAX_RANGES + 2, 2)), None),
    ],
)  # fmt: skip
def test_a_header_is_read_as_the_standard_says(header: str | None, found: list[tuple[int, int]] | None):
    assert wanted_ranges(header, 100) == found


def test_an_empty_file_has_no_part():
    assert wanted_ranges("bytes=0-", 0) == wanted_ranges("bytes=-5", 0) == []
    assert wanted_ranges(None, 0) is None


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, SIZE), ("bytes=-7", SIZE - 7, SIZE), ("bytes=0-", 0, SIZE)],
)
async def test_one_part_is_sent_alone(platform: httpx.AsyncClient, root: Path, header: str, start: int, stop: int):
    answer = await platform.get(address_of(root), headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:stop]
    assert answer.headers["content-length"] == str(stop - start)
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-type"] == "video/mp4"


async def test_several_parts_come_in_one_body_of_the_announced_length(platform: httpx.AsyncClient, root: Path):
    answer = await platform.get(address_of(root), headers={"Range": "bytes=500-599,0-9,-5"})
    assert answer.status_code == 206
    assert int(answer.headers["content-length"]) == len(answer.content)
    kind = answer.headers["content-type"]
    body = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + answer.content)
    parts = body.get_payload()
    assert [part["content-range"] for part in parts] == [  # type: ignore[union-attr, index]
        f"bytes {first}-{last}/{SIZE}" for first, last in ((500, 599), (0, 9), (SIZE - 5, SIZE - 1))
    ]
    assert {part.get_content_type() for part in parts} == {"video/mp4"}  # type: ignore[union-attr]
    for start, stop in ((500, 600), (0, 10), (SIZE - 5, SIZE)):
        assert b"\r\n\r\n" + CONTENT[start:stop] + b"\r\n--" in answer.content


async def test_a_part_outside_the_file_is_answered_with_its_size(platform: httpx.AsyncClient, root: Path):
    answer = await platform.get(address_of(root), headers={"Range": f"bytes={SIZE}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


async def test_a_part_is_sent_only_while_the_file_is_the_one_the_client_knows(platform: httpx.AsyncClient, root: Path):
    os.utime(root / "aa" / NAME, (1_700_000_000, 1_700_000_000))
    address = address_of(root)
    whole = await platform.get(address)
    etag, modified = whole.headers["etag"], whole.headers["last-modified"]
    for condition in (etag, modified):
        answer = await platform.get(address, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status_code == 206, condition
    earlier = formatdate(1_600_000_000, usegmt=True)
    for condition in ('"other"', f"W/{etag}", earlier, "nonsense"):
        answer = await platform.get(address, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert (answer.status_code, answer.content) == (200, CONTENT), condition


async def test_a_date_of_this_second_is_no_proof_that_nothing_was_written_since(
    platform: httpx.AsyncClient, root: Path
):
    os.utime(root / "aa" / NAME)
    address = address_of(root)
    modified = (await platform.head(address)).headers["last-modified"]
    answer = await platform.get(address, headers={"Range": "bytes=0-9", "If-Range": modified})
    assert answer.status_code == 200


async def test_a_signature_is_needed_for_a_part_too(platform: httpx.AsyncClient, root: Path):
    answer = await platform.get(address_of(root)[:-1], headers={"Range": "bytes=0-0"})
    assert answer.status_code == 403

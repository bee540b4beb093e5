"""Chunks and a session's answers, without a network."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.platforms.youtube.session import Finished, Lost, Stored, chunk_stop, read_answer
from tests.platforms.youtube.scene import UNIT

chunk_sizes = st.integers(1, 400).map(lambda units: units * UNIT)


@given(st.data(), chunk_sizes)
def test_chunks_cover_the_file_exactly_and_are_aligned(data: st.DataObject, chunk_bytes: int) -> None:
    total = data.draw(st.integers(1, 300 * chunk_bytes))
    start = data.draw(st.integers(0, (total - 1) // UNIT)) * UNIT  # where an upload was cut
    position, lengths = start, []
    while position < total:
        stop = chunk_stop(position, total, chunk_bytes)
        lengths.append(stop - position)
        position = stop
    assert position == total
    assert sum(lengths) == total - start
    assert all(length == chunk_bytes for length in lengths[:-1])
    assert chunk_bytes % UNIT == 0
    assert 0 < lengths[-1] <= chunk_bytes


def answer(status: int, headers: dict[str, str] | None = None, body: object = None) -> httpx.Response:
    return (
        httpx.Response(status, headers=headers, json=body)
        if body is not None
        else httpx.Response(status, headers=headers)
    )


@pytest.mark.parametrize(
    ("headers", "stored", "moved_to"),
    [
        ({"Range": "bytes=0-524287"}, 524_288, None),
        ({"Range": "0-524287"}, 524_288, None),
        ({}, 0, None),
        ({"Range": "bytes=0-9999999"}, 1_000_000, None),
        ({"Range": "nonsense"}, 0, None),
        ({"Range": "bytes=0-9", "Location": "https://elsewhere/x"}, 10, "https://elsewhere/x"),
    ],
)
def test_a_308_says_what_is_stored(headers: dict[str, str], stored: int, moved_to: str | None) -> None:
    assert read_answer(answer(308, headers), 1_000_000) == Stored(stored=stored, moved_to=moved_to)


def test_an_end_is_a_video_or_a_lost_session_and_nothing_else() -> None:
    video = {"id": "dQw4w9WgXcQ"}
    assert read_answer(answer(200, body=video), 10) == Finished(video=video)
    assert read_answer(answer(201, body=video), 10) == Finished(video=video)
    assert read_answer(answer(404), 10) == Lost(status=404)
    assert read_answer(answer(410), 10) == Lost(status=410)
    for other in (answer(200, body={}), answer(200), answer(503), answer(400), answer(302, {"Location": "x"})):
        assert read_answer(other, 10) is None

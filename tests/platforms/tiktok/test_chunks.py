"""The chunk plan: what TikTok demands of it, for every size, and the table of the reference (A.6)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.platforms.tiktok.chunks import ChunkPlan

GIB = 1024**3
sizes = st.one_of(
    st.integers(1, 4 * GIB),
    st.integers(63_999_990, 64_000_010),
    st.integers(1, 429).map(lambda n: n * 10_000_000),
    st.integers(1, 429).map(lambda n: n * 10_000_000 - 1),
)


def ranges(plan: ChunkPlan) -> list[tuple[int, int]]:
    found, position = [], 0
    while position < plan.size:
        stop = plan.end_after(position)
        found.append((position, stop))
        position = stop
    return found


@given(sizes)
def test_the_chunks_cover_every_size_exactly(size: int) -> None:
    plan = ChunkPlan.of(size)
    cut = ranges(plan)
    assert len(cut) == plan.count
    assert cut[0][0] == 0
    assert cut[-1][1] == size
    assert all(before[1] == after[0] for before, after in pairwise(cut))
    assert cut[-1][0] == plan.last_start


@given(sizes)
def test_the_count_is_rounded_down_and_every_chunk_is_inside_the_limits(size: int) -> None:
    plan = ChunkPlan.of(size)
    assert plan.count == size // plan.chunk_bytes
    assert 1 <= plan.count <= 1000
    if plan.count == 1:
        assert plan.chunk_bytes == size <= 64_000_000
        return
    assert 5 * 1024**2 <= plan.chunk_bytes <= 64_000_000
    *others, last = [stop - start for start, stop in ranges(plan)]
    assert set(others) == {plan.chunk_bytes}
    assert plan.chunk_bytes <= last < 128_000_000


@given(sizes, st.data())
def test_a_boundary_is_the_start_of_the_chunk_that_holds_the_byte(size: int, data: st.DataObject) -> None:
    plan = ChunkPlan.of(size)
    offset = data.draw(st.integers(0, size + 10))
    boundary = plan.boundary_below(offset)
    if offset >= size:
        assert boundary == size
    else:
        assert boundary <= offset < plan.end_after(boundary)
        assert boundary in {start for start, _ in ranges(plan)}


@pytest.mark.parametrize(
    ("size", "chunk_bytes", "count", "last"),
    [
        (3_145_728, 3_145_728, 1, (0, 3_145_727)),
        (64_000_000, 64_000_000, 1, (0, 63_999_999)),
        (64_000_001, 10_000_000, 6, (50_000_000, 64_000_000)),
        (150_000_000, 10_000_000, 15, (140_000_000, 149_999_999)),
        (4_294_967_296, 10_000_000, 429, (4_280_000_000, 4_294_967_295)),
    ],
)
def test_the_table_of_the_reference(size: int, chunk_bytes: int, count: int, last: tuple[int, int]) -> None:
    plan = ChunkPlan.of(size)
    assert (plan.chunk_bytes, plan.count) == (chunk_bytes, count)
    start, stop = ranges(plan)[-1]
    assert (start, stop - 1) == last
    assert plan.source_info() == {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk_bytes,
        "total_chunk_count": count,
    }


def test_an_empty_file_has_no_plan() -> None:
    with pytest.raises(ValueError, match="empty"):
        ChunkPlan.of(0)

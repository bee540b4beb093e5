"""What `./desk bench marts` builds on: a past that is exactly what daily builds leave."""

from __future__ import annotations

import pytest

from benchmarks import marts


@pytest.mark.long
def test_the_past_that_is_written_is_what_builds_leave_and_a_day_is_built_on_it() -> None:
    with marts.past(60, 40, lambda line: None) as made:  # raises when the last day is built otherwise than written
        took = made.build(0)
    assert 0 < took.processor < 60
    assert took.seconds > 0

"""The same file on the same account twice is refused unless it is forced, also when both come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from include.database import engine
from include.publishing import ledger, queue
from include.publishing.registration import Refused
from include.releases.publication import State
from tests.publishing.rows import change
from tests.publishing.studio import OWNER, Studio, run_to_the_end


@pytest.fixture
def twins(studio: Studio) -> Studio:
    """A studio with the same video under two titles, and a YouTube account."""
    folder = studio.folder / "export/women/18-23"
    for file in list(folder.glob("t1*")):
        (folder / file.name.replace("t1", "t2", 1)).write_bytes(file.read_bytes())
    studio.connect("youtube")
    return studio


def count(table: str) -> int:
    with engine.transaction(OWNER) as connection:
        return int(connection.exec_driver_sql(f"select count(*) from desk.{table}").scalar_one())


def test_the_same_video_under_another_title_is_refused_with_where_it_is(twins: Studio):
    (first,) = twins.register("job1")
    with pytest.raises(Refused) as waits:
        twins.register("job2", title_id="t2")
    assert str(waits.value) == (
        "YouTube (my_youtube) has this very video already: it is planned as 't1' (women, 18-23). "
        "Set 'force' to publish it there once more."
    )
    published = run_to_the_end(first)
    with pytest.raises(Refused, match=r"it came out as 't1' \(women, 18-23\) on 20\d\d-\d\d-\d\d, https://") as out:
        twins.register("job3", title_id="t2")
    assert published.url in str(out.value)
    assert (count("release"), count("publication")) == (1, 1)


def test_forced_it_goes_out_twice(twins: Studio):
    (first,) = twins.register("job1")
    (second,) = twins.register("job2", title_id="t2", force=True)
    assert first != second
    assert {run_to_the_end(each).state for each in (first, second)} == {State.PUBLISHED}


def test_the_same_release_again_is_the_same_publication_and_no_duplicate(twins: Studio):
    assert twins.register("job1") == twins.register("job2")


def test_another_account_another_placement_and_another_video_are_none(twins: Studio, source: Path):
    twins.register("job1")
    second = twins.connect("youtube", "second")
    twins.register("job2", title_id="t2", targets=[{"account": second}])
    twins.register("job3", title_id="t2", targets=[{"account": "my_youtube", "placement": "video"}])
    twins.export(source, "t3")
    twins.register("job4", title_id="t3", targets=[{"account": "my_youtube"}])


@pytest.mark.parametrize("state", ["cancelled", "failed", "rejected"])
def test_what_never_came_out_is_none_and_is_not_tried_again_beside_its_twin(twins: Studio, state: str):
    (first,) = twins.register("job1")
    change(OWNER, first, "state = %s::desk.publication_state", state)
    twins.register("job2", title_id="t2")
    with pytest.raises(queue.NotPossible, match="has this very video already: it is planned as 't2'"):
        queue.retry(OWNER, first)
    assert ledger.read(OWNER, first).state == state


def test_of_two_that_come_at_once_one_is_refused(twins: Studio):
    def register(number: int) -> str:
        try:
            twins.register(f"job{number}", title_id=f"t{number % 2 + 1}")
        except Refused:
            return "refused"
        return f"t{number % 2 + 1}"

    with ThreadPoolExecutor(6) as pool:
        found = {job.result() for job in [pool.submit(register, number) for number in range(6)]}
    assert len(found - {"refused"}) == 1
    assert count("publication") == 1

"""Two schedulers look at the same queue at once, and one of them may die: each publication is taken on once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from include.database import engine
from include.publishing import taking
from tests.publishing.schedulers import Scheduler, two_schedulers
from tests.publishing.studio import OWNER
from tests.publishing.test_taking import a_publication

MANY = 50
"""More than the runs there is room for at once."""
OVER = """
with engine.transaction(owner) as connection:
    connection.exec_driver_sql(
        "update desk.publication set state = 'cancelled', updated_at = clock_timestamp() where publication_id = %s",
        (publication_id,),
    )
over = True
"""
"""What a run does here with a publication: it ends it, so that there is room for the next run."""

pytestmark = pytest.mark.usefixtures("desk")


def all_due() -> set[str]:
    return {a_publication(title_id=f"t{number}") for number in range(MANY)}


def written() -> Counter[str]:
    """Return how many runs each publication was written down for."""
    with engine.transaction(OWNER) as connection:
        rows = connection.exec_driver_sql("select publication_id from desk.queue_run").scalars()
        return Counter(str(each) for each in rows)


def taken_by(*schedulers: Scheduler) -> Counter[str]:
    """Return in how many runs each publication was taken on; the same run told by two counts once: its id is one."""
    runs = {run: ids for each in schedulers for run, ids in each.took().items()}
    return Counter(publication for ids in runs.values() for publication in ids)


@pytest.mark.long
def test_two_schedulers_at_once_take_each_publication_once_and_lose_none():
    wanted = all_due()
    with two_schedulers(OVER, seconds=6) as (one, other):
        one.hear_all()
        other.hear_all()
    assert one.took(), "both had something to do"
    assert other.took()
    assert not set(one.took()) & set(other.took())
    assert taken_by(one, other) == written() == Counter(wanted)
    assert taking.to_do() == frozenset()


@pytest.mark.long
@pytest.mark.parametrize("after", [1, 3, 9])
def test_a_scheduler_killed_in_the_middle_loses_nothing_the_other_takes_it_on(after: int):
    """It dies after it wrote runs down and before Airflow had them; those keep their ids when they are asked for."""
    wanted = all_due()
    with two_schedulers(OVER, seconds=12, again=timedelta(seconds=2), pause=0.05) as (one, other):
        while len(_written_by(one)) < after:
            assert one.hear(), "it ended before it was killed"
        one.kill()
        other.hear_all()
    begun = _written_by(one)
    assert begun - set(one.took()), "it had written runs down, and Airflow had not heard of them"
    assert begun <= set(one.took()) | set(other.took()), "what it left is started under the same id"
    assert taken_by(one, other) == written() == Counter(wanted)
    assert taking.to_do() == frozenset()


def _written_by(scheduler: Scheduler) -> set[str]:
    """Return the runs it wrote down; where the other one had been faster there is none."""
    return {each["written"] for each in scheduler.said if each.get("written")}

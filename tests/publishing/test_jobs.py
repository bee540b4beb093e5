"""Jobs as people ask for them: one status out of many publications, pages that miss nothing, and stopping."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from include.database import engine
from include.publishing import jobs, ledger
from include.publishing.decisions import NotPossible
from include.publishing.jobs import BadCursor, UnknownJob
from include.releases.publication import State
from tests.publishing.rows import a_publication, an_account, change

OWNER = "alice"


def a_job(job_id: str, *states: str, attempts: int = 0, **columns: object) -> list[str]:
    """Keep a job with one publication in each of these states; return their ids."""
    found = []
    for number, state in enumerate(states):
        found.append(a_publication(OWNER, f"{job_id}-{number}"))
        change(OWNER, found[-1], "state = %s::desk.publication_state, attempts = %s", state, attempts)
    with engine.transaction(OWNER) as connection:
        values = {"owner": OWNER, "job_id": job_id, "problems": Jsonb([]), "ended": None} | columns
        connection.exec_driver_sql(
            "insert into desk.job (owner, job_id, conf, problems, ended_at) "
            "values (%(owner)s, %(job_id)s, '{}', %(problems)s, %(ended)s)",
            values,
        )
        for publication_id in found:
            connection.exec_driver_sql(
                "insert into desk.job_publication values (%(o)s, %(j)s, %(p)s)",
                {"o": OWNER, "j": job_id, "p": publication_id},
            )
    return found


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((), "pending"),
        (("planned",), "pending"),
        (("planned", "scheduled"), "scheduled"),
        (("scheduled", "published"), "scheduled"),
        (("uploading", "failed"), "processing"),
        (("processing", "waiting_quota"), "processing"),
        (("waiting_account", "published"), "waiting"),
        (("unconfirmed", "published"), "waiting"),
        (("published", "published"), "completed"),
        (("published", "rejected"), "partially_completed"),
        (("published", "cancelled"), "partially_completed"),
        (("failed", "cancelled"), "failed"),
        (("cancelled", "cancelled"), "cancelled"),
    ],
)
def test_a_status_out_of_what_became_of_each_publication(desk: Path, states: tuple[str, ...], status: str):
    a_job("job1", *states)
    job = jobs.read(OWNER, "job1")
    assert job.status == status
    assert sorted(str(each["state"]) for each in job.results) == sorted(states)
    assert [each.job_id for each in jobs.list_page(OWNER, status=status).jobs] == ["job1"]
    assert jobs.list_page(OWNER, status="retrying").jobs == ()


def test_a_try_that_failed_before_is_retrying_and_a_refused_run_has_failed(desk: Path):
    a_job("again", "uploading", attempts=1)
    a_job("refused", problems=Jsonb(["No."]))
    a_job("dry", ended="2026-01-01T00:00:00Z")
    told = {each.job_id: each.status for each in jobs.list_page(OWNER).jobs}
    assert told == {"again": "retrying", "refused": "failed", "dry": "completed"}
    assert jobs.read(OWNER, "refused").problems == ("No.",)


def test_pages_show_every_job_once_the_newest_first(desk: Path):
    names = [f"job{number}" for number in range(7)]
    for name in names:
        a_job(name)
    seen: list[str] = []
    cursor = None
    while True:
        page = jobs.list_page(OWNER, at_most=3, cursor=cursor)
        seen += [each.job_id for each in page.jobs]
        if (cursor := page.cursor) is None:
            break
    assert seen == names[::-1]
    assert jobs.list_page(OWNER, at_most=7).cursor is None


@pytest.mark.parametrize("cursor", ["x", "bm9uZQ==", "WzEsMl0=", "e30="])
def test_a_cursor_that_is_not_ours_is_refused(desk: Path, cursor: str):
    with pytest.raises(BadCursor):
        jobs.list_page(OWNER, cursor=cursor)


def test_jobs_of_a_platform(desk: Path):
    a_job("job1", "planned")
    assert [each.job_id for each in jobs.list_page(OWNER, platform="youtube").jobs] == ["job1"]
    assert jobs.list_page(OWNER, platform="tiktok").jobs == ()


def test_cancelling_stops_what_nothing_was_sent_of_and_twice_is_fine(desk: Path, tmp_path: Path):
    planned, out = a_job("job1", "planned", "published")
    assert jobs.cancel(OWNER, "job1").status == "partially_completed"
    assert ledger.read(OWNER, planned).state == State.CANCELLED
    assert ledger.read(OWNER, out).state == State.PUBLISHED
    a_job("job2", "planned")
    assert jobs.cancel(OWNER, "job2").status == jobs.cancel(OWNER, "job2").status == "cancelled"


def test_what_cannot_be_stopped_says_so_and_anothers_job_is_unknown(desk: Path):
    a_job("job1", "published")
    with pytest.raises(NotPossible, match="completed"):
        jobs.cancel(OWNER, "job1")
    an_account("bob")
    for owner, name in (("bob", "job1"), (OWNER, str(uuid4()))):
        with pytest.raises(UnknownJob):
            jobs.cancel(owner, name)

"""What waits in the queue goes out by itself, on time and once: the watcher, `publish_due` and `publish_release`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from include.publishing import ledger, queue, registration, verdicts
from include.releases.publication import State
from tests.airflow.house import DAG, Desk, House, until
from tests.publishing.rows import change

PLATFORM = ("tiktok",)
SECONDS = 5
"""How long after its time a publication starts at the latest, when nothing else runs."""


def register(desk: Desk, job_id: str, **conf: object) -> str:
    """Register the desk's release without any run, as REST does; return the publication."""
    (found,) = registration.register(desk.conf() | conf, job_id).publications
    return found.publication_id


def published(desk: Desk, publication_id: str) -> bool:
    return ledger.read(desk.owner, publication_id).state == State.PUBLISHED


def runs_of(house: House, title_id: str) -> list[str]:
    found = house.api.get(f"/dags/{DAG}/dagRuns?limit=1000")["dag_runs"]
    return [run["dag_run_id"] for run in found if run["dag_run_id"].startswith(f"due~{title_id}~")]


def way(house: House, run_id: str, due: datetime) -> dict[str, float]:
    """Return when each station of a run's way was reached, in seconds after its time."""
    found = {}
    for dag_id in ("publish_due", DAG):
        for run in house.api.get(f"/dags/{dag_id}/dagRuns?limit=1000")["dag_runs"]:
            if dag_id == DAG and run["dag_run_id"] != run_id:
                continue
            name = f"{dag_id} {run['dag_run_id'][-6:]}"
            found |= {f"{name} queued": run["queued_at"], f"{name} begun": run["start_date"]}
            for each in house.api.task_instances(dag_id, run["dag_run_id"]):
                found |= {f"{name} {each['task_id']} {what}": each[f"{what}_date"] for what in ("start", "end")}
    return {
        name: round((datetime.fromisoformat(at) - due).total_seconds(), 1)
        for name, at in sorted(found.items(), key=lambda each: each[1] or "")
        if at
    }


def test_what_airflow_has_lost_is_taken_on(house: House):
    desk = house.owner("due-lost", PLATFORM)
    video = desk.export()
    publication = register(desk, "rest~due-lost")
    change(desk.owner, publication, "updated_at = now() - interval '16 minutes'")
    until(lambda: published(desk, publication), "it is taken on")
    desk.one_video_each(video)


def test_two_runs_of_publish_due_at_once_start_it_once(house: House):
    desk = house.owner("due-twice", PLATFORM)
    video = desk.export()
    publication = register(desk, "rest~due-twice")
    queue.schedule(desk.owner, [publication])
    for number in range(2):
        assert house.api.trigger("publish_due", f"by-hand~{number}", {})
    until(lambda: published(desk, publication), "it goes out")
    desk.one_video_each(video)
    assert len(runs_of(house, desk.title_id)) == 1


def test_what_is_scheduled_starts_within_five_seconds_of_its_time_and_goes_out_once(house: House):
    desk = house.owner("due-on-time", PLATFORM)
    video = desk.export()
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=20)
    publication = register(desk, "rest~due-on-time", scheduled_for=due.replace(tzinfo=None).isoformat())
    queue.schedule(desk.owner, [publication])
    until(lambda: published(desk, publication), "it goes out")
    moves = ledger.history(desk.owner, publication)["moves"]
    late = next(each["at"] for each in moves if each["to_state"] == "uploading") - due
    (run_id,) = runs_of(house, desk.title_id)
    assert timedelta(seconds=-1) < late <= timedelta(seconds=SECONDS), f"late by {late}: {way(house, run_id, due)}"
    desk.one_video_each(video)
    assert desk.ended(run_id) == "success"
    assert verdicts.publications_of(desk.owner, "rest~due-on-time")[0].state == State.PUBLISHED

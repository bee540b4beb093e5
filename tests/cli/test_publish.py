"""`desk publish` writes the job down itself, so the activity says who did it and that it was the command line."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from include.cli import launcher
from include.cli.airflow_api import AirflowApi, ApiError
from include.cli.app import app
from include.cli.state import State
from include.database import engine
from include.publishing import activity, jobs, registration
from tests.cli import saying
from tests.publishing.studio import OWNER, Studio

run = partial(saying.run, app)


class Airflow:
    """Airflow's API as far as the command needs it: what it was asked to start."""

    def __init__(self) -> None:
        self.started: dict[str, dict[str, Any]] = {}
        self.is_away = False

    def get(self, _: AirflowApi, path: str) -> Any:
        """Answer whether it is there."""
        if self.is_away:
            raise ApiError("Airflow does not answer.")
        return {"dag_id": "publish_release"}

    def trigger(self, _: AirflowApi, dag_id: str, run_id: str, conf: dict[str, Any]) -> bool:
        """Start a run once."""
        if run_id in self.started:
            return False
        self.started[run_id] = conf
        return True


@pytest.fixture
def airflow(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Airflow:
    """An installation with this test's warehouse, and an Airflow that only remembers."""
    known = launcher.Installation(
        state=State(studio.folder / "state"), port=9, sandbox_port=None, uses_embedded_postgres=True, environment={}
    )
    found = Airflow()
    monkeypatch.setattr(launcher, "enter", lambda: None)
    monkeypatch.setattr(launcher, "current", lambda: known)
    monkeypatch.setattr(launcher.Installation, "admin_password", "nobody's")
    monkeypatch.setattr(AirflowApi, "get", lambda self, path: found.get(self, path))
    monkeypatch.setattr(AirflowApi, "trigger", lambda self, *given: found.trigger(self, *given))
    return found


def acts(owner: str = OWNER) -> list[tuple[str, str, str]]:
    return [(each.who, each.door, each.what) for each in activity.read(owner)]


def video(studio: Studio) -> str:
    return str(studio.folder / "export/women/18-23/t1.mp4")


def test_what_is_published_here_is_done_by_the_admin_through_the_command_line(studio: Studio, airflow: Airflow):
    studio.connect("youtube")
    code, said = run("publish", video(studio), "--owner", OWNER, "--no-wait")
    assert code == 0, said
    assert ("admin", "cli", "published") in acts()
    ((job_id, conf),) = airflow.started.items()
    assert jobs.read(OWNER, job_id).results
    with engine.acting("admin", "airflow"):  # as the run's own `register` does
        assert len(registration.register(conf | {"max_retries": 3, "targets": []}, job_id).publications) == 1
    assert [each for each in acts() if each[2] == "published"] == [("admin", "cli", "published")]


def test_a_time_makes_it_scheduled_and_the_same_again_is_no_act(studio: Studio, airflow: Airflow):
    studio.connect("youtube")
    for _ in range(2):
        asked = ("publish", video(studio), "--owner", OWNER, "--no-wait", "--scheduled-for", "2027-01-15T09:00:00")
        assert run(*asked)[0] == 0
    assert [each for each in acts() if each[2] in ("published", "scheduled")] == [("admin", "cli", "scheduled")]
    assert len(airflow.started) == 1


def test_what_is_refused_is_told_at_once_and_no_run_is_started(studio: Studio, airflow: Airflow):
    code, said = run("publish", video(studio), "--owner", OWNER, "--json")
    told = json.loads(said)
    assert (code, told["state"], told["results"]) == (1, "failed", [])
    assert told["summary"].startswith("Nothing was published. 'alice' has no connected account")
    assert airflow.started == {}
    assert acts() == [("admin", "cli", "refused")]
    assert "no connected account" in jobs.read(OWNER, told["job_id"]).problems[0]


def test_without_airflow_nothing_is_written_down(studio: Studio, airflow: Airflow):
    studio.connect("youtube")
    airflow.is_away = True
    code, said = run("publish", video(studio), "--owner", OWNER, "--no-wait")
    assert code == 1, said
    assert jobs.list_page(OWNER).jobs == ()


def test_a_dry_run_is_left_to_its_run(studio: Studio, airflow: Airflow):
    code, _ = run("publish", video(studio), "--owner", OWNER, "--no-wait", "--dry-run")
    assert (code, len(airflow.started)) == (0, 1)
    assert jobs.list_page(OWNER).jobs == ()


def test_a_folder_that_is_not_there_is_said(studio: Studio, airflow: Airflow, tmp_path: Path):
    assert run("publish", str(tmp_path / "none"))[0] != 0

"""POST publish/immediate, publish/scheduled and validate: what is checked, written down, started, and told."""

from __future__ import annotations

from typing import Any

import pytest

from include.database import engine
from include.publishing import verdicts
from tests.desk.people import VIEWER, Ask, Runs
from tests.desk.test_api import is_a_problem
from tests.publishing.studio import OWNER, Studio

RELEASE = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
NOW, LATER, CHECK = "/publish/immediate", "/publish/scheduled", "/validate"


def count(table: str, owner: str = OWNER) -> int:
    """Return how many rows an owner has in a table."""
    with engine.transaction(owner) as connection:
        return int(connection.exec_driver_sql(f"select count(*) from desk.{table}").scalar_one())


def test_a_release_is_registered_and_its_run_started_as_the_signed_in_user(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    answer = ask(OWNER).post(NOW, json=RELEASE | {"targets": [{"account": "my_youtube", "title": "Bees"}]})
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert [(each["platform"], each["state"]) for each in job["results"]] == [("youtube", "planned")]
    assert answer.headers["location"] == f"/api/publishing/jobs/{job['job_id']}"
    assert list(runs.started) == [job["job_id"]]
    assert runs.by == [f"Bearer {OWNER}"]
    started = runs.started[job["job_id"]]
    assert started["dag_id"] == "publish_release"
    assert started["conf"]["owner"] == OWNER
    assert started["conf"]["targets"] == [{"account": "my_youtube", "title": "Bees"}]
    assert ask(OWNER).get(f"/jobs/{job['job_id']}").json() == job
    (publication,) = verdicts.publications_of(OWNER, job["job_id"])
    assert publication.target["title"] == "Bees"


def test_the_same_release_twice_is_one_job_and_one_run(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    first, second = (ask(OWNER).post(NOW, json=body) for body in (RELEASE, RELEASE | {"priority": 5, "platforms": []}))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["job_id"] == second.json()["job_id"], "naming a default makes no other job"
    assert len(runs.started) == 1
    assert (count("job"), count("publication")) == (1, 1)


def test_every_problem_is_told_at_once_and_nothing_is_begun(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    body = RELEASE | {"segment": "aliens", "age_bucket": "7", "webhook_url": "ftp://x"}
    answer = ask(OWNER).post(NOW, json=body)
    is_a_problem(answer, 422)
    assert {each["where"] for each in answer.json()["problems"]} == {"segment", "age_bucket", "webhook_url"}
    assert runs.started == {}
    assert count("publication") == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title_id": "gone"}, "gone.mp4 is missing"),
        ({"title_id": "../t1"}, "title_id must be a file name"),
        ({"targets": [{"account": "nobody"}]}, "You have no account named 'nobody'"),
        ({"platforms": ["tiktok"]}, "no connected account on tiktok"),
        ({"owner": "bob"}, "owner"),
        ({"priority": 11}, "priority"),
        ({"targets": [{"account": "my_youtube", "scheduled_for": "tomorrow"}]}, "scheduled_for"),
        ({"dry_run": True}, "dry_run"),
        ({"callback_data": {"x": "a\x00b"}}, "NUL"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    studio: Studio, ask: Ask, runs: Runs, change: dict[str, Any], told: str
):
    studio.connect("youtube")
    answer = ask(OWNER).post(NOW, json=RELEASE | change)
    is_a_problem(answer, 422)
    assert told in answer.json()["detail"]
    assert runs.started == {}


def test_a_viewer_starts_nothing_and_leaves_nothing_for_the_queue_to_start(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube", owner=VIEWER)
    for path, more in ((NOW, {}), (LATER, {"scheduled_for": "2027-01-01T09:00:00"})):
        is_a_problem(ask(VIEWER).post(path, json=RELEASE | more), 403)
    is_a_problem(ask(VIEWER).post("/publish/batch", json={"rows": [RELEASE]}), 403)
    assert runs.started == {}
    assert (count("job", VIEWER), count("publication", VIEWER), count("batch", VIEWER)) == (0, 0, 0)
    assert ask(VIEWER).post(CHECK, json=RELEASE).json()["valid"] is True, "looking is everybody's"


@pytest.mark.parametrize(
    ("says", "status"), [((403, "Forbidden"), 403), ((400, "conf is wrong"), 422), ((500, "?"), 503), ((404, "?"), 503)]
)
def test_what_airflow_refuses_is_told_in_our_words(
    studio: Studio, ask: Ask, runs: Runs, says: tuple[int, str], status: int
):
    studio.connect("youtube")
    runs.answer = says
    is_a_problem(ask(OWNER).post(NOW, json=RELEASE), status)
    runs.answer = None
    assert ask(OWNER).post(NOW, json=RELEASE).status_code == 202, "asked again, it goes on"
    assert count("publication") == 1


def test_a_scheduled_release_waits_in_the_queue_with_its_local_time(studio: Studio, ask: Ask, runs: Runs):
    studio.configure(youtube={"schedule": "ours"})
    studio.connect("youtube")
    when = {"scheduled_for": "2027-01-15T09:00:00", "timezone": "Europe/Madrid"}
    job = ask(OWNER).post(LATER, json=RELEASE | when).json()
    assert job["status"] == "scheduled"
    (result,) = job["results"]
    assert (result["scheduled_for"], result["scheduled_local"]) == ("2027-01-15T08:00:00Z", "2027-01-15T09:00:00")
    assert (result["timezone"], result["next_try_at"]) == ("Europe/Madrid", "2027-01-15T08:00:00Z")
    assert runs.started == {}, "the queue starts it, not the request"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"scheduled_for": "2027-03-28T02:30:00", "timezone": "Europe/Madrid"}, "does not exist"),
        ({"scheduled_for": "2027-10-31T02:30:00", "timezone": "Europe/Madrid"}, "exists twice"),
        ({"scheduled_for": "2027-01-15T09:00:00", "timezone": "Europe/Atlantis"}, "IANA"),
        ({"scheduled_for": "2027-01-15T09:00:00+01:00"}, "scheduled_for"),
        ({"scheduled_for": "2199-01-15T09:00:00"}, "400 days"),
        ({}, "scheduled_for"),
    ],
)
def test_a_time_that_cannot_be_is_refused(studio: Studio, ask: Ask, when: dict[str, Any], told: str):
    studio.connect("youtube")
    answer = ask(OWNER).post(LATER, json=RELEASE | when)
    is_a_problem(answer, 422)
    assert told in answer.json()["detail"]


def test_validate_says_what_would_become_of_it_and_writes_nothing(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    good = ask(OWNER).post(CHECK, json=RELEASE).json()
    assert (good["valid"], good["problems"]) == (True, [])
    assert [(each["account_id"], each["placement"], each["valid"]) for each in good["accounts"]] == [
        ("my_youtube", "short", True)
    ]
    long = RELEASE | {"targets": [{"account": "my_youtube", "title": "x" * 101}]}
    bad = ask(OWNER).post(CHECK, json=long).json()
    assert bad["valid"] is False
    assert any("100" in problem for problem in bad["accounts"][0]["problems"])
    assert {"rule", "found", "allowed", "message", "fix"} == set(bad["accounts"][0]["remarks"][0])
    nothing = ask(OWNER).post(CHECK, json=RELEASE | {"title_id": "gone"}).json()
    assert (nothing["valid"], nothing["accounts"]) == (False, [])
    assert (count("job"), count("release"), runs.started) == (0, 0, {})
    assert studio.sandbox.published() == []


def test_the_same_video_under_another_title_is_refused_unless_forced(studio: Studio, ask: Ask, source: Any):
    studio.connect("youtube")
    studio.export(source, "t2")
    assert ask(OWNER).post(NOW, json=RELEASE).status_code == 202
    other = RELEASE | {"title_id": "t2"}
    if (studio.folder / "export/women/18-23/t2.mp4").read_bytes() != (
        studio.folder / "export/women/18-23/t1.mp4"
    ).read_bytes():
        (studio.folder / "export/women/18-23/t2.mp4").write_bytes(
            (studio.folder / "export/women/18-23/t1.mp4").read_bytes()
        )
    is_a_problem(ask(OWNER).post(NOW, json=other), 422)
    assert "force" in ask(OWNER).post(CHECK, json=other).json()["problems"][0]
    assert ask(OWNER).post(NOW, json=other | {"force": True}).status_code == 202


def test_an_admin_publishes_for_another_as_themselves(studio: Studio, ask: Ask, runs: Runs):
    studio.connect("youtube")
    answer = ask("admin").post(NOW, json=RELEASE, headers={"X-Act-For": OWNER})
    assert answer.status_code == 202
    (started,) = runs.started.values()
    assert started["conf"]["owner"] == OWNER
    assert runs.by == ["Bearer admin"]

"""PATCH, cancel, retry and confirm: what a person decides about a job, with ETags so that no change is lost."""

from __future__ import annotations

from typing import Any

import pytest

from include.publishing import ledger
from tests.desk.people import VIEWER, Ask, Runs
from tests.desk.test_api import is_a_problem
from tests.publishing.rows import change
from tests.publishing.studio import OWNER, Studio

RELEASE = {"segment": "women", "age_bucket": "18-23", "title_id": "t1"}
WHEN = {"scheduled_for": "2027-01-15T09:00:00", "timezone": "Europe/Madrid"}


@pytest.fixture
def job(studio: Studio, ask: Ask) -> str:
    """A job that waits in our queue for its time, on two platforms."""
    studio.configure(youtube={"schedule": "ours"})
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    answer = ask(OWNER).post("/publish/scheduled", json=RELEASE | WHEN)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def put(job_id: str, ask: Ask, platform: str, what: str, *values: Any) -> str:
    """Put one publication of a job somewhere; return its id."""
    results = ask(OWNER).get(f"/jobs/{job_id}").json()["results"]
    found = next(each["publication_id"] for each in results if each["platform"] == platform)
    change(OWNER, found, what, *values)
    return str(found)


def test_a_job_gets_another_time_and_priority_and_another_etag(job: str, ask: Ask):
    seen = ask(OWNER).get(f"/jobs/{job}")
    answer = ask(OWNER).patch(
        f"/jobs/{job}", json={"scheduled_for": "2027-07-15T09:00:00", "priority": 9},
        headers={"If-Match": seen.headers["etag"]},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert {(each["scheduled_for"], each["priority"]) for each in answer.json()["results"]} == {
        ("2027-07-15T07:00:00Z", 9)
    }, "nine o'clock stays nine o'clock, also in summer"
    assert answer.headers["etag"] != seen.headers["etag"]
    assert ask(OWNER).get(f"/jobs/{job}").headers["etag"] == answer.headers["etag"]


def test_of_two_who_change_it_the_second_is_told_to_look_again(job: str, ask: Ask):
    tag = ask(OWNER).get(f"/jobs/{job}").headers["etag"]
    first, second = (
        ask(OWNER).patch(f"/jobs/{job}", json={"priority": each}, headers={"If-Match": tag}) for each in (8, 2)
    )
    assert first.status_code == 200
    is_a_problem(second, 412)
    assert {each["priority"] for each in ask(OWNER).get(f"/jobs/{job}").json()["results"]} == {8}
    assert ask(OWNER).patch(f"/jobs/{job}", json={"priority": 3}, headers={"If-Match": "*"}).status_code == 200
    assert ask(OWNER).patch(f"/jobs/{job}", json={"priority": 4}).status_code == 200


def test_looking_again_costs_nothing_while_nothing_has_changed(job: str, ask: Ask):
    tag = ask(OWNER).get(f"/jobs/{job}").headers["etag"]
    same = ask(OWNER).get(f"/jobs/{job}", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    ask(OWNER).patch(f"/jobs/{job}", json={"priority": 4})
    assert ask(OWNER).get(f"/jobs/{job}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"priority": 0}, {"status": "completed"}, {"scheduled_for": "soon"}, {"timezone": "Europe/Atlantis"},
        {"scheduled_for": "2027-03-28T02:30:00"}, {"scheduled_for": "2020-01-01T00:00:00"},
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_and_nothing_is_changed(job: str, ask: Ask, wrong: dict[str, Any]):
    tag = ask(OWNER).get(f"/jobs/{job}").headers["etag"]
    answer = ask(OWNER).patch(f"/jobs/{job}", json=wrong)
    assert answer.status_code in (409, 422)
    is_a_problem(answer, answer.status_code)
    assert ask(OWNER).get(f"/jobs/{job}").headers["etag"] == tag


def test_what_was_begun_cannot_be_moved_and_the_rest_of_the_job_can(job: str, ask: Ask):
    put(job, ask, "youtube", "state = 'published', video_id = 'v', published_at = now()")
    answer = ask(OWNER).patch(f"/jobs/{job}", json={"priority": 10})
    assert {each["platform"]: each["priority"] for each in answer.json()["results"]} == {"youtube": 5, "tiktok": 10}
    put(job, ask, "tiktok", "state = 'processing'")
    is_a_problem(ask(OWNER).patch(f"/jobs/{job}", json={"priority": 1}), 409)


def test_a_job_is_cancelled_and_tried_again_by_the_queue(job: str, ask: Ask, runs: Runs):
    assert ask(OWNER).post(f"/jobs/{job}/cancel").json()["status"] == "cancelled"
    answer = ask(OWNER).post(f"/jobs/{job}/retry")
    assert answer.status_code == 200, answer.text
    assert {each["state"] for each in answer.json()["results"]} == {"scheduled"}
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/retry"), 409)
    assert runs.started == {}


def test_only_what_failed_is_tried_again(job: str, ask: Ask):
    put(job, ask, "youtube", "state = 'published', video_id = 'v', published_at = now()")
    failed = put(job, ask, "tiktok", "state = 'failed', attempts = 3")
    assert ask(OWNER).get(f"/jobs/{job}").json()["status"] == "partially_completed"
    assert ask(OWNER).post(f"/jobs/{job}/retry").status_code == 200
    assert ledger.read(OWNER, failed).state == "scheduled"


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"published": True, "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"}, "published"),
        ({"published": True, "video_id": "dQw4w9WgXcQ"}, "published"),
        ({"published": False}, "failed"),
    ],
)
def test_an_unconfirmed_publication_is_settled_by_what_a_person_found(
    job: str, ask: Ask, found: dict[str, Any], state: str
):
    publication = put(job, ask, "youtube", "state = 'unconfirmed'")
    answer = ask(OWNER).post(f"/jobs/{job}/confirm", json=found)
    assert answer.status_code == 200, answer.text
    assert ledger.read(OWNER, publication).state == state
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/confirm", json=found), 409)


def test_a_confirmation_says_which_one_and_where(job: str, ask: Ask):
    ids = [put(job, ask, platform, "state = 'unconfirmed'") for platform in ("youtube", "tiktok")]
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/confirm", json={"published": False}), 422)
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/confirm", json={"published": True, "publication_id": ids[0]}), 422)
    nobody = {"published": False, "publication_id": "00000000-0000-0000-0000-000000000000"}
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/confirm", json=nobody), 404)
    is_a_problem(ask(OWNER).post(f"/jobs/{job}/confirm", json={"published": True, "url": "x y"} | {
        "publication_id": ids[0]}), 409)  # fmt: skip
    right = {"published": False, "publication_id": ids[1]}
    assert ask(OWNER).post(f"/jobs/{job}/confirm", json=right).status_code == 200
    assert [str(ledger.read(OWNER, each).state) for each in ids] == ["unconfirmed", "failed"]


def test_a_stranger_finds_no_job_and_a_viewer_may_change_none(job: str, ask: Ask):
    for name, status in (("bob", 404), (VIEWER, 403)):
        is_a_problem(ask(name).patch(f"/jobs/{job}", json={"priority": 1}), status)
        is_a_problem(ask(name).post(f"/jobs/{job}/retry"), status)
        is_a_problem(ask(name).post(f"/jobs/{job}/confirm", json={"published": False}), status)


def test_the_queue_the_limits_and_good_times_are_told(job: str, ask: Ask):
    stats = ask(OWNER).get("/queue/stats").json()
    assert (stats["waiting"], stats["by_platform"], stats["by_priority"]) == (2, {"tiktok": 1, "youtube": 1}, {"5": 2})
    assert ask("bob").get("/queue/stats").json()["waiting"] == 0
    times = ask(OWNER).get("/accounts/my_youtube/times?days=3").json()["times"]
    assert times
    assert all(each["because"] == "default" and 0 < each["score"] <= 1 for each in times)
    is_a_problem(ask("bob").get("/accounts/my_youtube/times"), 404)
    is_a_problem(ask(OWNER).get("/accounts/my_youtube/times?days=0"), 422)

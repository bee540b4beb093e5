"""A run that asks for approval sends nothing until a person has said yes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from tests.airflow.house import DAG, OVER, Desk, House, until


def answer(desk: Desk, run_id: str, option: str) -> None:
    """Say yes or no through Airflow's API, as its page does."""
    path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
    desk.house.send("PATCH", path, {"chosen_options": [option], "params_input": {}})


def answered(desk: Desk, run_id: str, option: str) -> None:
    """Answer until the run goes on: an answer within the first 2 s fails the task falsely, and it asks again."""

    def goes_on() -> bool:
        state = desk.tasks(run_id).get("approve")
        if state == "awaiting_input":
            answer(desk, run_id, option)
        return state in OVER

    until(goes_on, "the run goes on after the answer")


def what_is_asked_leads_to_the_video(house: House, desk: Desk, run_id: str, video: Path) -> None:
    """Follow the link of Airflow's question as its admin's browser does: to the page, and to the video in it."""
    asked = house.api.get(f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails")
    assert (asked["options"], asked["defaults"]) == (["Approve", "Reject"], ["Reject"])
    link = re.search(r"\]\((http://[^)]+)\)", asked["body"])
    assert link, asked["body"]
    browser = {"Cookie": f"_token={house.token_of('admin')}", "Accept": "text/html"}
    with httpx.Client(headers=browser, trust_env=False, timeout=60) as client:
        page = client.get(link[1])
        assert page.status_code == 200, page.text
        source = re.search(r'<video [^>]*src="([^"]+)"', page.text)
        assert source, page.text
        part = client.get(urljoin(link[1], source[1]), headers={"Range": "bytes=100-1099", "Accept": "*/*"})
        assert (part.status_code, part.content) == (206, video.read_bytes()[100:1100])
        answer_at = re.search(r'href="([^"]+required_actions)"', page.text)
        assert answer_at
        assert urlsplit(urljoin(link[1], answer_at[1])).path == (
            f"/dags/{DAG}/runs/{run_id}/tasks/approve/required_actions"
        )
    with house.rest("bob") as bob:
        for query in ("", f"?owner={desk.owner}"):
            assert bob.get(f"/jobs/{run_id}/preview{query}").status_code == 404


def test_nothing_is_sent_before_the_yes_and_everything_after_it(house: House):
    yes, no = house.owner("approved", ("tiktok",)), house.owner("refused", ("tiktok",))
    videos = {desk.owner: desk.export() for desk in (yes, no)}
    runs = {desk.owner: desk.start(require_approval=True) for desk in (yes, no)}
    for desk in (yes, no):
        until(lambda d=desk: d.tasks(runs[d.owner]).get("approve") == "awaiting_input", "the run waits for a person")
        assert desk.state(runs[desk.owner]) == "running"
        desk.nothing_was_sent()
    what_is_asked_leads_to_the_video(house, yes, runs["approved"], videos["approved"])

    answered(yes, runs["approved"], "Approve")
    answered(no, runs["refused"], "Reject")

    assert yes.ended(runs["approved"]) == "success", yes.tasks(runs["approved"])
    yes.one_video_each(videos["approved"])
    assert yes.summary(runs["approved"]) == "Published to 1 of 1 platforms"

    assert no.ended(runs["refused"]) == "failed"
    assert {each.state for each in no.publications(runs["refused"])} == {"cancelled"}
    assert "It was not approved." in no.summary(runs["refused"])
    no.nothing_was_sent()

"""A run that asks for approval sends nothing until a person has said yes."""

from __future__ import annotations

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


def test_nothing_is_sent_before_the_yes_and_everything_after_it(house: House):
    yes, no = house.owner("approved", ("tiktok",)), house.owner("refused", ("tiktok",))
    videos = {desk.owner: desk.export() for desk in (yes, no)}
    runs = {desk.owner: desk.start(require_approval=True) for desk in (yes, no)}
    for desk in (yes, no):
        until(lambda d=desk: d.tasks(runs[d.owner]).get("approve") == "awaiting_input", "the run waits for a person")
        assert desk.state(runs[desk.owner]) == "running"
        desk.nothing_was_sent()

    answered(yes, runs["approved"], "Approve")
    answered(no, runs["refused"], "Reject")

    assert yes.ended(runs["approved"]) == "success", yes.tasks(runs["approved"])
    yes.one_video_each(videos["approved"])
    assert yes.summary(runs["approved"]) == "Published to 1 of 1 platforms"

    assert no.ended(runs["refused"]) == "failed"
    assert {each.state for each in no.publications(runs["refused"])} == {"cancelled"}
    assert "It was not approved." in no.summary(runs["refused"])
    no.nothing_was_sent()

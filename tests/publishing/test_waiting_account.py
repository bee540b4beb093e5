"""EC-3: what waits for a dead account goes out by itself after the reconnect: all of it, in order, once."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from include.accounts import accounts
from include.database import engine
from include.publishing import ledger, points, reconcile, steps
from include.publishing.progress import Later
from include.releases.publication import State
from tests.publishing.rows import change, let_it_be_due
from tests.publishing.studio import OWNER, Studio, run_to_the_end
from tests.publishing.test_waiting import kill_the_grant

TITLES = ("t1", "t2", "t3")
DONE = "select publication_id from desk.ledger where step = 'upload' and outcome = 'done' order by entry_id"


@pytest.fixture
def waiting(studio: Studio, source: Path) -> list[str]:
    """Three publications that wait for their YouTube account, in the order they were asked for."""
    name = studio.connect("youtube")
    for title in TITLES[1:]:
        studio.export(source, title)
    found = [studio.register(f"job-{title}", title_id=title)[0] for title in TITLES]
    kill_the_grant(studio, name)
    for each in reversed(found):  # they met the dead account in another order
        steps.advance(OWNER, each)
        assert state(each) == State.WAITING_ACCOUNT
    assert accounts.read(OWNER, name).state == "expired"
    return found


def state(publication_id: str) -> State:
    return ledger.read(OWNER, publication_id).state


def order() -> list[str]:
    """Return publications in the order their uploads got through."""
    with engine.transaction(OWNER) as connection:
        return [str(each) for each in connection.exec_driver_sql(DONE).scalars()]


def take_to_the_end(publications: list[str]) -> None:
    for each in publications:
        let_it_be_due(OWNER, each)
        assert run_to_the_end(each).state == State.PUBLISHED


def test_nothing_goes_on_before_the_reconnect(studio: Studio, waiting):
    assert reconcile.woken() == []
    studio.sandbox.forget_calls()
    for each in waiting:
        assert isinstance(steps.advance(OWNER, each), Later)
    reconcile.reconcile_all()
    assert [state(each) for each in waiting] == [State.WAITING_ACCOUNT] * 3
    assert studio.sandbox.calls() == [], "its next look is in minutes"


def test_the_reconciler_takes_all_of_them_on_in_order_without_any_run(studio: Studio, waiting):
    studio.connect("youtube")
    assert reconcile.woken() == [(OWNER, each) for each in waiting]
    reconcile.reconcile_all()
    assert order() == waiting
    take_to_the_end(waiting)
    assert reconcile.woken() == []
    assert len(studio.sandbox.published("youtube")) == 3


def test_a_run_that_looks_first_lets_those_before_it_go_first(studio: Studio, waiting):
    studio.connect("youtube")
    steps.validate(OWNER, waiting[2])  # its task was the first to look, minutes before its next try was due
    assert order() == waiting[:2]
    for each in reversed(waiting):
        steps.advance(OWNER, each)
    assert order() == waiting
    take_to_the_end(waiting)
    assert len(studio.sandbox.published("youtube")) == 3


def test_priority_goes_before_age(studio: Studio, waiting):
    change(OWNER, waiting[2], "priority = 9")
    studio.connect("youtube")
    reconcile.reconcile_all()
    assert order() == [waiting[2], waiting[0], waiting[1]]


def test_one_that_does_not_get_through_stops_nobody_behind_it(studio: Studio, waiting):
    change(OWNER, waiting[0], "note = 'rubbish'")
    (studio.folder / "export/women/18-23/t2.mp4").unlink()
    studio.connect("youtube")
    assert run_to_the_end(waiting[2]).state == State.PUBLISHED
    assert state(waiting[1]) == State.REJECTED
    assert len(studio.sandbox.published("youtube")) == 1


def test_one_that_somebody_is_at_is_waited_for(studio: Studio, waiting):
    studio.connect("youtube")
    with ledger.claim(OWNER, waiting[0]):
        progress = steps.advance(OWNER, waiting[2])
    assert isinstance(progress, Later)
    assert "goes first" in progress.why
    assert order() == []
    take_to_the_end(waiting)


def test_many_workers_and_the_reconciler_at_once_publish_each_once(studio: Studio, waiting):
    studio.connect("youtube")

    def work(publication_id: str) -> None:
        for _ in range(3):
            steps.advance(OWNER, publication_id)

    with ThreadPoolExecutor(7) as pool:
        jobs = [pool.submit(work, each) for each in reversed(waiting * 2)] + [pool.submit(reconcile.reconcile_all)]
        for job in jobs:
            job.result()
    take_to_the_end(waiting)
    assert len(studio.sandbox.published("youtube")) == 3
    assert len(studio.sandbox.calls("videos.insert.start")) == 3


@pytest.mark.parametrize(
    "point", ["claimed", "intent_written", "note_before_save", "note_saved", "answered", "recorded"]
)
def test_a_worker_killed_after_the_reconnect_leaves_one_video_each(studio: Studio, waiting, point: str):
    studio.connect("youtube")
    child = os.fork()
    if child == 0:
        points.on_reached = lambda name, _: os.kill(os.getpid(), signal.SIGKILL) if name == point else None
        try:
            reconcile.reconcile_all()
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    for _ in range(3):
        reconcile.reconcile_all()
    take_to_the_end(waiting)
    assert len(studio.sandbox.published("youtube")) == 3
    videos = {ledger.read(OWNER, each).video_id for each in waiting}
    assert videos == {video["id"] for video in studio.sandbox.published("youtube")}


def test_half_an_upload_is_gone_on_with_after_the_reconnect(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register()
    studio.sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, action="expire_token")
    dead = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="status", status=400, body=dead)
    steps.advance(OWNER, publication_id)
    assert state(publication_id) == State.WAITING_ACCOUNT
    studio.connect("youtube")
    reconcile.reconcile_all()
    take_to_the_end([publication_id])
    assert len(studio.sandbox.published("youtube")) == 1
    assert len(studio.sandbox.calls("videos.insert.start")) == 1


def test_an_account_that_dies_again_waits_again(studio: Studio, waiting):
    name = studio.connect("youtube")
    kill_the_grant(studio, name)
    reconcile.reconcile_all()
    assert [state(each) for each in waiting] == [State.WAITING_ACCOUNT] * 3
    assert reconcile.woken() == []
    studio.connect("youtube")
    reconcile.reconcile_all()
    assert order() == waiting
    take_to_the_end(waiting)
    assert len(studio.sandbox.published("youtube")) == 3


def test_only_those_of_the_account_that_is_back_are_woken(studio: Studio, waiting):
    other = studio.connect("tiktok", "my_tiktok")
    (elsewhere,) = studio.register("job-tiktok", targets=[{"account": other}])
    kill_the_grant(studio, other)
    steps.advance(OWNER, elsewhere)
    assert state(elsewhere) == State.WAITING_ACCOUNT
    studio.connect("youtube")
    assert reconcile.woken() == [(OWNER, each) for each in waiting]
    reconcile.reconcile_all()
    assert state(elsewhere) == State.WAITING_ACCOUNT


def test_one_whose_run_is_gone_is_looked_at_although_nobody_reconnected(studio: Studio):
    """A block that the platform lifted: the account was never dead, and no task is left that looks now and then."""
    studio.connect("youtube")
    (publication_id,) = studio.register()
    steps.validate(OWNER, publication_id)
    change(OWNER, publication_id, "state = 'waiting_account', next_try_at = now() - interval '31 minutes'")
    assert reconcile.woken() == [(OWNER, publication_id)]
    change(OWNER, publication_id, "next_try_at = now() - %s", timedelta(minutes=29))
    assert reconcile.woken() == []

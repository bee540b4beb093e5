"""What is due is taken on in order, once, whoever looks at once; what Airflow has lost, too."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
import yaml
from psycopg.types.json import Jsonb

from include import settings
from include.accounts import accounts
from include.database import engine, queries
from include.platforms.errors import QuotaExhausted
from include.platforms.youtube.publish import Publisher
from include.publishing import ledger, queue, reconcile, steps, taking, verdicts
from include.releases.publication import State
from tests.postgres_server import PostgresServer, Warehouse
from tests.publishing.rows import an_account, change
from tests.publishing.studio import OWNER, Studio, run_to_the_end
from tests.publishing.test_waiting import kill_the_grant


@pytest.fixture
def server(postgres_server: PostgresServer, warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in this test's warehouse."""
    with postgres_server.superuser(warehouse) as connection:
        yield connection


@pytest.fixture
def patient(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product's own config: what stands still for 15 minutes counts as lost."""
    return desk


def a_publication(owner: str = OWNER, title_id: str = "t1", account_id: str = "my_youtube", **columns: Any) -> str:
    """Keep a release and one publication, put where the test wants it; due in the queue unless said otherwise."""
    known = {each.account_id for each in accounts.list_all(owner)}
    if account_id not in known:
        an_account(owner, account_id)
    sql = queries.load("releases")
    with engine.transaction(owner) as connection:
        release = connection.exec_driver_sql(
            sql["keep_release"],
            {
                "owner": owner, "segment": "women", "age_bucket": "18-23", "title_id": title_id,
                "export_root": "/nowhere", "video_sha256": title_id, "video_bytes": 1, "video_fingerprint": "1",
                "metadata": Jsonb({"title": "A title"}), "facts": Jsonb({}),
            },
        ).scalar_one()  # fmt: skip
        publication_id = str(
            connection.exec_driver_sql(
                sql["keep_publication"],
                {
                    "owner": owner, "release_id": release, "account_id": account_id, "platform": "youtube",
                    "placement": "video", "route": "direct", "target": Jsonb({}), "scheduled_for": None,
                    "scheduled_local": None, "asks": False, "timezone": "UTC", "priority": 5, "max_retries": 3,
                    "bytes_total": 1,
                },
            ).scalar_one()
        )  # fmt: skip
        connection.exec_driver_sql(
            sql["keep_job"],
            {"owner": owner, "job_id": f"job~{title_id}", "release_id": release, "conf": Jsonb({"title_id": title_id}),
             "problems": Jsonb([])},
        )  # fmt: skip
        fields = {"owner": owner, "job_id": f"job~{title_id}", "publication_id": publication_id}
        connection.exec_driver_sql(sql["join_job"], fields)
    values = {"state": "scheduled", "next_try_at": datetime.now(UTC), "queued_at": datetime.now(UTC)} | columns
    casts = {"state": "%s::desk.publication_state"}
    what = ", ".join(f"{name} = {casts.get(name, '%s')}" for name in values)
    change(owner, publication_id, what, *values.values())
    return publication_id


def taken(runs: list[taking.Taken]) -> list[list[str]]:
    """Return the publications of each run, in order."""
    return [[each.publication_id for each in taking.registered(run.owner, run.run_id).publications] for run in runs]


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def test_what_is_due_is_taken_on_once(patient):
    wanted = a_publication()
    assert taking.to_do() == {wanted}
    (run,) = taking.take_due()
    assert run.run_id.startswith("due~t1~")
    assert run.conf == {
        "segment": "women", "age_bucket": "18-23", "title_id": "t1", "owner": OWNER, "priority": 5,
        "require_approval": False,
    }  # fmt: skip
    assert taking.take_due() == []
    assert taking.to_do() == frozenset()
    assert taken([run]) == [[wanted]]


@pytest.mark.parametrize("state", State)
def test_nothing_that_is_over_under_way_or_not_due_is_taken_on(patient, state: State):
    publication = a_publication(state=state.value)
    due = state in {State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_QUOTA}
    assert [each.publication_id for each in taking.due()] == ([publication] if due else [])
    change(OWNER, publication, "next_try_at = now() + interval '5 seconds'")
    assert taking.due() == []


def test_a_publication_in_a_run_is_not_taken_on_as_long_as_something_happens(patient):
    publication = a_publication(queued_at=None, next_try_at=ago(minutes=1))
    assert taking.due() == []
    change(OWNER, publication, "updated_at = now() - interval '16 minutes', next_try_at = null")
    assert [each.publication_id for each in taking.due()] == [publication]


@pytest.mark.parametrize("state", ["planned", "scheduled", "validated", "waiting_quota"])
def test_what_airflow_has_lost_is_taken_on(patient, state: str):
    publication = a_publication(state=state, queued_at=None, next_try_at=None, updated_at=ago(minutes=16))
    (run,) = taking.take_due()
    assert taken([run]) == [[publication]]
    assert taking.take_due() == []


def test_a_publication_that_waits_for_a_yes_is_no_lost_one_and_a_new_run_asks_again(patient):
    publication = a_publication(
        state="planned", queued_at=None, next_try_at=None, updated_at=ago(minutes=16), asks=True
    )
    assert taking.due() == []
    change(OWNER, publication, "queued_at = now(), next_try_at = now()")
    (run,) = taking.take_due()
    assert run.conf["require_approval"] is True
    assert taking.due() == [], "the run waits for a person for days, and is not lost"


def test_a_run_that_airflow_lost_is_given_up_and_another_one_is_started(patient):
    publication = a_publication()
    (first,) = taking.take_due()
    taking.triggered(OWNER, first.run_id)
    assert taking.due() == []
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "update desk.queue_run set lost_at = now(), taken_at = now() - interval '16 minutes'"
        )
    change(OWNER, publication, "updated_at = now() - interval '16 minutes'")
    (second,) = taking.take_due()
    assert second.run_id != first.run_id
    assert taken([second]) == [[publication]]


def test_a_run_that_was_written_down_and_never_reached_airflow_is_started_under_its_own_id(patient):
    a_publication()
    (first,) = taking.take_due()
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.queue_run set taken_at = now() - interval '2 minutes'")
    assert taking.to_do() == {f"{OWNER}/{first.run_id}"}
    assert taking.take_due() == [first]
    taking.triggered(OWNER, first.run_id)
    assert taking.take_due() == []


def test_the_order_is_8_to_10_then_what_waited_for_a_limit_then_the_rest_each_by_priority_and_age(patient):
    def one(title: str, priority: int, minutes: float, state: str = "scheduled") -> str:
        return a_publication(title_id=title, priority=priority, created_at=ago(minutes=minutes), state=state)

    wanted = {
        "urgent": one("urgent", 10, 1),
        "soon": one("soon", 8, 1),
        "waited, younger": one("b", 3, 5, "waiting_quota"),
        "waited, older": one("a", 3, 9, "waiting_quota"),
        "waited, higher": one("c", 6, 1, "waiting_quota"),
        "7": one("d", 7, 30),
        "5, older": one("e", 5, 20),
        "5, younger": one("f", 5, 10),
    }
    order = [each.publication_id for each in taking.due()]
    names = {publication_id: name for name, publication_id in wanted.items()}
    assert [names[each] for each in order] == [
        "urgent", "soon", "waited, higher", "waited, older", "waited, younger", "7", "5, older", "5, younger",
    ]  # fmt: skip
    assert [run[0] for run in taken(taking.take_due())] == order


def test_one_run_for_an_owner_a_release_and_a_priority(patient):
    together = [a_publication(account_id="my_youtube"), a_publication(account_id="second")]
    higher = a_publication(account_id="third", priority=9)
    other = a_publication(owner="bob", title_id="t2")
    runs = taking.take_due()
    assert [run.owner for run in runs].count("bob") == 1
    assert sorted(map(sorted, taken(runs))) == sorted([[higher], sorted(together), [other]])


def test_many_who_look_at_once_start_each_publication_once(patient):
    wanted = {a_publication(title_id=f"t{number}", account_id=f"a{number % 3}") for number in range(20)}
    with ThreadPoolExecutor(8) as pool:
        rounds = [job.result() for job in [pool.submit(taking.take_due) for _ in range(8)]]
    found = [each for runs in rounds for run in taken(runs) for each in run]
    assert sorted(found) == sorted(wanted)


def test_no_more_runs_are_started_than_there_is_room_for_and_the_most_urgent_gets_the_next_place(
    patient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(taking, "RUNS_AT_ONCE", 2)
    for number in range(4):
        a_publication(title_id=f"t{number}", created_at=ago(minutes=10 - number))
    first, _ = taking.take_due()
    assert taking.take_due() == []
    assert taking.to_do() == frozenset()
    urgent = a_publication(title_id="urgent", priority=9)
    (publication,) = taken([first])[0]
    change(OWNER, publication, "state = 'published', updated_at = now()")
    taking.ended(OWNER, first.run_id)
    assert taken(taking.take_due()) == [[urgent]]


def test_a_run_that_fails_before_it_did_anything_is_not_started_again_at_once(patient):
    a_publication()
    (run,) = taking.take_due()
    taking.ended(OWNER, run.run_id)
    assert taking.take_due() == []


def test_one_owners_trouble_stops_nobody_behind_it(patient, monkeypatch: pytest.MonkeyPatch):
    a_publication(owner="bob", title_id="t2", priority=6)
    mine = a_publication()
    real = taking._take_on

    def take_on(owner: str, *arguments: Any) -> Any:
        if owner == "bob":
            raise RuntimeError("trouble")
        return real(owner, *arguments)

    monkeypatch.setattr(taking, "_take_on", take_on)
    assert taken(taking.take_due()) == [[mine]]


def test_a_run_belongs_to_its_owner_alone(patient):
    a_publication()
    (run,) = taking.take_due()
    assert taking.is_ours(OWNER, run.run_id)
    for owner, name in (
        ("bob", run.run_id),
        (OWNER, "due~t1~0"),
        (None, run.run_id),
        ("", run.run_id),
        (7, run.run_id),
    ):
        assert not taking.is_ours(owner, name)
    assert taking.registered("bob", run.run_id).publications == []


def test_the_jobs_that_asked_for_it_tell_how_it_stands_afterwards(patient):
    publication = a_publication()
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.job set summary = 'Published to 0 of 1 platforms; 1 waits'")
    (run,) = taking.take_due()
    taking.registered(OWNER, run.run_id)
    change(OWNER, publication, "state = 'published', updated_at = now()")
    taking.ended(OWNER, run.run_id)
    assert verdicts.summary_written(OWNER, "job~t1") == "Published to 1 of 1 platforms"
    from include.publishing import jobs

    assert [each.job_id for each in jobs.list_page(OWNER).jobs] == ["job~t1"], "the run is part of that job"


# With the platforms of the sandbox


@pytest.fixture
def waiting(studio: Studio) -> Studio:
    """A studio in which what stands still for 15 minutes counts as lost."""
    path = settings.config_folder() / "distribution.yaml"
    content = yaml.safe_load(path.read_text())
    content["publishing"]["stuck_after_minutes"] = 15
    path.write_text(yaml.safe_dump(content))
    settings.forget()
    return studio


def test_what_left_its_run_is_taken_on_when_it_is_due_and_goes_out_once(waiting: Studio):
    waiting.connect("tiktok")
    (publication,) = waiting.register(
        scheduled_for=(datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None).isoformat()
    )
    steps.advance(OWNER, publication)
    left = ledger.read(OWNER, publication)
    assert (left.state, left.queued_at is not None) == (State.SCHEDULED, True)
    assert taking.due() == []
    change(OWNER, publication, "scheduled_for = now(), next_try_at = now()")
    (run,) = taking.take_due()
    (mine,) = taking.registered(OWNER, run.run_id).publications
    assert run_to_the_end(mine.publication_id).state == State.PUBLISHED
    taking.ended(OWNER, run.run_id)
    assert taking.take_due() == []
    assert len(waiting.sandbox.published("tiktok")) == 1


def test_a_look_that_a_limit_holds_up_for_long_waits_in_the_queue(waiting: Studio, monkeypatch: pytest.MonkeyPatch):
    waiting.sandbox.settings(processing_seconds=3600)
    waiting.connect("youtube")
    (publication,) = waiting.register()
    steps.advance(OWNER, publication)
    assert ledger.read(OWNER, publication).state == State.PROCESSING
    with monkeypatch.context() as used_up:
        until = datetime.now(UTC) + timedelta(hours=2)
        for look in ("check", "find"):
            used_up.setattr(Publisher, look, Mock(side_effect=QuotaExhausted("Used up.", resets_at=until)))
        steps.advance(OWNER, publication)
    left = ledger.read(OWNER, publication)
    assert (left.state, left.next_try_at, left.queued_at is not None) == (State.WAITING_QUOTA, until, True)
    assert "Used up." in left.error["message"]
    waiting.sandbox.settings(processing_seconds=0)
    change(OWNER, publication, "next_try_at = now()")
    (run,) = taking.take_due()
    assert taken([run]) == [[publication]]
    assert run_to_the_end(publication).state == State.PUBLISHED
    assert len(waiting.sandbox.published("youtube")) == 1


def test_a_short_wait_stays_in_its_run(waiting: Studio):
    waiting.connect("tiktok")
    soon = (datetime.now(UTC) + timedelta(minutes=9)).replace(tzinfo=None).isoformat()
    (publication,) = waiting.register(scheduled_for=soon)
    steps.advance(OWNER, publication)
    assert ledger.read(OWNER, publication).queued_at is None


def test_what_waits_for_an_account_is_taken_on_when_it_is_connected_again(waiting: Studio):
    name = waiting.connect("youtube")
    (publication,) = waiting.register()
    kill_the_grant(waiting, name)
    steps.advance(OWNER, publication)
    assert ledger.read(OWNER, publication).state == State.WAITING_ACCOUNT
    assert taking.due() == []
    waiting.connect("youtube")
    (run,) = taking.take_due()
    assert taken([run]) == [[publication]]
    reconcile.reconcile_all()  # both at once
    assert run_to_the_end(publication).state == State.PUBLISHED
    assert len(waiting.sandbox.published("youtube")) == 1


def test_two_runs_for_one_publication_publish_it_once(waiting: Studio):
    """As after a run that was thought lost and is not."""
    waiting.connect("youtube")
    (publication,) = waiting.register()
    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(run_to_the_end, publication) for _ in range(4)]:
            assert job.result().state == State.PUBLISHED
    assert len(waiting.sandbox.published("youtube")) == 1


def test_a_move_while_its_run_is_on_the_way_is_obeyed(waiting: Studio):
    waiting.connect("tiktok")
    (publication,) = waiting.register()
    queue.schedule(OWNER, [publication])
    (run,) = taking.take_due()
    later = (datetime.now(UTC) + timedelta(days=2)).replace(tzinfo=None).isoformat()
    queue.move(OWNER, publication, scheduled_for=later)
    waiting.sandbox.forget_calls()
    steps.advance(OWNER, publication)
    taking.ended(OWNER, run.run_id)
    assert waiting.sandbox.calls() == []
    assert taking.take_due() == []
    assert ledger.read(OWNER, publication).queued_at is not None

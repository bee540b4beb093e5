"""What happens becomes notices, activity and counters: each once, in the transaction in which it happened, or never."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from include.accounts import accounts
from include.database import engine, queries
from include.publishing import activity, delivery, happenings, inbox, ledger
from include.releases.publication import State
from tests.publishing.receivers import SECRET
from tests.publishing.rows import a_publication, an_account, change

RELEASES = queries.load("releases")
HOOK = {"webhook_inside": ["127.0.0.1"]}


def a_job(publication_id: str, job_id: str = "job1", owner: str = "alice", **conf: Any) -> None:
    """Keep a job for a publication, as `registration.register` does."""
    with engine.transaction(owner) as connection:
        release = connection.exec_driver_sql("select release_id from desk.release").scalars().first()
        conf = {"title_id": "t1", "segment": "women", "age_bucket": "18-23"} | conf
        row = {"owner": owner, "job_id": job_id, "release_id": release, "conf": Jsonb(conf), "problems": Jsonb([])}
        connection.exec_driver_sql(RELEASES["keep_job"], row)
        joined = {"owner": owner, "job_id": job_id, "publication_id": publication_id}
        connection.exec_driver_sql(RELEASES["join_job"], joined)


def move(publication_id: str, *states: State, owner: str = "alice", **how: Any) -> None:
    with ledger.claim(owner, publication_id) as held:
        for state in states:
            held.move(state, **how)


def publish(publication_id: str, owner: str = "alice") -> None:
    move(publication_id, State.VALIDATED, State.UPLOADING, State.PROCESSING, State.FINISHING, owner=owner)
    move(publication_id, State.PUBLISHED, owner=owner, video_id="v1", url="https://example.com/watch?v=v1")


def kinds(owner: str = "alice") -> list[str]:
    happenings.take(owner)
    return [each.kind for each in reversed(inbox.list_page(owner).notices)]


def tallies(owner: str = "alice") -> dict[tuple[str, str, str], float]:
    happenings.take(owner)
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql("select figure, platform, label, total from desk.tally")
        return {(row.figure, row.platform, row.label): row.total for row in rows}


def left(owner: str = "alice") -> int:
    with engine.transaction(owner) as connection:
        return int(connection.exec_driver_sql("select count(*) from desk.happening").scalar_one())


def events(receiver: Any) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def test_what_happens_is_told_to_the_jobs_address_with_its_own_data(desk, configure, receiver):
    configure(**HOOK)
    publication = a_publication("alice")
    a_job(publication, webhook_url=f"{receiver.address}/mine", callback_data={"ticket": 7})
    publish(publication)
    delivery.deliver_due()
    accepted, published = events(receiver)
    assert (accepted["type"], published["type"]) == ("accepted", "published")
    assert {each["job_id"] for each in (accepted, published)} == {"job1"}
    assert [each["callback_data"] for each in (accepted, published)] == [{"ticket": 7}] * 2
    told = published["data"]["publication"]
    assert (told["url"], told["video_id"], told["title_id"]) == ("https://example.com/watch?v=v1", "v1", "t1")
    assert published["data"]["about"] == told["publication_id"] == publication
    assert len({each["id"] for each in (accepted, published)}) == 2
    delivery.deliver_due()
    assert len(receiver.got) == 2


def test_the_steps_on_the_way_are_not_told_and_a_run_that_goes_on_is_no_second_job(desk, configure, receiver):
    configure(**HOOK)
    publication = a_publication("alice")
    hook = {"webhook_url": receiver.address, "callback_data": {"a": 1}}
    a_job(publication, **hook)
    move(publication, State.VALIDATED, State.SCHEDULED)
    a_job(publication, "job1~retry1", **hook)
    publish(publication)
    assert kinds() == ["accepted", "published"], "scheduled without a time is its turn in the queue"
    delivery.deliver_due()
    assert [each["job_id"] for each in events(receiver)] == ["job1", "job1"]


def test_somebody_else_who_asks_for_the_same_release_is_told_too(desk, configure, receiver):
    configure(**HOOK)
    publication = a_publication("alice")
    a_job(publication, webhook_url=f"{receiver.address}/first")
    happenings.take("alice")
    a_job(publication, "job2", webhook_url=f"{receiver.address}/second")
    publish(publication)
    delivery.deliver_due()
    assert sorted(each["job_id"] for each in events(receiver) if each["type"] == "published") == ["job1", "job2"]
    assert sorted(each["job_id"] for each in events(receiver) if each["type"] == "accepted") == ["job1", "job2"]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (State.FAILED, "failed"), (State.REJECTED, "failed"), (State.CANCELLED, "cancelled"),
        (State.UNCONFIRMED, "unconfirmed"),
    ],
)  # fmt: skip
def test_every_other_end_is_told_with_its_reason_and_what_to_do(desk, state: State, kind: str):
    publication = a_publication("alice")
    move(publication, State.VALIDATED)
    move(publication, state, error={"kind": "Rejected", "message": "The title is too long."})
    happenings.take("alice")
    (notice,) = inbox.list_page("alice", kind=kind).notices
    assert "The title is too long." in notice.text
    assert notice.data["publication"]["state"] == state.value
    if kind in ("failed", "unconfirmed"):
        assert f"./desk publications {'retry' if kind == 'failed' else 'confirm'} {publication}" in notice.text


def test_a_second_failure_is_told_again_and_a_time_only_when_it_is_another(desk):
    publication = a_publication("alice")
    for _ in range(2):
        move(publication, State.VALIDATED, State.FAILED, State.PLANNED)
    assert kinds() == ["failed", "failed"]
    due = datetime(2027, 7, 1, 7, tzinfo=UTC)
    change("alice", publication, "scheduled_for = %s, timezone = 'Europe/Madrid'", due)
    move(publication, State.SCHEDULED, State.VALIDATED, State.SCHEDULED)
    assert kinds().count("scheduled") == 1
    (notice,) = inbox.list_page("alice", kind="scheduled").notices
    assert "2027-07-01 09:00 Europe/Madrid" in notice.subject
    change("alice", publication, "scheduled_for = %s", due + timedelta(hours=1))
    move(publication, State.VALIDATED, State.SCHEDULED)
    assert kinds().count("scheduled") == 2


def test_a_job_that_came_out_in_some_places_is_told_once_at_its_end(desk):
    first = a_publication("alice")
    an_account("alice", "my_tiktok", "tiktok")
    a_job(first)
    with engine.transaction("alice") as connection:
        release = connection.exec_driver_sql("select release_id from desk.release").scalar_one()
        row = dict.fromkeys(("scheduled_for",)) | {
            "owner": "alice", "release_id": release, "account_id": "my_tiktok", "platform": "tiktok",
            "placement": "video", "route": "direct", "target": Jsonb({}), "timezone": "UTC", "priority": 5,
            "max_retries": 3, "bytes_total": 1,
        }  # fmt: skip
        second = str(connection.exec_driver_sql(_keep(), row).scalar_one())
        joined = {"owner": "alice", "job_id": "job1", "publication_id": second}
        connection.exec_driver_sql(RELEASES["join_job"], joined)
    publish(first)
    assert "partially_published" not in kinds()
    move(second, State.VALIDATED)
    move(second, State.FAILED, error={"kind": "TryAgain", "message": "TikTok did not answer."})
    assert kinds()[-2:] in (["failed", "partially_published"], ["partially_published", "failed"])
    (notice,) = inbox.list_page("alice", kind="partially_published").notices
    assert notice.subject == "Published to 1 of 2: t1"
    assert "TikTok (my_tiktok): failed. TikTok did not answer." in notice.text
    assert notice.data["status"] == "partially_completed"


def _keep() -> str:
    columns = ("owner, release_id, account_id, platform, placement, route, target, scheduled_for, timezone, priority, "
               "max_retries, bytes_total")  # fmt: skip
    values = ", ".join(f"%({name})s" for name in columns.split(", "))
    return f"insert into desk.publication ({columns}) values ({values}) returning publication_id"


def test_what_is_rolled_back_did_not_happen(desk):
    publication = a_publication("alice")
    happenings.take("alice")
    statement = "insert into desk.move (owner, publication_id, from_state, to_state) values (%s, %s, %s, %s)"
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql(statement, ("alice", publication, "planned", "failed"))
        connection.rollback()
    assert left() == 0
    assert kinds() == []


def test_taking_that_dies_half_way_tells_everything_once_later(desk, monkeypatch):
    """The rows are taken out in the transaction that writes what follows from them: both or neither."""
    publication = a_publication("alice")
    happenings.take("alice")
    publish(publication)
    before, real = left(), happenings._tell

    def dying(connection: Any, row: Any) -> None:
        real(connection, row)
        if row["became"] == "published":
            raise KeyboardInterrupt

    monkeypatch.setattr(happenings, "_tell", dying)
    with pytest.raises(KeyboardInterrupt):
        happenings.take("alice")
    monkeypatch.setattr(happenings, "_tell", real)
    assert left() == before
    assert kinds() == ["published"]
    assert tallies()["ended", "youtube", "published"] == 1


def test_of_many_takers_one_tells(desk):
    publication = a_publication("alice")
    publish(publication)
    takers = [Thread(target=happenings.take_all) for _ in range(6)]
    for each in takers:
        each.start()
    for each in takers:
        each.join()
    assert kinds() == ["published"]
    assert tallies()["ended", "youtube", "published"] == 1


def test_one_that_cannot_be_told_keeps_nobody_waiting(desk, monkeypatch, caplog):
    publication = a_publication("alice")

    def broken(connection: Any, row: Any) -> None:
        connection.exec_driver_sql("select 1 / 0")

    monkeypatch.setitem(happenings.HANDLERS, "account", broken)
    publish(publication)
    assert kinds() == ["published"]
    assert left() == 0
    assert "could not be made known" in caplog.text


def test_each_owner_is_told_of_own_things_only(desk):
    publish(a_publication("alice"))
    publish(a_publication("bob", "t2"), "bob")
    assert happenings.take_all() > 2
    assert [each.data["publication"]["title_id"] for each in inbox.list_page("bob").notices] == ["t2"]


# --- counters


def test_outcomes_errors_latency_and_lateness_are_counted(desk):
    publication = a_publication("alice")
    due = datetime.now(UTC) - timedelta(seconds=90)
    change("alice", publication, "created_at = %s, scheduled_for = %s", due - timedelta(hours=1), due)
    move(publication, State.SCHEDULED)
    move(publication, State.VALIDATED, error={"kind": "TryAgain", "message": "x"})
    move(publication, State.VALIDATED, error={"kind": "TryAgain", "message": "x"})
    move(publication, State.UPLOADING, State.PROCESSING, State.FINISHING, State.PUBLISHED)
    found = tallies()
    assert found["ended", "youtube", "published"] == 1
    assert found["errors", "youtube", "TryAgain"] == 2
    assert found["started", "youtube", "late"] == 1
    assert found["latency", "youtube", "120"] == 1, "from its time, not from when it was asked for"
    assert 85 < found["latency", "youtube", "sum"] < 120


@pytest.mark.parametrize(("status", "outcome"), [(200, "renewed"), (400, "failed"), (None, "failed")])
def test_refreshes_are_counted_from_the_calls_that_were_made(desk, status, outcome):
    an_account("alice")
    call = {
        "owner": "alice", "account_id": "my_youtube", "publication_id": None, "at": datetime.now(UTC),
        "platform": "youtube", "endpoint": "oauth.token", "method": "POST", "status": status, "duration_ms": 5,
        "request_id": None, "quota_cost": 0, "error": None,
    }  # fmt: skip
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql(queries.load("ledger")["log_call"], call)
        connection.exec_driver_sql(queries.load("ledger")["log_call"], call | {"endpoint": "videos.list"})
    assert tallies() == {("refresh", "youtube", outcome): 1}


# --- who did what


def acts(owner: str = "alice") -> list[tuple[str, str, str]]:
    return [(each.who, each.door, each.what) for each in reversed(activity.read(owner))]


def test_who_did_what_through_which_door_is_written_down(desk):
    with engine.acting("alice", "rest"):
        publication = a_publication("alice")
        a_job(publication)
    with engine.acting("carol", "cli"):
        change("alice", publication, "priority = 9")
        move(publication, State.CANCELLED)
    with engine.acting("alice", "python"):
        move(publication, State.PLANNED)
    move(publication, State.VALIDATED, State.UPLOADING, State.UNCONFIRMED)
    with engine.acting("alice", "rest"):
        move(publication, State.FAILED)
        with engine.transaction("alice") as connection:
            connection.exec_driver_sql(
                accounts.SQL["mark_account"],
                {"account_id": "my_youtube", "state": "disconnected", "trouble": None},
            )
    assert acts() == [
        ("alice", "rest", "connected"), ("alice", "rest", "published"), ("carol", "cli", "changed"),
        ("carol", "cli", "cancelled"), ("alice", "python", "retried"), ("alice", "rest", "confirmed"),
        ("alice", "rest", "disconnected"),
    ]  # fmt: skip
    assert acts("bob") == []


def test_what_the_machine_does_by_itself_is_nobodys_activity(desk):
    publication = a_publication("alice")
    assert acts() == [("alice", "airflow", "connected")]
    move(publication, State.VALIDATED, State.UPLOADING, State.UNCONFIRMED, State.PUBLISHED)
    with engine.acting("alice", "queue"):
        a_job(publication, "due~1")
        change("alice", publication, "priority = 9")
    assert acts() == [("alice", "airflow", "connected")]


def test_a_job_with_a_time_is_scheduled_and_a_run_without_a_person_its_owners(desk):
    publication = a_publication("alice")
    change("alice", publication, "scheduled_for = now() + interval '1 day'")
    a_job(publication)
    assert acts()[-1] == ("alice", "airflow", "scheduled")
    (told,) = activity.read("alice", what="scheduled")
    assert (told.about, told.details) == ("job1", {"title_id": "t1", "platforms": ["youtube"]})


def test_a_refused_job_is_told_with_every_problem(desk):
    row = {"owner": "alice", "job_id": "job1", "release_id": None, "conf": Jsonb({"title_id": "t1"})}
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql(RELEASES["keep_job"], row | {"problems": Jsonb(["No title.", "No video."])})
    assert kinds() == ["failed"]
    (notice,) = inbox.list_page("alice").notices
    assert "- No title.\n- No video." in notice.text
    assert acts()[-1] == ("alice", "airflow", "refused")


@pytest.mark.parametrize("statement", ["update {} set who = 'x'", "delete from {}", "truncate {}"])
def test_activity_is_only_ever_added_to(desk, warehouse, postgres_server, statement):
    an_account("alice")
    assert acts()
    with engine.transaction("alice") as connection, pytest.raises(Exception, match="permission denied"):
        connection.exec_driver_sql(statement.format("desk.activity"))
    with postgres_server.superuser(warehouse) as server, pytest.raises(Exception, match="only added"):
        server.execute(statement.format("desk.activity").encode())
    assert acts()


def test_adoption_counts_users_platforms_times_success_and_the_first_publication(desk):
    publish(a_publication("alice"))
    an_account("alice", "my_tiktok", "tiktok")
    failed = a_publication("bob", "t2")
    change("bob", failed, "scheduled_for = now() + interval '1 day'")
    move(failed, State.VALIDATED, State.FAILED, owner="bob")
    an_account("carol")
    everybody = activity.adoption(None)
    assert (everybody.users, everybody.users_publishing, everybody.publications) == (3, 2, 2)
    assert (everybody.scheduled_share, everybody.success_rate, everybody.multi_platform_share) == (0.5, 0.5, 0.0)
    assert everybody.first_publications == 1
    assert everybody.median_seconds_to_first_publication is not None
    assert 0 <= everybody.median_seconds_to_first_publication < 60
    mine = activity.adoption("carol")
    assert (mine.users, mine.users_publishing, mine.success_rate) == (1, 0, None)
    assert activity.adoption("alice").success_rate == 1.0


def test_an_installation_with_both_addresses_is_told_what_happens(desk, both, mailbox, receiver):
    publication = a_publication("alice")
    a_job(publication)
    publish(publication)
    other = a_publication("bob", "t2")
    move(other, State.VALIDATED, State.FAILED, owner="bob")
    delivery.deliver_due()
    assert sorted(each["type"] for each in events(receiver)) == ["accepted", "failed", "published"]
    (letter,) = mailbox.messages
    assert letter[1]["Subject"] == "[Release Desk] Not published: A title on YouTube (my_youtube)"
    assert SECRET not in str(letter[1])

"""The `load_*` DAGs' tasks: who is read, as whom, and what becomes of a run when an account fails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException, AirflowSkipException

from include.accounts import audit
from include.analytics import collect, turns
from include.sensors import loading
from include.sensors.collected import COLLECTED, COLLECTED_HERE
from tests.analytics import toy
from tests.analytics.conftest import NOW, Channel, channel, configured  # noqa: F401  found by their names
from tests.publishing.studio import OWNER

MINE = {"owner": OWNER, "account_id": "my_youtube", "label": "my_youtube"}


@pytest.fixture(autouse=True)
def only_toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let YouTube have the toy datasets, and no other platform any."""
    known = {"youtube": (toy.COUNTERS, toy.DAILY)}
    monkeypatch.setattr(turns, "datasets", lambda platform: known.get(platform, ()))


class Events(dict[Any, Any]):
    """What a task announces."""

    def __missing__(self, alias: Any) -> Any:
        told: list[Any] = []
        self[alias] = SimpleNamespace(add=lambda asset, extra: told.append((asset, extra)), told=told)
        return self[alias]


@pytest.fixture
def a_run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how to let the tasks see a run."""

    def make(run_type: str = "scheduled", user: str | None = None, ends: datetime = NOW, **conf: Any) -> Any:
        run = SimpleNamespace(
            run_id=f"{run_type}__1", run_type=run_type, triggering_user_name=user, conf=conf, dag_id="load_analytics",
            data_interval_start=ends - timedelta(hours=1), data_interval_end=ends,
        )  # fmt: skip
        context = {"dag_run": run, "outlet_events": Events()}
        monkeypatch.setattr(loading, "get_current_context", lambda: context)
        return context

    return make


def test_a_scheduled_run_reads_every_account_with_something_due_and_announces_it(channel, a_run):  # noqa: F811
    channel.plant(2, at=datetime.now(UTC) - timedelta(hours=30))
    context = a_run()
    assert loading.plan("analytics") == [MINE]
    told = loading.read("analytics", MINE)
    assert [line.split(":")[0] for line in told] == ["my_youtube, toy_counters", "my_youtube, toy_daily"]
    ((asset, extra),) = context["outlet_events"][COLLECTED_HERE].told
    assert (asset, extra["owner"]) == (COLLECTED, OWNER)
    assert loading.tell([MINE], [told]).startswith("1 of 1 accounts")
    assert loading.plan("analytics") == []
    with pytest.raises(AirflowSkipException):
        loading.read("analytics", MINE)
    assert {line.run_id for line in channel.syncs()} == {"scheduled__1"}


def test_a_dead_account_fails_its_task_and_not_the_run(channel, a_run):  # noqa: F811
    channel.plant(1, at=datetime.now(UTC) - timedelta(hours=30))
    channel.rows("delete from desk.account_secret returning 1")
    a_run()
    with pytest.raises(AirflowFailException, match="Connect it again"):
        loading.read("analytics", MINE)
    assert loading.tell([MINE], []) == "0 of 1 accounts have told something; desk.sync has every reading."


def test_a_run_whose_plan_was_never_made_fails(a_run):
    with pytest.raises(AirflowFailException):
        loading.tell(None, [])


def test_a_backfilled_run_reads_the_day_its_interval_completes(channel, a_run):  # noqa: F811
    channel.plant(1, at=NOW - timedelta(days=60))
    a_run("backfill", ends=datetime(2026, 11, 2, 8, tzinfo=UTC))
    assert loading.plan("analytics") == [MINE]
    loading.read("analytics", MINE)
    (line,) = channel.syncs()
    assert (line.dataset, line.first_day, line.last_day) == ("toy_daily", date(2026, 11, 1), date(2026, 11, 1))
    a_run("backfill", ends=datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert loading.plan("analytics") == [], "no day ends anywhere in this hour"
    with pytest.raises(AirflowSkipException):
        loading.read("analytics", MINE)


def test_a_backfilled_run_that_finds_its_days_being_read_comes_back(channel, a_run, monkeypatch):  # noqa: F811
    channel.plant(1, at=NOW - timedelta(days=60))
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.0)
    a_run("backfill", ends=datetime(2026, 11, 2, 8, tzinfo=UTC))
    with collect._alone(OWNER, "my_youtube", toy.DAILY.name, 0.0), pytest.raises(AirflowRescheduleException):
        loading.read("analytics", MINE)
    assert channel.syncs() == []
    loading.read("analytics", MINE)
    assert [line.state for line in channel.syncs()] == ["done"]


def test_a_backfilled_run_that_a_limit_ended_comes_back(channel, a_run):  # noqa: F811
    channel.plant(3, at=NOW - timedelta(days=60))
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": 2}, action="status", status=503)
    a_run("backfill", ends=datetime(2026, 11, 2, 8, tzinfo=UTC))
    with pytest.raises(AirflowRescheduleException):
        loading.read("analytics", MINE)
    assert loading.read("analytics", MINE)
    assert [line.state for line in channel.syncs()] == ["partial", "done"]


def test_a_scheduled_run_that_a_limit_ended_leaves_the_rest_to_the_next_one(channel, a_run):  # noqa: F811
    channel.plant(3, at=datetime.now(UTC) - timedelta(hours=30))
    channel.studio.sandbox.fault(match={"endpoint": toy.ENDPOINT, "nth": 2}, action="status", status=503)
    a_run()
    assert "Not all of it" in loading.read("analytics", MINE)[0]


def test_a_persons_run_reads_that_persons_accounts(channel, a_run):  # noqa: F811
    channel.plant(1)
    a_run("manual", OWNER)
    assert loading.plan("analytics") == [MINE]
    a_run("manual", "bob")
    assert loading.plan("analytics") == []


def test_a_stranger_cannot_have_anothers_account_read(channel, a_run):  # noqa: F811
    channel.plant(1)
    a_run("manual", "bob", owner=OWNER)
    with pytest.raises(AirflowFailException, match="may not act for"):
        loading.plan("analytics")
    a_run("manual", "bob", account="my_youtube")
    with pytest.raises(AirflowFailException, match="You have no account named"):
        loading.plan("analytics")
    with pytest.raises(AirflowFailException, match="You have no account named"):
        loading.read("analytics", MINE)  # as if somebody had changed the XCom
    assert channel.syncs() == []


def test_an_admins_run_for_another_is_written_down(channel, a_run):  # noqa: F811
    a_run("manual", "admin", owner=OWNER)
    assert loading.plan("analytics") == [MINE]
    (act,) = audit.read(OWNER)
    assert (act.who, act.what) == ("admin", "load_analytics")


@pytest.mark.parametrize(
    ("conf", "told"),
    [
        ({"acount": "x"}, "'acount' is no key of a refresh; there are owner, account, dataset, day, now"),
        ({"day": "yesterday"}, "'day'"),
        ({"now": "2026-11-21T00:00:00"}, "'now'"),
        ({"dataset": "nothing_such"}, "Nothing called 'nothing_such' is read"),
    ],
)
def test_a_conf_that_makes_no_sense_is_refused_with_the_key(channel, a_run, conf, told):  # noqa: F811
    a_run("manual", OWNER, **conf)
    with pytest.raises(AirflowFailException, match=told):
        loading.plan("analytics")


def test_a_persons_run_may_name_a_day_and_a_dataset(channel, a_run):  # noqa: F811
    channel.plant(1, at=NOW - timedelta(days=60))
    a_run("manual", OWNER, account="my_youtube", dataset="toy_daily", day="2026-11-05")
    loading.read("analytics", MINE)
    (line,) = channel.syncs()
    assert (line.dataset, line.first_day, line.last_day) == ("toy_daily", date(2026, 11, 5), date(2026, 11, 5))

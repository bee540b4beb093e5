"""Every call leaves one row and one line: what, when, how it ended, how long, what it cost; and no secret."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from include.accounts import accounts
from include.database import engine
from include.publishing import ledger, reconcile
from include.releases.publication import State
from tests.publishing.studio import OWNER, Studio, run_to_the_end

NAMES = {"videos.insert.start": "videos.insert"}
"""Where the sandbox's name of a call is another than ours."""
COLUMNS = {
    "call_id", "owner", "account_id", "publication_id", "at", "platform", "endpoint", "method", "status",
    "duration_ms", "request_id", "quota_cost", "error",
}  # fmt: skip


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_every_call_of_a_publication_leaves_one_row_and_one_line(studio: Studio, platform: str, caplog):
    studio.connect(platform)
    studio.sandbox.forget_calls()
    caplog.clear()  # connecting called the platform, too
    with caplog.at_level(logging.INFO, "release_desk.calls"):
        (publication_id,) = studio.register()
        found = run_to_the_end(publication_id)
    assert found.state == State.PUBLISHED
    calls = ledger.history(OWNER, publication_id)["calls"]
    made = [(NAMES.get(call["endpoint"], call["endpoint"]), call["status"]) for call in studio.sandbox.calls()]
    assert [(call["endpoint"], call["status"]) for call in calls] == made
    lines = [json.loads(each.args[0]) for each in caplog.records if each.name == "release_desk.calls"]
    assert [(line["endpoint"], line["status"]) for line in lines] == made
    for call in calls:
        assert set(call) == COLUMNS
        assert (call["platform"], call["account_id"], call["error"]) == (platform, f"my_{platform}", None)
        assert call["duration_ms"] >= 0
        assert timedelta(0) < datetime.now(UTC) - call["at"] < timedelta(minutes=5)
    assert [call["at"] for call in calls] == sorted(call["at"] for call in calls)
    if platform == "tiktok":
        assert all(call["request_id"] for call in calls if call["endpoint"] != "video.put")


def test_a_call_says_what_it_cost(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register()
    run_to_the_end(publication_id)
    costs = {call["endpoint"]: call["quota_cost"] for call in ledger.history(OWNER, publication_id)["calls"]}
    assert costs["videos.insert"] == 2, "one of our app's uploads, and one of the channel's"
    assert costs["videos.insert.put"] == 0
    assert costs["videos.list"] == 1
    assert costs["thumbnails.set"] == 50
    with engine.transaction(OWNER) as connection:
        used = {row.bucket: row.used for row in connection.exec_driver_sql("select bucket, used from desk.quota")}
    calls = ledger.history(OWNER, publication_id)["calls"]
    units = sum(call["quota_cost"] for call in calls if call["endpoint"] != "videos.insert")
    assert {bucket: used[bucket] for bucket in ("uploads", "units")} == {"uploads": 1, "units": units}


@pytest.mark.parametrize(("action", "error"), [("drop_before", "Error"), ("drop_after", "Error")])
def test_a_call_without_an_answer_says_what_happened_to_it(studio: Studio, action: str, error: str):
    studio.connect("tiktok")
    (publication_id,) = studio.register()
    studio.sandbox.fault(match={"endpoint": "creator_info.query"}, action=action)
    run_to_the_end(publication_id)
    first = ledger.history(OWNER, publication_id)["calls"][0]
    assert (first["endpoint"], first["status"]) == ("creator_info.query", None)
    assert first["error"].endswith(error)


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_no_row_and_no_line_holds_a_secret(studio: Studio, platform: str, caplog):
    name = studio.connect(platform)
    with engine.transaction(OWNER) as connection:
        tokens = accounts.read_tokens(connection, OWNER, name)
    with caplog.at_level(logging.DEBUG):
        (publication_id,) = studio.register()
        studio.sandbox.fault(match={"platform": platform, "nth": 2}, action="expire_token")
        studio.sandbox.fault(match={"endpoint": "video.put"}, action="status", status=500)
        studio.sandbox.fault(match={"endpoint": "videos.insert.put"}, action="status", status=500)
        run_to_the_end(publication_id)
        with engine.transaction(OWNER) as connection:
            newer = accounts.read_tokens(connection, OWNER, name)
            tables = connection.exec_driver_sql(
                "select table_name from information_schema.tables where table_schema = 'desk'"
            ).scalars()
            written = [
                str(connection.exec_driver_sql(f"select array_agg(to_jsonb(t)::text) from desk.{table} as t").scalar())
                for table in list(tables)
            ]
    everything = "\n".join([caplog.text, *written, str(ledger.history(OWNER, publication_id))])
    assert "publication" in everything
    secrets = [tokens.access_token, tokens.refresh_token, newer.access_token, newer.refresh_token]
    for secret in [*secrets, "upload_id=", "upload_token", "Bearer ", "client_secret"]:
        assert secret
        assert secret not in everything


def test_old_calls_are_forgotten_for_every_owner_and_newer_ones_are_kept(studio: Studio):
    for owner in ("alice", "bob"):
        studio.connect("youtube", f"of_{owner}", owner=owner)
        studio.register(f"job-{owner}", owner=owner, dry_run=False)
        with engine.transaction(owner) as connection:
            for days in (0, 29, 31, 400):
                connection.exec_driver_sql(
                    "insert into desk.call_log (owner, account_id, at, platform, endpoint, method, duration_ms) "
                    "values (%s, %s, now() - make_interval(days => %s), 'youtube', %s, 'GET', 1)",
                    (owner, f"of_{owner}", days, f"{days} days ago"),
                )
    assert reconcile.forget_old_calls() == 4
    assert reconcile.forget_old_calls() == 0
    for owner in ("alice", "bob"):
        with engine.transaction(owner) as connection:
            kept = connection.exec_driver_sql("select endpoint from desk.call_log").scalars().all()
        assert {"0 days ago", "29 days ago"} == set(kept)

"""Looking ahead: what would not go out is told before its time, once, and again only when it is something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from include import settings
from include.accounts import accounts
from include.database import engine
from include.publishing import ledger, upcoming
from tests.publishing.rows import an_account, change
from tests.publishing.studio import OWNER, Studio
from tests.publishing.test_waiting import kill_the_grant, limit


@pytest.fixture(autouse=True)
def _as_it_was(studio: Studio):
    before = studio.sandbox.settings()
    yield
    studio.sandbox.settings(
        **{name: before[name] for name in ("tiktok_privacy_options", "tiktok_max_duration_seconds")}
    )


@pytest.fixture
def due(studio: Studio) -> Callable[..., str]:
    """Return a maker of a publication that is due in some minutes."""

    def make(platform: str = "youtube", minutes: float = 30, title: str = "t1", **target: Any) -> str:
        name = f"my_{platform}"
        if name not in {each.account_id for each in accounts.list_all(OWNER)}:
            studio.connect(platform)
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        (publication_id,) = studio.register(
            f"job-{platform}-{title}", title_id=title, targets=[{"account": name, **target}],
            scheduled_for=at.strftime("%Y-%m-%dT%H:%M:%S"),
        )  # fmt: skip
        return publication_id

    return make


def check() -> list[tuple[str, list[str], bool]]:
    """Look ahead once: publication, what is wrong, and whether that was news."""
    return [(each.publication_id, sorted(each.problems or {}), each.news) for each in upcoming.check_upcoming()]


def told() -> list[str]:
    with engine.transaction(OWNER) as connection:
        return list(connection.exec_driver_sql("select fingerprint from desk.notice order by told_at").scalars())


def kept(publication_id: str) -> list[str]:
    with engine.transaction(OWNER) as connection:
        found = connection.exec_driver_sql(
            "select problems from desk.outlook where publication_id = %s", (publication_id,)
        )
        return list(found.scalar_one())


@pytest.mark.parametrize("platform", ["youtube", "tiktok", "instagram", "facebook", "linkedin"])
def test_what_would_go_out_is_looked_at_and_nobody_is_told(studio: Studio, due, platform):
    publication_id = due(platform)
    assert check() == [(publication_id, [], False)]
    assert told() == []
    assert kept(publication_id) == []
    assert ledger.read(OWNER, publication_id).state == "planned"
    assert studio.sandbox.published() == []


def test_only_what_is_due_within_a_day_is_looked_at_and_far_ones_now_and_then(studio: Studio, due, source: Path):
    for title in ("t2", "t3"):
        studio.export(source, title)
    near, far = due(minutes=50), due(minutes=20 * 60, title="t2")
    due(minutes=25 * 60, title="t3")
    assert [each[0] for each in check()] == [near, far]
    assert [each[0] for each in check()] == [near]
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.outlook set looked_at = now() - interval '121 minutes'")
    assert [each[0] for each in check()] == [near, far]


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_dead_account_is_told_once_before_the_time(studio: Studio, due, platform):
    publication_id = due(platform)
    with engine.transaction(OWNER) as connection:  # gone at the platform; we do not know yet
        connection.exec_driver_sql("update desk.account_secret set expires_at = now()")
    dead = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="status", status=400, body=dead, times=None)
    assert check() == [(publication_id, ["account: expired"], True)]
    assert accounts.read(OWNER, f"my_{platform}").state == "expired"
    assert [check()[0][2] for _ in range(3)] == [False] * 3
    assert told() == ["account: expired"]
    studio.sandbox.clear_faults()
    studio.connect(platform)
    assert check() == [(publication_id, [], False)]
    accounts.mark(OWNER, f"my_{platform}", "expired", "Again.")
    assert check() == [(publication_id, ["account: expired"], True)], "it was well in between"


def test_a_revoked_grant_is_noticed_although_the_token_lives_by_our_clock(studio: Studio, due):
    publication_id = due("youtube")
    kill_the_grant(studio, "my_youtube")
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.account_secret set expires_at = now() + interval '1 hour'")
    assert check() == [(publication_id, ["account: expired"], True)]


def test_access_that_ends_before_the_time_is_told(studio: Studio, due):
    publication_id = due("linkedin", minutes=20 * 60)
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.account set access_ends_at = now() + interval '19 hours'")
    assert check() == [(publication_id, ["account: ends"], True)]
    assert "before that" in kept(publication_id)[0]


def test_missing_permissions_are_told_by_name(studio: Studio, due):
    publication_id = due("tiktok")
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.account set scopes = '{user.info.basic}'")
    assert check() == [(publication_id, ["account: permissions"], True)]
    assert "video.publish" in kept(publication_id)[0]


def test_tiktoks_creator_options_are_asked_now(studio: Studio, due):
    publication_id = due("tiktok", privacy="public")
    assert check() == [(publication_id, [], False)]
    studio.sandbox.settings(tiktok_privacy_options=["SELF_ONLY"])
    assert check() == [(publication_id, ["rule: privacy"], True)]
    studio.sandbox.settings(tiktok_max_duration_seconds=1)
    assert check() == [(publication_id, ["rule: duration", "rule: privacy"], True)], "it is something else now"
    assert check() == [(publication_id, ["rule: duration", "rule: privacy"], False)]


def test_a_limit_that_will_be_used_up_is_told_for_those_behind_it_only(studio: Studio, due, source: Path):
    limit(studio, "youtube", "uploads", 2)
    for title in ("t2", "t3"):
        studio.export(source, title)
    ids = [due(minutes=minutes, title=title) for minutes, title in ((20, "t1"), (30, "t2"), (40, "t3"))]
    found = {publication_id: problems for publication_id, problems, _ in check()}
    assert found == {ids[0]: [], ids[1]: [], ids[2]: ["limit: uploads"]}
    assert "0 are used, and 3 are planned" in kept(ids[2])[0]


def test_a_sliding_limit_counts_what_will_still_count_then(studio: Studio, due):
    limit(studio, "tiktok", "direct_posts", 1)
    publication_id = due("tiktok", minutes=60)
    marks = "insert into desk.quota (owner, platform, bucket, scope, window_start, marks) values ('alice', 'tiktok', "
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            marks + "'direct_posts', 'my_tiktok', '-infinity', array[now() - interval '23 hours 30 minutes'])"
        )
    assert check() == [(publication_id, [], False)], "by then that one is a day old"
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.quota set marks = array[now() - interval '22 hours']")
    assert check() == [(publication_id, ["limit: direct_posts"], True)]


def test_a_file_that_is_gone_or_was_replaced_is_told(studio: Studio, due, source: Path):
    publication_id = due()
    video = studio.folder / "export/women/18-23/t1.mp4"
    content = video.read_bytes()
    video.unlink()
    assert check() == [(publication_id, ["release: files"], True)]
    video.write_bytes(content + b"more")
    assert check() == [(publication_id, ["release: files"], False)]
    assert "was replaced" in kept(publication_id)[0]


def test_a_passing_fault_tells_nothing_and_forgets_nothing(studio: Studio, due):
    publication_id = due("tiktok", privacy="public")
    studio.sandbox.settings(tiktok_privacy_options=["SELF_ONLY"])
    check()
    for endpoint in ("user.info", "creator_info.query"):
        studio.sandbox.fault(match={"endpoint": endpoint}, action="status", status=503, times=None)
        (outlook,) = upcoming.check_upcoming()
        assert (outlook.problems, outlook.news) == (None, False)
        studio.sandbox.clear_faults()
    assert len(kept(publication_id)) == 1
    assert check()[0][2] is False


def test_one_publications_trouble_never_stops_the_others(studio: Studio, due, source: Path, caplog):
    studio.export(source, "t2")
    broken, good = due(minutes=20), due(minutes=30, title="t2")
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            "update desk.release set facts = '{\"broken\": true}' where title_id = 't1'"
        )  # fmt: skip
    assert check() == [(good, [], False)]
    assert f"publication {broken} could not be looked at" in caplog.text


def test_an_account_is_asked_once_a_round_however_many_publications_it_has(studio: Studio, due, source: Path):
    for number in range(2, 6):
        studio.export(source, f"t{number}")
    for number in range(1, 6):
        due(minutes=10 + number, title=f"t{number}")
    studio.sandbox.forget_calls()
    assert len(check()) == 5
    assert len(studio.sandbox.calls("channels.list")) == 1


def test_what_waits_or_is_over_is_left_alone(studio: Studio, due):
    publication_id = due()
    for state in ("waiting_account", "uploading", "processing", "published", "cancelled", "failed", "unconfirmed"):
        change(OWNER, publication_id, "state = %s::desk.publication_state", state)
        assert check() == [], state


def test_other_owners_are_told_of_their_own(studio: Studio, due):
    publication_id = due()
    an_account("bob")
    assert [(each.owner, each.publication_id) for each in upcoming.check_upcoming()] == [(OWNER, publication_id)]
    with engine.transaction("bob") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.outlook").scalar_one() == 0


def test_settings_say_how_often_far_ones_are_looked_at(studio: Studio, due):
    path = studio.folder / "config/distribution.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"notices": {"look_again_hours": 0}}))
    settings.forget()
    due(minutes=20 * 60)
    assert len(check()) == len(check()) == 1

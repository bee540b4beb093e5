"""Accounts kept alive: renewed before anybody needs them, marked only when the grant is dead, and told of once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from include import settings
from include.accounts import accounts, renewing
from include.accounts.accounts import Credentials
from include.accounts.health import health
from include.database import engine
from include.platforms import NAMES
from include.publishing import keeping
from tests.publishing.rows import an_account
from tests.publishing.studio import OWNER, Studio, run_to_the_end
from tests.publishing.test_waiting import kill_the_grant

NOW = datetime.now(UTC)


def ends(account_id: str, when: datetime, field: str = "access_token", owner: str = OWNER) -> None:
    """Let one of an account's tokens end at a time, as its row knows it."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(
            "update desk.account_secret set expires_at = %s where account_id = %s and field = %s",
            (when, account_id, field),
        )
        connection.exec_driver_sql(accounts.SQL["note_access_end"], {"account_id": account_id})


def told(owner: str = OWNER) -> list[tuple[str, str, bool]]:
    """Return every notice of an owner: kind, about what, and whether it stands."""
    with engine.transaction(owner) as connection:
        rows = connection.exec_driver_sql("select kind, about, over_at is null from desk.notice order by told_at")
        return [(row[0], row[1], row[2]) for row in rows]


def stored(account_id: str) -> accounts.StoredTokens:
    with engine.transaction(OWNER) as connection:
        return accounts.read_tokens(connection, OWNER, account_id)


def refreshes(studio: Studio) -> int:
    return len(studio.sandbox.calls("oauth.token"))


@pytest.fixture(autouse=True)
def _the_clock_is_right_again(studio: Studio):
    yield
    studio.sandbox.settings(clock_offset_seconds=0, tiktok_rotate_refresh_tokens=True)


def test_every_platform_says_when_its_tokens_are_renewed():
    hour = timedelta(hours=1)
    for name in NAMES:
        assert renewing.margin(name) > hour, f"a task between two rounds would meet {name}'s token when it has ended"


def test_what_ends_within_the_platforms_margin_is_due_across_owners_and_nothing_else(desk):
    for owner in ("alice", "bob"):
        for platform in ("youtube", "tiktok"):
            an_account(owner, f"near_{platform}", platform)
            ends(f"near_{platform}", NOW + renewing.margin(platform) - timedelta(minutes=2), owner=owner)
            an_account(owner, f"far_{platform}", platform)
            ends(f"far_{platform}", NOW + renewing.margin(platform) + timedelta(minutes=2), owner=owner)
    an_account("alice", "over", "youtube")
    ends("over", NOW - timedelta(days=1), owner="alice")
    for name, state in (("dead", "expired"), ("gone", "disconnected")):
        an_account("alice", name, "youtube")
        ends(name, NOW, owner="alice")
        accounts.mark("alice", name, state)
    accounts.add("alice", "only_access", "youtube", Credentials(access_token=SecretStr("a"), expires_at=NOW), {})
    row = {"platform": "youtube", "route": "blotato", "is_default": False, "scopes": []}
    accounts.keep("alice", "by_gateway", row, {}, {"access_token": (SecretStr("k"), NOW)})
    wanted = {(owner, f"near_{platform}") for owner in ("alice", "bob") for platform in ("youtube", "tiktok")}
    assert set(renewing.due(NOW)) == wanted | {("alice", "over")}


@pytest.mark.parametrize("platform", ["youtube", "tiktok", "instagram", "facebook", "linkedin"])
def test_a_token_is_renewed_before_anybody_needs_it(studio: Studio, platform: str):
    name = studio.connect(platform)
    before = stored(name)
    ends(name, NOW + timedelta(minutes=20))
    studio.sandbox.forget_calls()
    (renewal,) = keeping.renew_due()
    assert (renewal.outcome, renewal.account_id) == ("renewed", name)
    after = stored(name)
    assert after.access_token != before.access_token or platform in ("facebook", "instagram")
    assert after.expires_at > NOW + timedelta(minutes=30)
    assert accounts.read(OWNER, name).state == "connected"
    assert refreshes(studio) == (2 if platform == "facebook" else 1)  # the person's token, then the Page's
    studio.sandbox.forget_calls()
    assert keeping.renew_due() == [] or platform == "youtube"  # its hour is within the margin of the next round
    publications = studio.register()
    assert run_to_the_end(publications[0]).state == "published"


def test_one_accounts_trouble_never_stops_the_others(studio: Studio):
    for platform in ("youtube", "tiktok", "linkedin"):
        ends(studio.connect(platform), NOW)
    studio.sandbox.fault(match={"platform": "tiktok", "endpoint": "oauth.token"}, action="status", status=503)
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("update desk.account_secret set envelope = 'x' where account_id = 'my_linkedin'")
    found = {each.account_id: each.outcome for each in keeping.renew_due()}
    assert found == {"my_youtube": "renewed", "my_tiktok": "later", "my_linkedin": "later"}
    assert {each.state for each in accounts.list_all(OWNER)} == {"connected"}


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_dead_grant_marks_the_account_and_a_passing_error_does_not(studio: Studio, platform: str):
    name = studio.connect(platform)
    ends(name, NOW)
    for fault in ({"action": "status", "status": 500}, {"action": "drop_before"}, {"action": "status", "status": 429}):
        studio.sandbox.fault(match={"endpoint": "oauth.token"}, times=10, **fault)
        (renewal,) = keeping.renew_due()
        assert renewal.outcome == "later", fault
        assert accounts.read(OWNER, name).state == "connected"
        studio.sandbox.clear_faults()
    kill_the_grant(studio, name)
    (renewal,) = keeping.renew_due()
    assert renewal.outcome == "dead"
    assert accounts.read(OWNER, name).state == "expired"
    studio.sandbox.forget_calls()
    assert keeping.renew_due() == []  # a person is needed; asking every hour helps nobody
    assert refreshes(studio) == 0


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_wrong_secret_of_our_app_marks_no_account(studio: Studio, platform: str, monkeypatch):
    name = studio.connect(platform)
    ends(name, NOW)
    monkeypatch.setenv(settings.app_variables(platform)[2], "not our secret")
    (renewal,) = keeping.renew_due()
    assert renewal.outcome == "dead"
    assert "app" in renewal.why
    assert accounts.read(OWNER, name).state == "connected"


@pytest.mark.parametrize("accepted", [True, False], ids=["still accepted", "rotated away"])
def test_a_lost_answer_with_a_rotating_token_costs_the_account_only_when_the_platform_says_so(studio, accepted):
    studio.sandbox.settings(tiktok_rotate_refresh_tokens=not accepted)
    name = studio.connect("tiktok")
    ends(name, NOW)
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="drop_after")
    (renewal,) = keeping.renew_due()
    assert renewal.outcome == ("renewed" if accepted else "dead")
    assert accounts.read(OWNER, name).state == ("connected" if accepted else "expired")


@pytest.mark.parametrize("platform", ["youtube", "tiktok", "linkedin"])
@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_five_minutes_off_costs_one_refresh_at_most(studio: Studio, platform: str, minutes: int):
    studio.sandbox.settings(clock_offset_seconds=60 * minutes)
    name = studio.connect(platform)
    ends(name, NOW)
    assert keeping.renew_due()[0].outcome == "renewed"
    studio.sandbox.forget_calls()
    (publication_id,) = studio.register()
    assert run_to_the_end(publication_id).state == "published"
    assert refreshes(studio) <= 1
    assert accounts.read(OWNER, name).state == "connected"


def test_a_token_that_another_clock_calls_good_is_renewed_once_when_the_platform_refuses_it(studio: Studio):
    """A machine whose clock is ahead wrote the row: by that the token lives, by the platform's it is over."""
    name = studio.connect("tiktok")
    ends(name, datetime.now(UTC) + timedelta(minutes=10))
    studio.sandbox.forget_calls()
    studio.sandbox.fault(match={"endpoint": "creator_info.query"}, action="expire_token")
    (publication_id,) = studio.register()
    assert run_to_the_end(publication_id).state == "published"
    assert refreshes(studio) == 1


# what only a person can renew


@pytest.mark.parametrize(
    ("access", "refresh", "wanted"),
    [
        (timedelta(hours=1), None, "no refresh token"),
        (timedelta(hours=1), timedelta(days=300), "refresh"),
        (timedelta(hours=1), "unknown", "nobody knows"),
    ],
)
def test_when_access_ends_is_kept_with_the_tokens(desk, access, refresh, wanted):
    given = Credentials(
        access_token=SecretStr("a"),
        expires_at=NOW + access,
        refresh_token=SecretStr("r") if refresh else None,
        refresh_expires_at=NOW + refresh if isinstance(refresh, timedelta) else None,
    )
    found = accounts.add("alice", "mine", "youtube", given, {}).access_ends_at
    ends_at = {"no refresh token": NOW + access, "refresh": NOW + timedelta(days=300), "nobody knows": None}
    assert found == ends_at[wanted]
    accounts.remove("alice", "mine")
    assert accounts.read("alice", "mine").access_ends_at is None


def test_a_renewal_moves_the_end_where_the_platform_does(studio: Studio):
    tiktok, linkedin = studio.connect("tiktok"), studio.connect("linkedin")
    for name in (tiktok, linkedin):
        ends(name, NOW)
    keeping.renew_due()
    assert accounts.read(OWNER, tiktok).access_ends_at > NOW + timedelta(days=360)
    assert accounts.read(OWNER, linkedin).access_ends_at > NOW + timedelta(days=360)


def test_seven_days_before_an_end_the_owner_is_told_once_and_again_only_after_a_reconnect(studio: Studio):
    name = studio.connect("linkedin")
    ends(name, NOW + timedelta(days=8), "refresh_token")
    assert keeping.tell_of_ends() == []
    for days in (6.99, 6.98, 5, 2, 0.5):  # a round each hour; where seconds are told the end moves a little
        ends(name, NOW + timedelta(days=days), "refresh_token")
        keeping.tell_of_ends()
    assert told() == [("account_expires", name, True)]
    ends(name, NOW + timedelta(days=365), "refresh_token")  # connected again
    keeping.tell_of_ends()
    assert told() == [("account_expires", name, False)]
    ends(name, NOW + timedelta(days=6), "refresh_token")
    assert keeping.tell_of_ends() == [f"{OWNER}/{name}"]
    assert [stands for _, _, stands in told()] == [False, True]


def test_a_dead_account_is_told_once_and_is_over_when_it_is_connected_again(studio: Studio):
    name = studio.connect("youtube")
    kill_the_grant(studio, name)
    keeping.renew_due()
    assert [keeping.tell_of_ends() for _ in range(3)] == [[f"{OWNER}/{name}"], [], []]
    assert told() == [("account_expired", name, True)]
    studio.connect("youtube")
    assert keeping.tell_of_ends() == []
    assert told() == [("account_expired", name, False)]


def test_owners_are_told_of_their_own_accounts(desk):
    for owner in ("alice", "bob"):
        an_account(owner)
        accounts.mark(owner, "my_youtube", "expired", "It is over.")
    assert keeping.tell_of_ends() == ["alice/my_youtube", "bob/my_youtube"]
    assert told("alice") == told("bob") == [("account_expired", "my_youtube", True)]


@pytest.mark.parametrize(
    ("state", "left", "wanted"),
    [
        ("connected", None, "connected"), ("connected", 8, "connected"), ("connected", 6.9, "expires_soon"),
        ("connected", -0.1, "expired"), ("expired", 100, "expired"), ("expired", None, "expired"),
        ("disconnected", 1, "disconnected"), ("disconnected", None, "disconnected"),
    ],
)  # fmt: skip
def test_an_accounts_health_in_one_word(desk, state: str, left: float | None, wanted: str):
    an_account("alice")
    if left is not None:
        ends("my_youtube", NOW + timedelta(days=left), "refresh_token", owner="alice")
    accounts.mark("alice", "my_youtube", state, "A reason." if state == "expired" else None)
    found: Any = health(accounts.read("alice", "my_youtube"), NOW)
    assert found.state == wanted
    assert bool(found.why) == (wanted in ("expires_soon", "expired"))

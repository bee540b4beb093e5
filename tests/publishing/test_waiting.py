"""Publications that wait for a limit or for their account, and then go out by themselves, once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.database import engine
from include.publishing import ledger, steps, verdicts
from include.publishing.progress import Later
from include.publishing.quotas import day_ends
from include.releases.publication import Publication, State
from tests.publishing.rows import let_it_be_due
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

PACIFIC = "America/Los_Angeles"


def limit(studio: Studio, platform: str, bucket: str, at_most: int) -> None:
    """Let one of our own limits be another one."""
    path = studio.folder / "config/distribution.yaml"
    config = yaml.safe_load(path.read_text())
    config["quotas"][platform][bucket]["limit"] = at_most
    path.write_text(yaml.safe_dump(config))
    settings.forget()


def advance(publication_id: str) -> Publication:
    """Take one publication as far as it goes now, without waiting."""
    steps.advance(OWNER, publication_id)
    return ledger.read(OWNER, publication_id)


def test_a_full_upload_bucket_waits_until_midnight_in_california_and_sends_nothing(studio: Studio, source: Path):
    studio.connect("youtube")
    limit(studio, "youtube", "uploads", 1)
    studio.export(source, "t2")
    (first,), (second,) = studio.register("job1"), studio.register("job2", title_id="t2")
    assert run_to_the_end(first).state == State.PUBLISHED
    studio.sandbox.forget_calls()
    waits = advance(second)
    resets = day_ends(datetime.now(UTC), PACIFIC)
    assert waits.state == State.WAITING_QUOTA
    assert waits.next_try_at == resets
    assert re.fullmatch(
        r"YouTube's daily limit of 1 uploads is reached\. It has room again at (\S+ \S+) UTC\. "
        r"The video is scheduled for \1 UTC\.",
        waits.error["message"],
    )
    assert studio.sandbox.calls() == []
    again = steps.upload(OWNER, second)
    assert isinstance(again, Later)
    assert again.at == resets
    assert "- youtube (my_youtube): waiting_quota. YouTube's daily limit" in verdicts.verdict(CONF, "job2").summary
    with engine.transaction("alice") as connection:  # the day is over
        connection.exec_driver_sql("update desk.quota set window_start = window_start - interval '1 day'")
    let_it_be_due(OWNER, second)
    assert run_to_the_end(second).state == State.PUBLISHED
    assert len(studio.sandbox.published("youtube")) == 2


@pytest.mark.long
def test_a_limit_the_platform_itself_tells_is_waited_for(studio: Studio):
    studio.connect("youtube")
    studio.sandbox.settings(youtube_quota_uploads=1)
    try:
        studio.connect("youtube", "another_channel")
        first, second = studio.register("job1")
        assert run_to_the_end(first).state == State.PUBLISHED
        waits = advance(second)
    finally:
        studio.sandbox.settings(youtube_quota_uploads=100)
    assert waits.state == State.WAITING_QUOTA
    assert waits.next_try_at == day_ends(datetime.now(UTC), PACIFIC)
    assert "The video is scheduled for" in waits.error["message"]
    calls = len(studio.sandbox.calls("videos.insert"))
    let_it_be_due(OWNER, second)
    assert advance(second).state == State.WAITING_QUOTA
    assert len(studio.sandbox.calls("videos.insert")) == calls, "no worker asks again before the platform's own time"
    with engine.transaction(OWNER) as connection:  # the day is over
        connection.exec_driver_sql("update desk.bucket set shut_until = now()")
    let_it_be_due(OWNER, second)
    assert run_to_the_end(second).state == State.PUBLISHED
    assert len(studio.sandbox.published("youtube")) == 2


@pytest.mark.long
def test_the_sixth_tiktok_post_at_once_waits_within_the_minute(studio: Studio, source: Path):
    studio.connect("tiktok")
    six = []
    for number in range(6):
        studio.export(source, f"many{number}")
        six += studio.register(f"job{number}", title_id=f"many{number}")
    began = datetime.now(UTC)
    states = [advance(each).state for each in six]
    assert State.WAITING_QUOTA not in states[:5]
    assert states[5] == State.WAITING_QUOTA
    waits = ledger.read(OWNER, six[5])
    assert "TikTok's per-minute limit of 6 inits is reached." in waits.error["message"]
    assert began < waits.next_try_at <= datetime.now(UTC) + timedelta(minutes=1)
    assert len(studio.sandbox.calls("video.init")) == 5
    with engine.transaction(OWNER) as connection:  # the minute is over
        connection.exec_driver_sql("update desk.bucket set tokens = 5 where bucket = 'inits'")
    let_it_be_due(OWNER, six[5])
    studio.sandbox.settings(tiktok_init_per_minute=0)
    try:
        assert {run_to_the_end(each, seconds=60).state for each in six} == {State.PUBLISHED}
    finally:
        studio.sandbox.settings(tiktok_init_per_minute=6)
    assert len(studio.sandbox.published("tiktok")) == 6


def kill_the_grant(studio: Studio, account_id: str) -> None:
    """Take our access away at the platform, as its owner does in the account's settings; the token ends, too."""
    platform = accounts.read(OWNER, account_id).platform
    with engine.transaction(OWNER) as connection:
        token = accounts.read_tokens(connection, OWNER, account_id).access_token
        connection.exec_driver_sql(
            "update desk.account_secret set expires_at = now() where account_id = %s and field = 'access_token'",
            (account_id,),
        )
    app = settings.app(platform)
    form = {"token": token, "client_key": app.client_id, "client_secret": app.client_secret.get_secret_value()}
    path = {"youtube": "/youtube/oauth/revoke", "tiktok": "/tiktok/v2/oauth/revoke/"}[platform]
    assert httpx.post(f"{studio.sandbox.base}{path}", data=form, trust_env=False).is_success


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_publication_waits_for_its_dead_account_and_goes_out_once_when_it_is_connected_again(studio, platform):
    name = studio.connect(platform)
    (publication_id,) = studio.register("job1")
    kill_the_grant(studio, name)
    before = datetime.now(UTC)
    waits = advance(publication_id)
    assert waits.state == State.WAITING_ACCOUNT
    assert waits.next_try_at >= before + timedelta(minutes=4)
    assert "onnect" in waits.error["message"]
    account = accounts.read(OWNER, name)
    assert (account.state, account.trouble) == ("expired", waits.error["message"])
    for _ in range(2):  # it looks again, and nothing has changed
        let_it_be_due(OWNER, publication_id)
        assert advance(publication_id).state == State.WAITING_ACCOUNT
    assert "waiting_account" in verdicts.verdict(CONF, "job1").summary
    studio.connect(platform)
    assert accounts.read(OWNER, name).state == "connected"
    let_it_be_due(OWNER, publication_id)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert len(studio.sandbox.published(platform)) == 1


def test_looks_at_a_dead_account_use_up_no_limit(studio: Studio):
    """A call that never got a token was not sent: a day of looking must not eat the day's uploads."""
    name = studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    kill_the_grant(studio, name)
    for _ in range(5):
        assert advance(publication_id).state == State.WAITING_ACCOUNT
        let_it_be_due(OWNER, publication_id)
    with engine.transaction(OWNER) as connection:
        used = connection.exec_driver_sql("select coalesce(sum(used), 0) from desk.quota").scalar_one()
    assert used == 0
    costs = [call["quota_cost"] for call in ledger.history(OWNER, publication_id)["calls"]]
    assert sum(costs) == 0


@pytest.mark.parametrize(("platform", "endpoint"), [("youtube", "videos.insert.put"), ("tiktok", "video.init")])
def test_an_upload_whose_account_dies_in_the_middle_goes_on_after_reconnecting(studio, platform, endpoint):
    name = studio.connect(platform)
    (publication_id,) = studio.register("job1")
    nth = 2 if platform == "youtube" else 1
    studio.sandbox.fault(match={"endpoint": endpoint, "nth": nth}, action="expire_token")
    dead = {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
    studio.sandbox.fault(match={"endpoint": "oauth.token"}, action="status", status=400, body=dead)
    waits = advance(publication_id)
    assert waits.state == State.WAITING_ACCOUNT, waits.error
    assert accounts.read(OWNER, name).state == "expired"
    studio.connect(platform)
    let_it_be_due(OWNER, publication_id)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert len(studio.sandbox.published(platform)) == 1


def test_credentials_the_platform_refuses_are_not_kept(studio: Studio):
    studio.connect("youtube")  # sets the app's own credentials
    refused = Credentials(access_token="never heard of")
    with pytest.raises(Exception, match="there is no refresh token"):
        connect(OWNER, "new", "youtube", refused)
    with pytest.raises(accounts.UnknownAccount):
        accounts.read(OWNER, "new")

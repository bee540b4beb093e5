"""What a platform says of its limits is obeyed by every worker before the limit is hit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from include.platforms import http
from include.platforms.errors import QuotaExhausted
from include.publishing import clients
from include.publishing.quotas import PostgresMeter
from include.releases.publication import State
from tests.publishing.studio import OWNER, run_to_the_end

pytestmark = pytest.mark.usefixtures("desk")


def meter(owner: str = "alice", account: str = "page", app: str = "app1") -> PostgresMeter:
    return PostgresMeter(owner, "facebook", account, app, {}, pauses=True)


def test_a_pause_of_an_account_binds_all_its_workers_and_no_other_account():
    until = datetime.now(UTC) + timedelta(minutes=5)
    meter().pause(until, "Facebook says 96 % of this Page's calls are used.", shared_by="account")
    with pytest.raises(QuotaExhausted, match="96 %") as told:
        meter().reserve("videos.get")
    assert told.value.resets_at == until
    meter(account="other").reserve("videos.get")
    meter(owner="bob").reserve("videos.get")


def test_a_pause_of_an_app_binds_every_user_of_it():
    until = datetime.now(UTC) + timedelta(minutes=5)
    meter().pause(until, "The app is at its limit.", shared_by="app")
    with pytest.raises(QuotaExhausted):
        meter(owner="bob", account="another").reserve("videos.get")
    meter(owner="bob", app="app2").reserve("videos.get")


def test_an_instagram_account_near_its_limit_is_not_called_again(studio, monkeypatch):
    monkeypatch.setattr(clients, "Calls", partial(http.Calls, pause=lambda seconds: None))
    name = studio.connect("instagram", "busy")
    studio.sandbox.account("instagram", name=f"{name} of {OWNER}", usage_percent=96)
    (publication_id,) = studio.register(targets=[{"account": name}])
    studio.sandbox.forget_calls()
    publication = run_to_the_end(publication_id, seconds=3)
    assert publication.state == State.WAITING_QUOTA
    assert "96 %" in publication.error["message"]
    assert [(call["endpoint"], call["status"]) for call in studio.sandbox.calls()] == [("publishing_limit.read", 200)]


def test_a_shorter_pause_does_not_end_a_longer_one_and_a_past_one_binds_nobody():
    now = datetime.now(UTC)
    meter().pause(now + timedelta(minutes=5), "long", shared_by="account")
    meter().pause(now + timedelta(minutes=1), "short", shared_by="account")
    with pytest.raises(QuotaExhausted, match="long"):
        meter().reserve("videos.get")
    meter(account="rested").pause(now - timedelta(seconds=1), "over", shared_by="account")
    meter(account="rested").reserve("videos.get")

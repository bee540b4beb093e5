"""Meta's numbers in the sandbox are as strict as Meta's pages say, and as true as the crowds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.meta_callers import FacebookCaller, InstagramCaller, code_of
from tests.sandbox_server import SandboxServer

DAY = 86_400
NOW = "2026-11-21T12:30:00+00:00"
BEFORE = "2026-11-18T12:00:00+00:00"


@pytest.fixture(autouse=True)
def _still(sandbox: SandboxServer) -> Any:
    switches = sandbox.settings()
    sandbox._call("POST", "/sandbox/clock", {"to": NOW, "stop": True})
    yield
    sandbox.settings(**switches)


def planted(sandbox: SandboxServer, platform: str, account: str, count: int = 1) -> list[str]:
    wanted = {"platform": platform, "account": account, "count": count, "published_at": BEFORE}
    return list(sandbox._call("POST", "/sandbox/videos", wanted)["ids"])


def test_money_with_other_metrics_fails_as_if_in_passing(sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page")
    planted(sandbox, "facebook", page.page)
    path = f"{page.page}/insights"
    mixed = page.get(path, metric="content_monetization_earnings,page_media_view", period="day")
    assert (mixed.status_code, code_of(mixed)[0]) == (500, 2)
    (row,) = page.get(path, metric="content_monetization_earnings", period="day").json()["data"]
    assert row["values"][-1]["value"].keys() == {"currency", "microAmount"}


def test_a_metric_that_is_dead_or_retired_by_a_switch_fails_the_whole_call(sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page")
    (video,) = planted(sandbox, "facebook", page.page)
    path = f"{video}/video_insights"
    assert code_of(page.get(path, metric="blue_reels_play_count,total_video_views_unique"))[0] == 100
    sandbox.settings(meta_retired_metrics=["blue_reels_play_count"])
    assert code_of(page.get(path, metric="blue_reels_play_count,post_video_view_time"))[0] == 100
    assert page.get(path, metric="post_video_view_time").status_code == 200


def test_small_pages_and_accounts_are_told_nothing(sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page", followers=99)
    assert page.get(f"{page.page}/insights", metric="page_media_view", period="day").json() == {"data": []}
    small = InstagramCaller(sandbox, "Small", followers=99)
    query = {"period": "lifetime", "metric_type": "total_value", "breakdown": "age", "timeframe": "this_month"}
    path = f"{small.user}/insights"
    assert small.get(path, metric="follower_demographics", **query).json() == {"data": []}
    assert small.get(path, metric="follower_count", period="day").json() == {"data": []}


def test_spans_have_limits(sandbox: SandboxServer) -> None:
    account = InstagramCaller(sandbox, "Ada")
    path, until = f"{account.user}/insights", 1_763_712_000  # a midnight in California
    assert code_of(account.get(path, metric="reach", period="day", since=until - 31 * DAY, until=until))[0] == 100
    one_day = {"period": "day", "metric_type": "total_value", "since": until - DAY, "until": until}
    refused = account.get(path, metric="follows_and_unfollows", breakdown="follow_type", **one_day)
    assert code_of(refused)[0] == 100


def test_breakdowns_add_up_and_are_refused_for_metrics_that_have_none(sandbox: SandboxServer) -> None:
    account = InstagramCaller(sandbox, "Ada")
    planted(sandbox, "instagram", account.user, 3)
    path, query = f"{account.user}/insights", {"period": "day", "metric_type": "total_value"}
    (row,) = account.get(path, metric="views", breakdown="media_product_type,follow_type", **query).json()["data"]
    results = row["total_value"]["breakdowns"][0]["results"]
    assert sum(one["value"] for one in results) == row["total_value"]["value"] > 0
    assert {one["dimension_values"][0] for one in results} == {"REEL"}
    assert code_of(account.get(path, metric="accounts_engaged", breakdown="follow_type", **query))[0] == 100


def test_insights_may_lag_behind_the_counters(sandbox: SandboxServer) -> None:
    account = InstagramCaller(sandbox, "Ada")
    (media,) = planted(sandbox, "instagram", account.user)
    sandbox.settings(meta_insights_lag_seconds=2.0 * DAY)
    fields = "like_count,insights.metric(likes)"
    told = account.get(media, fields=fields).json()
    assert told["insights"]["data"][0]["values"][0]["value"] < told["like_count"]


def test_what_people_wrote_can_be_hidden_answered_and_deleted(sandbox: SandboxServer) -> None:
    account = InstagramCaller(sandbox, "Ada")
    for media in planted(sandbox, "instagram", account.user, 20):
        told = account.get(f"{media}/comments", limit=50).json()["data"]
        if told:
            break
    counted = account.get(media, fields="comments_count").json()["comments_count"]
    key = told[0]["id"]
    assert account.post(key, hide="true").json() == {"success": True}
    assert account.get(key, fields="hidden").json()["hidden"] is True
    assert account.post(f"{key}/replies", message="Thank you").status_code == 200
    assert account.get(media, fields="comments_count").json()["comments_count"] == counted + 1
    assert account.ask("DELETE", key).json() == {"success": True}
    assert code_of(account.get(key)) == (100, 33)

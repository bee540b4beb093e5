"""TikTok's Business API in the sandbox is as strict as the reference says: HTTP 200 always, the code tells."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox_server import SandboxServer

SCOPES = ["user.info.basic", "user.insights", "video.insights"]


class BusinessCaller:
    """One business account and its token."""

    def __init__(self, sandbox: SandboxServer, **wanted: Any) -> None:
        self.sandbox = sandbox
        self.credentials = sandbox.account("tiktok", **{"name": "shop", "scopes": SCOPES, **wanted})
        self.base = f"{sandbox.endpoints()['tiktok']['business']}/open_api/v1.3"
        self.http = httpx.Client(headers={"Access-Token": self.credentials["access_token"]}, trust_env=False)

    def get(self, path: str, fields: Any = ("username",), **given: Any) -> dict[str, Any]:
        """Call, and return the envelope."""
        wanted = fields if isinstance(fields, str) else json.dumps(list(fields))
        query = {"business_id": self.credentials["platform_user_id"], "fields": wanted, **given}
        answer = self.http.get(f"{self.base}/{path}", params=query)
        assert answer.status_code == 200
        return dict(answer.json())

    def videos(self, fields: Any = ("item_id",), **given: Any) -> dict[str, Any]:
        """List videos."""
        return self.get("business/video/list/", fields, **given)

    def plant(self, count: int, days: float) -> list[str]:
        """Make videos."""
        at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        wanted = {"platform": "tiktok", "account": self.credentials["platform_user_id"], "count": count}
        return list(self.sandbox._call("POST", "/sandbox/videos", {**wanted, "published_at": at})["ids"])


@pytest.fixture
def shop(sandbox: SandboxServer) -> BusinessCaller:
    return BusinessCaller(sandbox)


def test_why_a_call_is_refused(sandbox: SandboxServer, shop: BusinessCaller) -> None:
    assert shop.get("business/get/")["code"] == 0
    assert shop.get("business/get/", business_id="somebody")["code"] == 40001
    assert BusinessCaller(sandbox, name="plain", business_insights=False).get("business/get/")["code"] == 40001
    assert BusinessCaller(sandbox, name="half", scopes=["user.insights"]).videos()["code"] == 40130
    assert shop.get("business/get/", ["username", "nonsense"])["message"] == "fields: Invalid value of 'nonsense'."
    assert shop.get("business/get/", "username")["code"] == 40002
    shop.http.headers["Access-Token"] = "nonsense"
    assert shop.get("business/get/")["code"] == 40105
    del shop.http.headers["Access-Token"]
    assert shop.get("business/get/")["code"] == 40104


def test_an_expired_token_and_too_many_calls_have_codes_of_their_own(
    sandbox: SandboxServer, shop: BusinessCaller
) -> None:
    sandbox.settings(tiktok_business_per_minute=2)
    assert [shop.get("business/get/")["code"] for _ in range(3)] == [0, 0, 40100]
    sandbox.fault(match={"endpoint": "business.get"}, action="expire_token")
    assert shop.get("business/get/")["code"] == 40102


def test_days_are_at_most_60_and_lag(shop: BusinessCaller) -> None:
    today = datetime.now(UTC).date()
    days = {"start_date": str(today - timedelta(days=61)), "end_date": str(today)}
    assert shop.get("business/get/", ["video_views"], **days)["code"] == 40002
    days["start_date"] = str(today - timedelta(days=59))
    rows = shop.get("business/get/", ["likes"], **days)["data"]["metrics"]
    assert (rows[0]["date"], rows[-1]["date"]) == (days["start_date"], str(today - timedelta(days=2)))


def test_videos_come_in_pages_of_20_and_by_id(shop: BusinessCaller) -> None:
    ids = shop.plant(25, 3)
    first = shop.videos()["data"]
    assert ([one["item_id"] for one in first["videos"]], first["has_more"]) == (ids[:4:-1], True)
    rest = shop.videos(cursor=first["cursor"])["data"]
    assert ([one["item_id"] for one in rest["videos"]], rest["has_more"]) == (ids[4::-1], False)
    some = shop.videos(filters=json.dumps({"video_ids": [ids[3], "1"]}))["data"]["videos"]
    assert [one["item_id"] for one in some] == [ids[3]]
    assert shop.videos(max_count=21)["code"] == 40002
    assert shop.videos(filters=json.dumps({"video_ids": ids}))["code"] == 40002


def test_what_has_been_quiet_for_a_week_is_blank(sandbox: SandboxServer, shop: BusinessCaller) -> None:
    shop.plant(1, 3)
    fields = ["reach", "total_time_watched", "impression_sources", "video_views", "create_time"]
    (busy,) = shop.videos(fields)["data"]["videos"]
    assert busy["reach"] > 0
    assert isinstance(busy["create_time"], str)
    sandbox._call("POST", "/sandbox/clock", {"days": 380})
    later = BusinessCaller(sandbox)
    (quiet,) = later.videos(fields)["data"]["videos"]
    assert (quiet["reach"], quiet["total_time_watched"], quiet["impression_sources"]) == ("", "", "")
    assert quiet["video_views"] > busy["video_views"]


def test_demographics_need_a_hundred_followers(shop: BusinessCaller) -> None:
    fields = ["followers_count", "audience_countries"]
    data = shop.get("business/get/", fields)["data"]
    assert (data["followers_count"], data["audience_countries"]) == (0, [])
    shop.plant(30, 40)
    data = shop.get("business/get/", fields)["data"]
    assert data["followers_count"] > 100
    assert sum(one["percentage"] for one in data["audience_countries"]) == pytest.approx(1, abs=0.001)

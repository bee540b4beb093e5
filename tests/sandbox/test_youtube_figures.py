"""Counters, reports and bulk files of YouTube as strict as the papers say (youtube.md 4.3, 9.1, 10, 11)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.callers import YouTubeCaller
from tests.sandbox_server import SandboxServer

NOW = "2026-11-21T20:30:00+00:00"
NOT_SUPPORTED = "The query is not supported."


@pytest.fixture
def videos(sandbox: SandboxServer, youtube: YouTubeCaller) -> list[str]:
    """Three videos that came out twelve days ago."""
    sandbox._call("POST", "/sandbox/clock", {"to": NOW, "stop": True})
    channel = youtube.credentials["platform_user_id"]
    wanted = {"platform": "youtube", "account": channel, "count": 3, "published_at": "2026-11-09T20:00:00+00:00"}
    return list(sandbox._call("POST", "/sandbox/videos", wanted)["ids"])


def ask(sandbox: SandboxServer, youtube: YouTubeCaller, **given: str) -> httpx.Response:
    """Ask the Analytics API."""
    usual = {"ids": "channel==MINE", "startDate": "2026-11-10", "endDate": "2026-11-17", "metrics": "views"}
    return youtube.http.get(sandbox.endpoints()["youtube"]["analytics"] + "/v2/reports", params=usual | given)


def rows(response: httpx.Response) -> list[list[Any]]:
    """Return the rows of an answer."""
    assert response.status_code == 200, response.text
    return list(response.json().get("rows", []))


def truth(sandbox: SandboxServer, first: str, last: str) -> dict[tuple[str, str], dict[str, int]]:
    """Return what really happened."""
    told = sandbox._call("GET", f"/sandbox/truth?platform=youtube&first={first}&last={last}")
    return {(one["video_id"], one["day"]): one["metrics"] for one in told}


def test_reports_are_the_truth(sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]) -> None:
    named = {"filters": f"video=={','.join(videos)}", "dimensions": "video,day"}
    found = {(video, day): (views, likes) for video, day, views, likes in rows(
        ask(sandbox, youtube, metrics="views,likes", **named))}  # fmt: skip
    told = truth(sandbox, "2026-11-10", "2026-11-17")
    assert found == {key: (one["views"], one["likes"]) for key, one in told.items()}
    total = sum(one["views"] for one in told.values())
    assert rows(ask(sandbox, youtube)) == [[total]]
    for dimension in ("country", "deviceType", "insightTrafficSourceType", "subscribedStatus"):
        assert sum(row[1] for row in rows(ask(sandbox, youtube, dimensions=dimension))) == total


@pytest.mark.parametrize(
    "given",
    [
        {"dimensions": "video,day"},
        {"dimensions": "video"},
        {"dimensions": "video", "sort": "views", "maxResults": "10"},
        {"dimensions": "video", "sort": "-views", "maxResults": "201"},
        {"dimensions": "day,month", "startDate": "2026-11-01", "endDate": "2026-11-01"},
        {"dimensions": "country,day"},
        {"dimensions": "province"},
        {"dimensions": "ageGroup"},
        {"dimensions": "ageGroup,day", "metrics": "viewerPercentage"},
        {"dimensions": "insightTrafficSourceType", "metrics": "likes"},
        {"dimensions": "insightTrafficSourceDetail", "sort": "-views", "maxResults": "25"},
        {"dimensions": "city", "sort": "-views", "maxResults": "26"},
        {"dimensions": "elapsedVideoTimeRatio", "metrics": "audienceWatchRatio"},
        {"metrics": "videoThumbnailImpressions"},
        {"dimensions": "day", "filters": "country==US;continent==002"},
    ],
    ids=lambda given: " ".join(given.values()),
)
def test_other_questions_are_not_supported(sandbox: SandboxServer, youtube: YouTubeCaller, given: Any) -> None:
    response = ask(sandbox, youtube, **given)
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith(NOT_SUPPORTED)


def test_names_that_do_not_exist_are_named(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_retired_metrics=["dislikes"])
    for name in ("impressions", "dislikes"):
        error = ask(sandbox, youtube, metrics=f"views,{name}").json()["error"]
        assert error["message"] == f"Unknown identifier ({name}) given in field parameters.metrics."
    assert ask(sandbox, youtube, startDate="2026-11-18").status_code == 400
    month = ask(sandbox, youtube, dimensions="month", startDate="2026-11-02")
    assert "does not align to chosen dimension" in month.json()["error"]["message"]


def test_money_needs_the_scope_and_the_programme(sandbox: SandboxServer) -> None:
    sandbox._call("POST", "/sandbox/clock", {"to": NOW, "stop": True})
    poor = YouTubeCaller(sandbox, "Poor")
    rich = YouTubeCaller(sandbox, "Rich", monetized=True)
    google = "https://www.googleapis.com/auth/"
    shy = YouTubeCaller(sandbox, "Shy", monetized=True, scopes=[google + "youtube.readonly"])
    asked = [ask(sandbox, one, metrics="views,estimatedRevenue") for one in (poor, rich, shy)]
    assert [one.status_code for one in asked] == [403, 200, 403]
    assert asked[0].json()["error"]["errors"][0]["reason"] == "forbidden"
    assert ask(sandbox, poor, ids="channel==UCsomebody").status_code == 403


def test_no_data_is_no_rows_and_the_last_days_come_late(
    sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]
) -> None:
    assert "rows" not in ask(sandbox, youtube, startDate="2026-11-01", endDate="2026-11-05").json()
    found = rows(ask(sandbox, youtube, dimensions="day", endDate="2026-11-21"))
    assert found[-1][0] == "2026-11-18"
    day = sum(one["views"] for one in truth(sandbox, "2026-11-18", "2026-11-18").values())
    assert day * 0.85 < found[-1][1] < day


def test_a_long_question_goes_as_a_post(sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]) -> None:
    ids = ",".join([*videos, *(f"none{number:07d}" for number in range(700))])
    given = {"dimensions": "video,day", "filters": f"video=={ids}"}
    assert ask(sandbox, youtube, **given).status_code == 414
    address = sandbox.endpoints()["youtube"]["analytics"] + "/v2/reports"
    body = {"ids": "channel==MINE", "startDate": "2026-11-10", "endDate": "2026-11-17", "metrics": "views"} | given
    assert youtube.http.post(address, data=body).status_code == 404
    override = {"X-HTTP-Method-Override": "GET"}
    assert youtube.http.post(address, data=body, headers=override).status_code == 400  # more than 500 ids
    body["filters"] = f"video=={','.join(ids.split(',')[:500])}"
    assert len(rows(youtube.http.post(address, data=body, headers=override))) == 24


def test_retention_looks_at_the_first_video_only(
    sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]
) -> None:
    given = {"dimensions": "elapsedVideoTimeRatio", "metrics": "audienceWatchRatio"}
    one = rows(ask(sandbox, youtube, filters=f"video=={videos[0]}", **given))
    assert one == rows(ask(sandbox, youtube, filters=f"video=={videos[0]},{videos[1]}", **given))
    assert [row[0] for row in one] == [number / 100 for number in range(1, 101)]


def test_bulk_files_come_late_and_are_the_truth(
    sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]
) -> None:
    place = sandbox.endpoints()["youtube"]["reporting"] + "/v1"
    wanted = {"reportTypeId": "channel_basic_a3", "name": "mine"}
    job = youtube.http.post(f"{place}/jobs", json=wanted).json()
    again = youtube.http.post(f"{place}/jobs", json=wanted)
    assert (again.status_code, again.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert "errors" not in again.json()["error"]
    assert youtube.http.get(f"{place}/jobs/{job['id']}/reports").json() == {}
    sandbox._call("POST", "/sandbox/clock", {"days": 3})
    youtube = YouTubeCaller(sandbox)
    reports = youtube.http.get(f"{place}/jobs/{job['id']}/reports").json()["reports"]
    by_day = {date.fromisoformat(one["startTime"][:10]): one for one in reports}
    one = by_day[date(2026, 11, 15)]
    assert (one["startTime"], one["endTime"]) == ("2026-11-15T08:00:00Z", "2026-11-16T08:00:00Z")
    answer = youtube.http.get(one["downloadUrl"])
    assert answer.headers["content-encoding"] == "gzip"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    told = truth(sandbox, "2026-11-15", "2026-11-15")
    for video in videos:
        mine = sum(int(line["views"]) for line in lines if line["video_id"] == video)
        assert mine == told[video, "2026-11-15"]["views"]
    sandbox._call("POST", "/sandbox/clock", {"days": 31})
    youtube = YouTubeCaller(sandbox)
    assert youtube.http.get(one["downloadUrl"]).status_code == 404


def test_counters_are_strings_and_follow_the_clock(
    sandbox: SandboxServer, youtube: YouTubeCaller, videos: list[str]
) -> None:
    def now() -> dict[str, Any]:
        body = YouTubeCaller(sandbox).get("videos:batchGetStats", part="statistics", id=videos[0]).json()
        return dict(body["items"][0]["statistics"])

    first = now()
    sandbox._call("POST", "/sandbox/clock", {"days": 1})
    second = now()
    assert all(isinstance(one, str) for one in first.values())
    assert int(second["viewCount"]) > int(first["viewCount"])
    before = date(2026, 11, 22) - timedelta(days=13)
    days = truth(sandbox, str(before), "2026-11-21")
    assert int(second["viewCount"]) >= sum(one["views"] for (video, _), one in days.items() if video == videos[0])

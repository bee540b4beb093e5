"""Tokens, scopes and quota: the exact bodies Google sends (youtube.md 1.7, 6, 12.2)."""

from __future__ import annotations

import pytest

from tests.sandbox import clips
from tests.sandbox.callers import YouTubeCaller, reason_of
from tests.sandbox_server import SandboxServer

GOOGLE = "https://www.googleapis.com/auth/"
CALLS = {
    "videos.list": ("GET", "videos?part=id&id=x"),
    "videos.update": ("PUT", "videos?part=status"),
    "videos.delete": ("DELETE", "videos?id=x"),
    "playlists.insert": ("POST", "playlists?part=snippet"),
    "playlistItems.insert": ("POST", "playlistItems?part=snippet"),
    "channels.list": ("GET", "channels?part=id&mine=true"),
}
READERS = {"videos.list", "channels.list"}
OPEN = {
    "youtube": set(CALLS) | {"videos.insert"},
    "youtube.force-ssl": set(CALLS) | {"videos.insert"},
    "youtube.readonly": READERS,
    "youtube.upload": {"videos.insert"},
    "yt-analytics.readonly": set(),
}


@pytest.mark.parametrize("scope", OPEN)
def test_each_scope_opens_its_methods_only(sandbox: SandboxServer, scope: str) -> None:
    channel = YouTubeCaller(sandbox, scopes=[GOOGLE + scope])
    opened = set()
    for name, (method, path) in CALLS.items():
        answer = channel.http.request(method, f"{channel.api}/{path}", json=None if method == "GET" else {})
        if answer.status_code != 403 or reason_of(answer) != "insufficientPermissions":
            opened.add(name)
    if channel.start(10).status_code == 200:
        opened.add("videos.insert")
    assert opened == OPEN[scope]


def test_missing_scope_has_googles_body(sandbox: SandboxServer) -> None:
    refused = YouTubeCaller(sandbox, scopes=[GOOGLE + "youtube.readonly"]).start(10)
    error = refused.json()["error"]
    assert (refused.status_code, error["status"]) == (403, "PERMISSION_DENIED")
    assert error["message"] == "Request had insufficient authentication scopes."
    assert error["errors"] == [
        {"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}
    ]
    assert error["details"][0]["metadata"]["method"] == "youtube.api.v3.V3DataVideoService.Insert"


def test_wrong_token_has_googles_body(youtube: YouTubeCaller) -> None:
    youtube.http.headers["Authorization"] = "Bearer nonsense"
    refused = youtube.get("channels", mine="true", part="id")
    error = refused.json()["error"]
    assert (refused.status_code, error["status"], error["errors"][0]["reason"]) == (401, "UNAUTHENTICATED", "authError")
    assert error["errors"][0]["message"] == "Invalid Credentials"


def test_token_ends_after_its_hour(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(clock_offset_seconds=3600)
    assert youtube.get("channels", mine="true", part="id").status_code == 401


def test_user_without_a_channel_has_to_sign_up(sandbox: SandboxServer) -> None:
    nobody = YouTubeCaller(sandbox, "Nobody", has_channel=False)
    refused = nobody.start(10)
    assert (refused.status_code, reason_of(refused)) == (401, "youtubeSignupRequired")


def test_tiktok_token_opens_nothing_here(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    youtube.http.headers["Authorization"] = f"Bearer {sandbox.account('tiktok', 'x')['access_token']}"
    assert youtube.get("channels", mine="true", part="id").status_code == 401


def test_empty_pool_is_403_until_midnight_pacific(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_quota_queries=51, youtube_token_seconds=10 * 86_400)
    lasting = YouTubeCaller(sandbox)
    body = {"snippet": {"title": "One"}}
    assert lasting.http.post(f"{lasting.api}/playlists?part=snippet", json=body).status_code == 200
    assert lasting.get("channels", mine="true", part="id").status_code == 200
    refused = lasting.get("channels", mine="true", part="id")
    assert (refused.status_code, reason_of(refused)) == (403, "quotaExceeded")
    assert refused.json()["error"]["errors"][0]["domain"] == "youtube.quota"
    assert lasting.start(10).status_code == 200  # uploads have a bucket of their own
    sandbox.settings(clock_offset_seconds=86_400)
    assert lasting.get("channels", mine="true", part="id").status_code == 200


def test_empty_upload_bucket_is_429_with_per_day(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_quota_uploads=2)
    assert youtube.start(10, title="").status_code == 400  # a refused start counts as well
    assert youtube.start(10).status_code == 200
    refused = youtube.start(10)
    error = refused.json()["error"]
    assert (refused.status_code, reason_of(refused), error["status"]) == (
        429,
        "rateLimitExceeded",
        "RESOURCE_EXHAUSTED",
    )
    assert "limit 'Video Uploads per day'" in error["message"]
    assert youtube.get("channels", mine="true", part="id").status_code == 200


def test_channel_limit_is_400_for_that_channel_only(sandbox: SandboxServer) -> None:
    busy, other = YouTubeCaller(sandbox, "Busy", uploads_per_day=1), YouTubeCaller(sandbox, "Other")
    busy.publish(clips.video())
    refused = busy.start(10)
    assert (refused.status_code, reason_of(refused)) == (400, "uploadLimitExceeded")
    assert other.start(10).status_code == 200


def test_queries_a_minute_can_be_limited(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_queries_per_minute=2)
    answers = [youtube.get("channels", mine="true", part="id") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert reason_of(answers[2]) == "userRateLimitExceeded"

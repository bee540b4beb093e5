"""Misbehaving on demand: every action, and how rules are counted."""

from __future__ import annotations

import socket
import time
from typing import Any

import httpx
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import UNIT, TikTokCaller, YouTubeCaller, sha256
from tests.sandbox_server import SandboxServer

BYTES = bytes(range(256)) * 4096
TOTAL = len(BYTES)
LIST: dict[str, Any] = {"match": {"endpoint": "playlists.insert"}}
BODY = {"snippet": {"title": "P"}}


def insert(channel: YouTubeCaller) -> httpx.Response:
    """Do something that leaves a trace."""
    return channel.http.post(f"{channel.api}/playlists?part=snippet", json=BODY)


def count(channel: YouTubeCaller) -> int:
    """Count the traces."""
    return len(channel.get("playlists", mine="true", part="id").json()["items"])


def test_dropped_before_nothing_happened(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(**LIST, action="drop_before")
    with pytest.raises(httpx.TransportError):
        insert(youtube)
    assert count(youtube) == 0
    assert insert(youtube).status_code == 200


def test_dropped_after_it_has_happened(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(**LIST, action="drop_after")
    with pytest.raises(httpx.TransportError):
        insert(youtube)
    assert count(youtube) == 1


@pytest.mark.parametrize("action", ["drop_before", "drop_after"])
def test_dropping_is_a_real_reset(sandbox: SandboxServer, action: str) -> None:
    sandbox.fault(action=action)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as wire:
        wire.sendall(b"GET /youtube/youtube/v3/channels HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            wire.recv(1)


@pytest.mark.parametrize(("act", "happened"), [(False, 0), (True, 1)])
def test_status_is_answered_with_headers_and_body(
    sandbox: SandboxServer, youtube: YouTubeCaller, act: bool, happened: int
) -> None:
    sandbox.fault(**LIST, action="status", status=429, headers={"Retry-After": "7"}, body={"error": "slow"}, act=act)
    answer = insert(youtube)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (429, "7", {"error": "slow"})
    assert count(youtube) == happened


def test_delay_answers_late(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(**LIST, action="delay", seconds=0.3)
    started = time.monotonic()
    assert insert(youtube).status_code == 200
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(("act", "happened"), [(False, 0), (True, 1)])
def test_hanging_runs_into_the_clients_time_out(
    sandbox: SandboxServer, youtube: YouTubeCaller, act: bool, happened: int
) -> None:
    sandbox.fault(**LIST, action="hang", seconds=30, act=act)
    with pytest.raises(httpx.ReadTimeout):
        youtube.http.post(f"{youtube.api}/playlists?part=snippet", json=BODY, timeout=1)
    assert count(youtube) == happened


def test_hanging_ends_by_itself(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(**LIST, action="hang", seconds=0.2)
    with pytest.raises(httpx.TransportError):
        insert(youtube)


def test_cut_upload_keeps_whole_units(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    session = youtube.start(TOTAL).headers["Location"]
    sandbox.fault(match={"endpoint": "videos.insert.put"}, action="cut_after_bytes", bytes=2 * UNIT + 17)
    with pytest.raises(httpx.TransportError):
        youtube.put(session, BYTES)
    assert youtube.ask(session, TOTAL).headers["Range"] == f"bytes=0-{2 * UNIT - 1}"
    rest = youtube.put(session, BYTES[2 * UNIT :], f"bytes {2 * UNIT}-{TOTAL - 1}/{TOTAL}")
    assert (rest.status_code, sandbox.published()[0]["sha256"]) == (201, sha256(BYTES))


def test_cut_behind_the_last_byte_is_a_finished_upload(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    session = youtube.start(TOTAL).headers["Location"]
    sandbox.fault(match={"endpoint": "videos.insert.put"}, action="drop_after")
    with pytest.raises(httpx.TransportError):
        youtube.put(session, BYTES)
    assert youtube.ask(session, TOTAL).json()["id"] == sandbox.published()[0]["id"]


def test_cut_tiktok_chunk_counts_as_nothing(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    content = clips.video()
    data = tiktok.init(len(content)).json()["data"]
    sandbox.fault(match={"endpoint": "video.put"}, action="cut_after_bytes", bytes=1000)
    with pytest.raises(httpx.TransportError):
        tiktok.put(data["upload_url"], content, 0, len(content))
    assert tiktok.status(data["publish_id"])["uploaded_bytes"] == 0
    assert tiktok.put(data["upload_url"], content, 0, len(content)).status_code == 201


def test_client_that_leaves_in_the_middle_leaves_whole_units(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    session = youtube.start(TOTAL).headers["Location"]

    def pieces() -> Any:
        yield BYTES[: UNIT + 99]
        until = time.monotonic() + 10
        while sandbox.calls("videos.insert.put")[-1]["received"] < UNIT + 99 and time.monotonic() < until:
            time.sleep(0.02)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        youtube.http.put(session, content=pieces(), headers={"Content-Length": str(TOTAL)})
    assert youtube.ask(session, TOTAL).headers["Range"] == f"bytes=0-{UNIT - 1}"


def test_forgotten_session_is_gone_before_and_after_its_end(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    first, second = (youtube.start(TOTAL).headers["Location"] for _ in range(2))
    youtube.put(second, BYTES)
    sandbox.fault(match={"endpoint": "videos.insert.status"}, action="forget_session", times=2)
    assert [youtube.ask(one, TOTAL).status_code for one in (first, second)] == [404, 404]
    assert len(sandbox.published()) == 1


def test_forgotten_tiktok_upload_is_not_found(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    content = clips.video()
    data = tiktok.init(len(content)).json()["data"]
    sandbox.fault(match={"endpoint": "video.put"}, action="forget_session")
    assert tiktok.put(data["upload_url"], content, 0, len(content)).status_code == 404


def test_expired_token_can_be_refreshed(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(**LIST, action="expire_token")
    assert insert(youtube).status_code == 401
    mine = youtube.credentials
    form = {name: mine[name] for name in ("client_id", "client_secret", "refresh_token")}
    token = sandbox.endpoints()["youtube"]["token"]
    new = httpx.post(f"{token}/token", data={**form, "grant_type": "refresh_token"}).json()["access_token"]
    youtube.http.headers["Authorization"] = f"Bearer {new}"
    assert insert(youtube).status_code == 200


@pytest.mark.parametrize(
    ("reason", "state", "field", "shown"),
    [
        ("conversion", "failed", "failureReason", "conversion"),
        ("duplicate", "rejected", "rejectionReason", "duplicate"),
    ],
)
@pytest.mark.parametrize("endpoint", ["videos.insert.start", "videos.insert.put"])
def test_processing_can_be_made_to_fail(
    sandbox: SandboxServer, youtube: YouTubeCaller, endpoint: str, reason: str, state: str, field: str, shown: str
) -> None:
    sandbox.fault(match={"endpoint": endpoint}, action="fail_processing", reason=reason)
    status = youtube.video(youtube.publish(clips.video()), "status")["status"]
    assert (status["uploadStatus"], status[field]) == (state, shown)


def test_tiktok_processing_can_be_made_to_fail(sandbox: SandboxServer, tiktok: TikTokCaller) -> None:
    sandbox.fault(match={"endpoint": "video.put"}, action="fail_processing", reason="spam_risk_text")
    data = tiktok.status(tiktok.publish(clips.video()))
    assert (data["status"], data["fail_reason"]) == ("FAILED", "spam_risk_text")


def test_rules_count_the_nth_request_and_how_often(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(match={"path": "/v3/channels$", "nth": 2}, action="status", status=500, times=2)
    statuses = [youtube.get("channels", mine="true", part="id").status_code for _ in range(5)]
    assert statuses == [200, 500, 500, 200, 200]
    (rule,) = sandbox.faults()
    assert (rule["seen"], rule["hits"]) == (5, 2)
    sandbox.clear_faults()
    assert sandbox.faults() == []


def test_rules_can_be_about_one_account(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.fault(
        match={"account": "Unlucky", "platform": "youtube", "method": "GET"}, action="status", status=500, times=None
    )
    unlucky = YouTubeCaller(sandbox, "Unlucky")
    assert youtube.get("channels", mine="true", part="id").status_code == 200
    assert [unlucky.get("channels", mine="true", part="id").status_code for _ in range(3)] == [500] * 3


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "explode"},
        {"action": "status"},
        {"action": "delay", "seconds": 1, "minutes": 2},
        {"action": "drop_before", "match": {"colour": "red"}},
        {"action": "drop_before", "match": {"path": "("}},
        {"action": "drop_before", "times": 0},
    ],
)
def test_rules_that_make_no_sense_are_refused(sandbox: SandboxServer, rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="error"):
        sandbox.fault(**rule)


def test_log_counts_requests_and_holds_no_secret(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    session = youtube.start(TOTAL).headers["Location"]
    sandbox.fault(match={"endpoint": "videos.insert.put"}, action="drop_before")
    with pytest.raises(httpx.TransportError):
        youtube.put(session, BYTES)
    youtube.ask(session, TOTAL)
    youtube.put(session, BYTES)
    calls = sandbox.calls()
    assert [(call["endpoint"], call["status"], call["fault"]) for call in calls] == [
        ("videos.insert.start", 200, None),
        ("videos.insert.put", None, "drop_before"),
        ("videos.insert.status", 308, None),
        ("videos.insert.put", 201, None),
    ]
    assert calls[3]["received"] == TOTAL
    upload = httpx.URL(session).params["upload_id"]
    assert all(secret not in str(calls) for secret in (upload, youtube.credentials["access_token"]))

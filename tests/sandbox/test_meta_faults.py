"""Meta's faults that matter for publishing, each had on demand (meta.md 9.5)."""

from __future__ import annotations

import contextlib
from typing import Any

import httpx
import pytest

from tests.sandbox.meta_callers import FacebookCaller, FileHost, InstagramCaller, code_of, reel
from tests.sandbox_server import SandboxServer

SPAM = {"error": {"message": "(#4) Application request limit reached", "type": "OAuthException", "code": 4,
                  "error_subcode": 2207051, "fbtrace_id": "A"}}  # fmt: skip
FATAL = {"error": {"message": "Fatal", "type": "OAuthException", "code": -1, "fbtrace_id": "A"}}
LOST: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "hang", "seconds": 0.1, "act": True},
    {"action": "status", "status": 500, "body": "<html>", "act": True},
    {"action": "status", "status": 400, "body": SPAM, "act": True},
    {"action": "status", "status": 400, "body": FATAL, "act": True},
]
IDS = ["dropped", "hung", "500", "4/2207051", "-1 Fatal"]


@pytest.mark.parametrize("fault", LOST, ids=IDS)
def test_instagram_may_publish_and_say_otherwise(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost, fault: dict[str, Any]
) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()), caption="Once")
    sandbox.fault(match={"endpoint": "media.publish", "account": "Ada"}, **fault)
    with contextlib.suppress(httpx.TransportError):
        assert instagram.publish(container).is_error
    assert instagram.status(container)["status_code"] == "PUBLISHED"
    (row,) = instagram.get(f"{instagram.user}/media", fields="id,caption").json()["data"]
    assert [one["id"] for one in sandbox.published()] == [row["id"]]
    assert sandbox.faults()[0]["hits"] == 1


@pytest.mark.parametrize("fault", LOST, ids=IDS)
@pytest.mark.parametrize("kind", ["video_reels", "videos"])
def test_facebook_may_publish_and_say_otherwise(
    sandbox: SandboxServer, facebook: FacebookCaller, fault: dict[str, Any], kind: str
) -> None:
    begun = facebook.sent(reel()) if kind == "videos" else {"video_id": facebook.sent_reel(reel())}
    sandbox.fault(match={"platform": "facebook", "endpoint": f"{kind}.finish"}, **fault)
    with contextlib.suppress(httpx.TransportError):
        answer = (
            facebook.finish(begun["upload_session_id"]) if kind == "videos" else facebook.finish_reel(begun["video_id"])
        )
        assert answer.is_error
    sandbox.published()
    assert facebook.status(begun["video_id"])["publishing_phase"]["publish_status"] == "published"
    assert sandbox.published()[0]["options"]["finishes"] == 1


def test_a_publication_survives_a_kill_in_the_middle_of_its_answer(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()))
    sandbox.fault(match={"endpoint": "media.publish"}, action="hang", seconds=30, act=True)
    with pytest.raises(httpx.TimeoutException):
        instagram.http.post(
            instagram.url(f"{instagram.user}/media_publish"),
            data={"creation_id": container, "access_token": instagram.token}, timeout=1,
        )  # fmt: skip
    before = sandbox.published()
    sandbox.kill()
    sandbox.start()
    assert len(before) == 1
    assert sandbox.published() == before
    assert instagram.status(container)["status_code"] == "PUBLISHED"


def test_nothing_happened_when_the_connection_was_cut_before(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()))
    sandbox.fault(match={"endpoint": "media.publish"}, action="drop_before")
    with pytest.raises(httpx.TransportError):
        instagram.publish(container)
    assert instagram.status(container)["status_code"] == "FINISHED"
    assert sandbox.published() == []


def test_phases_of_one_address_have_names_of_their_own(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    facebook.published(reel())
    facebook.finish_reel(facebook.sent_reel(reel()))
    facebook.http.post(
        facebook.url(f"{facebook.page}/video_reels"), json={"upload_phase": "start", "access_token": facebook.token}
    )
    assert [call["endpoint"] for call in sandbox.calls()] == [
        "videos.start", "videos.transfer", "videos.finish", "video_reels.start", "video_reels.bytes",
        "video_reels.finish", "video_reels.start",
    ]  # fmt: skip
    assert {call["account"] for call in sandbox.calls()} == {"Ada"}


@pytest.mark.parametrize("subcode", ["2207026", "2207076", "2207082"])
def test_processing_can_fail_with_any_subcode(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost, subcode: str
) -> None:
    sandbox.fault(match={"endpoint": "media.create"}, action="fail_processing", reason=subcode)
    told = instagram.settled(instagram.container(video_url=host.put("a.mp4", reel())))
    assert (told["status_code"], told["status"].endswith(subcode)) == ("ERROR", True)


def test_a_reel_can_fail_with_any_code(sandbox: SandboxServer, facebook: FacebookCaller) -> None:
    sandbox.fault(match={"endpoint": "video_reels.bytes"}, action="fail_processing", reason="1363128")
    key = facebook.sent_reel(reel())
    facebook.finish_reel(key)
    sandbox.published()
    assert facebook.status(key)["processing_phase"]["errors"][0]["code"] == 1363128


def test_a_healthy_container_may_seem_not_to_exist_twice(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()))
    missing = {"error": {"message": "Unsupported get request.", "type": "GraphMethodException", "code": 100,
                         "error_subcode": 33, "fbtrace_id": "A"}}  # fmt: skip
    sandbox.fault(match={"endpoint": "container.read"}, action="status", status=400, body=missing, times=2)
    answers = [instagram.get(container, fields="status_code") for _ in range(3)]
    assert [code_of(one) for one in answers[:2]] == [(100, 33)] * 2
    assert answers[2].json()["status_code"] == "FINISHED"


def test_equal_captions_stay_two_posts(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    address = host.put("a.mp4", reel())
    keys = {instagram.published(video_url=address, caption="Same") for _ in range(2)}
    rows = instagram.get(f"{instagram.user}/media", fields="id,caption").json()["data"]
    assert ({row["id"] for row in rows}, {row["caption"] for row in rows}) == (keys, {"Same"})


def test_faults_may_be_for_one_account_only(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.fault(match={"account": "Bob"}, action="status", status=503, times=None)
    assert InstagramCaller(sandbox, "Bob").get("me").status_code == 503
    assert instagram.get("me").status_code == 200

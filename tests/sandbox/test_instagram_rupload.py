"""The bytes of a container: rupload, resumed where it broke (meta.md 2.2)."""

from __future__ import annotations

import json
from functools import cache

import httpx
import pytest

from tests.sandbox.callers import sha256
from tests.sandbox.meta_callers import FileHost, InstagramCaller, code_of, reel
from tests.sandbox_server import SandboxServer


@cache
def long() -> bytes:
    return reel() + bytes(300_000)


"""What follows the last box of an MP4 is ignored."""


def begin(instagram: InstagramCaller) -> tuple[str, str]:
    """Return a new container and where its bytes go."""
    answer = instagram.create(upload_type="resumable", caption="By bytes").json()
    return answer["id"], answer["uri"]


def kind_of(answer: httpx.Response) -> str:
    """Return the type of an upload's error."""
    return str(answer.json()["debug_info"]["type"])


def transferred(instagram: InstagramCaller, container: str) -> int:
    """Return how many bytes the sandbox says it has."""
    return int(instagram.status(container)["video_status"]["uploading_phase"]["bytes_transferred"])


def test_bytes_in_one_piece(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    container, uri = begin(instagram)
    assert uri.endswith(f"/rupload/ig-api-upload/v26.0/{container}")
    assert instagram.status(container)["video_status"]["uploading_phase"]["status"] == "not_started"
    assert instagram.upload(uri, long()).json() == {"success": True, "message": "Upload successful."}
    assert instagram.settled(container)["status_code"] == "FINISHED"
    instagram.publish(container)
    assert sandbox.published()[0]["sha256"] == sha256(long())


def test_a_broken_upload_goes_on_at_its_offset(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    container, uri = begin(instagram)
    sandbox.fault(match={"endpoint": "container.upload"}, action="cut_after_bytes", bytes=100_000)
    with pytest.raises(httpx.TransportError):
        instagram.upload(uri, long())
    there = transferred(instagram, container)
    assert 0 < there <= 100_000
    assert instagram.upload(uri, long()[there:], there, len(long())).status_code == 200
    instagram.settled(container)
    instagram.publish(container)
    assert sandbox.published()[0]["sha256"] == sha256(long())


def test_a_killed_sandbox_keeps_the_bytes_it_had(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    container, uri = begin(instagram)
    sandbox.fault(match={"endpoint": "container.upload"}, action="cut_after_bytes", bytes=100_000)
    with pytest.raises(httpx.TransportError):
        instagram.upload(uri, long())
    there = transferred(instagram, container)
    sandbox.kill()
    sandbox.start()
    assert transferred(instagram, container) == there > 0
    assert instagram.upload(uri, long()[there:], there, len(long())).status_code == 200
    assert instagram.settled(container)["status_code"] == "FINISHED"


def test_a_wrong_offset_is_refused(instagram: InstagramCaller) -> None:
    container, uri = begin(instagram)
    answer = instagram.upload(uri, long()[5:], 5, len(long()))
    assert (answer.status_code, kind_of(answer)) == (400, "OffsetInvalidError")
    assert transferred(instagram, container) == 0


def test_a_body_shorter_than_announced_is_kept_but_not_enough(instagram: InstagramCaller) -> None:
    container, uri = begin(instagram)
    answer = instagram.upload(uri, long()[:1000], 0, len(long()))
    assert (kind_of(answer), answer.json()["debug_info"]["retriable"]) == ("PartialRequestError", True)
    assert transferred(instagram, container) == 1000


def test_only_oauth_opens_the_door(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    _, uri = begin(instagram)
    stranger = InstagramCaller(sandbox, "Bob")
    for authorization in (f"Bearer {instagram.token}", "OAuth nonsense", f"OAuth {stranger.token}"):
        answer = instagram.upload(uri, long(), Authorization=authorization)
        message = json.loads(answer.json()["debug_info"]["message"])
        assert message["error"]["message"] == "unauthorized user request"


def test_the_size_has_to_stay_the_same(instagram: InstagramCaller) -> None:
    _, uri = begin(instagram)
    instagram.upload(uri, long()[:1000], 0, len(long()))
    assert kind_of(instagram.upload(uri, long()[1000:], 1000, len(long()) + 1)) == "ProcessingFailedError"


def test_a_hosted_file_can_be_named_instead_of_sent(instagram: InstagramCaller, host: FileHost) -> None:
    container, uri = begin(instagram)
    headers = {"Authorization": f"OAuth {instagram.token}", "file_url": host.put("a.mp4", reel())}
    assert instagram.http.post(uri, headers=headers).status_code == 200
    assert instagram.settled(container)["status_code"] == "FINISHED"


def test_containers_with_an_address_take_no_bytes(instagram: InstagramCaller, host: FileHost) -> None:
    container = instagram.container(video_url=host.put("a.mp4", reel()))
    _, uri = begin(instagram)
    answer = instagram.upload(uri.rsplit("/", 1)[0] + "/" + container, long())
    assert answer.status_code == 404


def test_instagram_login_has_no_byte_upload(sandbox: SandboxServer) -> None:
    own = InstagramCaller(sandbox, "Own", login="instagram")
    assert code_of(own.create(upload_type="resumable"))[0] == 100
    sandbox.settings(instagram_login_resumable=True)
    assert "uri" in own.create(upload_type="resumable").json()


def test_a_lost_file_leaves_the_container_in_progress_for_ever(
    sandbox: SandboxServer, instagram: InstagramCaller
) -> None:
    sandbox.fault(match={"endpoint": "container.upload"}, action="fail_processing", reason="1363008")
    container, uri = begin(instagram)
    assert instagram.upload(uri, long()).status_code == 200
    sandbox.settings(clock_offset_seconds=3600)
    told = instagram.settled(container)
    assert (told["status_code"], told["video_status"]["uploading_phase"]["errors"][0]["code"]) == (
        "IN_PROGRESS", 1363008,
    )  # fmt: skip
    assert code_of(instagram.publish(container)) == (9007, 2207027)

"""The gateways in the sandbox are as strict as the real ones, and upload-post.com's own package works against it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from upload_post import UploadPostClient, UploadPostError

from tests.sandbox import clips
from tests.sandbox.callers import sha256
from tests.sandbox_server import SandboxServer

TIKTOK = {
    "targetType": "tiktok", "privacyLevel": "PUBLIC_TO_EVERYONE", "disabledComments": False, "disabledDuet": False,
    "disabledStitch": False, "isBrandedContent": False, "isYourBrand": False, "isAiGenerated": True,
}  # fmt: skip


class Blotato:
    """Calls Blotato as its papers say."""

    def __init__(self, sandbox: SandboxServer) -> None:
        given = sandbox.account("blotato", name="ada", accounts={"tiktok": "ada", "facebook": "ada"})
        headers = {"blotato-api-key": given["api_key"]}
        self.http = httpx.Client(base_url=f"{sandbox.base}/blotato/v2", headers=headers, trust_env=False)
        items = self.http.get("/users/me/accounts").json()["items"]
        self.accounts = {each["platform"]: each["id"] for each in items}

    def media(self, content: bytes) -> str:
        """Put a file there; return its public address."""
        place = self.http.post("/media/uploads", json={"filename": "clip.mp4"}).json()
        put = httpx.put(place["presignedUrl"], content=content, headers={"Content-Type": "video/mp4"}, trust_env=False)
        assert put.status_code == 200
        return str(place["publicUrl"])

    def body(self, media: str, **target: Any) -> dict[str, Any]:
        """Return the body of a TikTok post; a target's None is left out."""
        wanted = {name: value for name, value in (TIKTOK | target).items() if value is not None}
        content = {"text": "Hello", "mediaUrls": [media], "platform": "tiktok"}
        return {"post": {"accountId": self.accounts["tiktok"], "content": content, "target": wanted}}

    def status(self, submission: str, seconds: float = 5) -> dict[str, Any]:
        """Look until it is over."""
        until = time.monotonic() + seconds
        while True:
            found: dict[str, Any] = self.http.get(f"/posts/{submission}").json()
            if found["status"] != "in-progress" or time.monotonic() > until:
                return found
            time.sleep(0.05)


@pytest.fixture
def blotato(sandbox: SandboxServer) -> Blotato:
    """Somebody with a key."""
    sandbox.settings(processing_seconds=0)
    return Blotato(sandbox)


def test_a_post_through_blotato_stands_among_tiktoks(sandbox: SandboxServer, blotato: Blotato) -> None:
    answer = blotato.http.post("/posts", json=blotato.body(blotato.media(clips.video())))
    assert answer.status_code == 201
    found = blotato.status(answer.json()["postSubmissionId"])
    [entry] = sandbox.published("tiktok")
    assert (found["status"], found["publicUrl"].rpartition("/")[2]) == ("published", entry["id"])
    assert (entry["sha256"], entry["state"]) == (sha256(clips.video()), "PUBLISH_COMPLETE")
    assert entry["options"]["route"] == "blotato"
    for page in ("url_to_watch", "url_of_file"):
        assert httpx.get(entry[page], trust_env=False).status_code == 200


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"isYourBrand": None}, "must have required property 'isYourBrand'"),
        ({"privacyLevel": "EVERYBODY"}, "allowed values"),
        ({"isDraft": True, "videoCoverTimestamp": 1}, "draft has no cover"),
        ({"targetType": "youtube"}, "must match content.platform"),
        ({"scheduledTime": "2030-01-01T00:00:00Z"}, "additional properties"),
    ],
)
def test_what_blotato_refuses(blotato: Blotato, target: dict[str, Any], message: str) -> None:
    answer = blotato.http.post("/posts", json=blotato.body("https://example.com/a.mp4", **target))
    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_a_time_inside_the_post_is_ignored_and_it_goes_out_at_once(sandbox: SandboxServer, blotato: Blotato) -> None:
    body = blotato.body(blotato.media(clips.video()))
    body["post"]["scheduledTime"] = "2035-01-01T00:00:00+00:00"
    assert blotato.status(blotato.http.post("/posts", json=body).json()["postSubmissionId"])["status"] == "published"
    beside = blotato.body(blotato.media(clips.video())) | {"scheduledTime": "2035-01-01T00:00:00+00:00"}
    submission = blotato.http.post("/posts", json=beside).json()
    assert submission["scheduledTime"].startswith("2035")
    assert blotato.status(submission["postSubmissionId"], 0.2)["status"] in ("scheduled", "in-progress")


def test_blotatos_limits_a_minute_say_how_long(sandbox: SandboxServer, blotato: Blotato) -> None:
    sandbox.settings(blotato_posts_per_minute=1)
    answers = [blotato.http.post("/posts", json={}) for _ in range(2)]
    assert [each.status_code for each in answers] == [422, 429]
    assert "60 seconds" in answers[1].json()["message"]


def test_a_wrong_key_and_a_used_up_address_are_refused(sandbox: SandboxServer, blotato: Blotato) -> None:
    assert blotato.http.get("/users/me", headers={"blotato-api-key": "x"}).status_code == 401
    sandbox.settings(blotato_presigned_seconds=0)
    place = blotato.http.post("/media/uploads", json={"filename": "clip.mp4"}).json()
    put = httpx.put(place["presignedUrl"], content=b"x", headers={"Content-Type": "video/mp4"}, trust_env=False)
    assert put.status_code == 403
    sandbox.settings(blotato_presigned_seconds=300)
    place = blotato.http.post("/media/uploads", json={"filename": "clip.mp4"}).json()
    assert blotato.http.put(place["presignedUrl"], content=b"x", headers={"Content-Type": "a/b"}).status_code == 400


class UploadPost:
    """upload-post.com's own package, led to the sandbox."""

    def __init__(self, sandbox: SandboxServer, **accounts: str) -> None:
        self.given = sandbox.account("upload_post", name="ada", accounts=accounts)
        self.client = UploadPostClient(self.given["api_key"])
        self.client.BASE_URL = sandbox.endpoints()["upload_post"]["api"] + "/api"
        self.client.session.trust_env = False

    def ended(self, request_id: str) -> dict[str, Any]:
        """Look until it is over."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            found: dict[str, Any] = self.client.get_status(request_id)
            if found["status"] in ("completed", "failed"):
                return found
            time.sleep(0.05)
        raise AssertionError("it never ended")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A real video in a file."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(clips.video())
    return path


def test_the_official_package_uploads_and_follows(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, tiktok="ada", facebook="ada")
    [profile] = post.client.list_users()["profiles"]
    assert profile["social_accounts"]["youtube"] == ""
    page = post.client.get_facebook_pages("ada")["pages"][0]["id"]
    assert post.client.get_tiktok_publishing_settings("ada")["privacy_level_options"]
    answer = post.client.upload_video(
        clip, title="Hello", user="ada", platforms=["tiktok", "facebook", "youtube"], facebook_page_id=page,
        async_upload=True, privacy_level="SELF_ONLY",
    )  # fmt: skip
    found = post.ended(answer["request_id"])
    results = {each["platform"]: each for each in found["results"]}
    assert results["youtube"]["skipped"]
    assert not results["youtube"]["success"]
    entries = {each["platform"]: each for each in sandbox.published()}
    assert set(entries) == {"tiktok", "facebook"}
    for name, entry in entries.items():
        assert (entry["sha256"], entry["id"]) == (sha256(clips.video()), results[name]["post_id"])
        assert entry["options"]["route"] == "upload_post"
    rows = post.client.get_history(limit=20)["history"]
    assert {(row["platform"], row["success"]) for row in rows} == {
        ("tiktok", True), ("facebook", True), ("youtube", False)
    }  # fmt: skip


def test_the_official_package_is_told_what_is_wrong(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, facebook="ada")
    with pytest.raises(UploadPostError, match="facebook_page_id is required"):
        post.client.upload_video(clip, title="Hello", user="ada", platforms=["facebook"])
    with pytest.raises(UploadPostError, match="User not found"):
        post.client.upload_video(clip, title="Hello", user="eve", platforms=["tiktok"])
    post.client.session.headers["Authorization"] = f"Bearer {post.given['api_key']}"
    with pytest.raises(UploadPostError, match="Invalid or expired token"):
        post.client.list_users()


def test_the_official_package_schedules_and_cancels(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, tiktok="ada")
    later = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 86_400))
    job = post.client.upload_video(clip, title="Later", user="ada", platforms=["tiktok"], scheduled_date=later)
    listed = post.client.list_scheduled()
    assert [each["job_id"] for each in listed] == [job["job_id"]]  # type: ignore[index]
    assert post.client.cancel_scheduled(job["job_id"])["success"]
    with pytest.raises(UploadPostError):
        post.client.cancel_scheduled(job["job_id"])


def test_only_what_failed_is_tried_again(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, tiktok="ada")
    sandbox.fault(match={"endpoint": "upload"}, action="fail_processing", reason="no luck")
    answer = post.client.upload_video(clip, title="Hello", user="ada", platforms=["tiktok"], async_upload=True)
    assert post.ended(answer["request_id"])["status"] == "failed"
    post.client.retry_post(request_id=answer["request_id"])
    assert post.ended(answer["request_id"])["status"] == "completed"
    with pytest.raises(UploadPostError, match="Nothing to retry"):
        post.client.retry_post(request_id=answer["request_id"])


def test_tiktoks_refusal_becomes_a_draft_that_is_called_a_success(sandbox: SandboxServer, clip: Path) -> None:
    sandbox.settings(upload_post_tiktok_refuses=True)
    post = UploadPost(sandbox, tiktok="ada")
    answer = post.client.upload_video(clip, title="Hello", user="ada", platforms=["tiktok"], async_upload=False)
    result = answer["results"]["tiktok"]
    assert (answer["success"], result["success"], result["fallback_to_inbox"]) == (True, True, True)
    assert [each["state"] for each in sandbox.published("tiktok")] == ["SEND_TO_USER_INBOX"]


def test_who_waits_gets_the_results_and_a_long_wait_becomes_a_background_job(
    sandbox: SandboxServer, clip: Path
) -> None:
    post = UploadPost(sandbox, tiktok="ada")
    answer = post.client.upload_video(clip, title="Quick", user="ada", platforms=["tiktok"])
    assert answer["results"]["tiktok"]["success"]
    sandbox.settings(upload_post_sync_seconds=0.1, processing_seconds=50)
    answer = post.client.upload_video(clip, title="Slow", user="ada", platforms=["tiktok"])
    assert "results" not in answer
    assert post.client.get_status(answer["request_id"])["status"] == "pending"


def test_one_idempotency_key_is_one_upload_and_two_keys_are_two(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, tiktok="ada")
    sandbox.settings(upload_post_duplicate_seconds=0)
    for key in ("one", "one", "two"):
        post.client.session.headers["Idempotency-Key"] = key
        post.client.upload_video(clip, title="Hello", user="ada", platforms=["tiktok"], async_upload=True)
    assert len(sandbox.published("tiktok")) == 2


def test_uploads_survive_a_killed_sandbox(sandbox: SandboxServer, clip: Path) -> None:
    post = UploadPost(sandbox, tiktok="ada")
    answer = post.client.upload_video(clip, title="Hello", user="ada", platforms=["tiktok"], async_upload=True)
    sandbox.kill()
    sandbox.start()
    assert post.ended(answer["request_id"])["status"] == "completed"

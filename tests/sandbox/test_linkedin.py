"""LinkedIn in the sandbox: uploads by parts, the states of a video, posts, duplicates, lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox import clips
from tests.sandbox.callers import sha256
from tests.sandbox.linkedin_caller import PART, LinkedInCaller, code
from tests.sandbox_server import SandboxServer

MakeCaller = Callable[..., LinkedInCaller]


@pytest.fixture(scope="module")
def content() -> bytes:
    """A real clip of 4 s, larger than LinkedIn's least."""
    head = clips.video(seconds=4, fps=5)
    return head + (100_000 - len(head)).to_bytes(4, "big") + b"free" + bytes(100_000 - len(head) - 8)


@pytest.fixture
def page(sandbox: SandboxServer) -> LinkedInCaller:
    return LinkedInCaller(sandbox)


@pytest.fixture
def member(sandbox: SandboxServer) -> LinkedInCaller:
    return LinkedInCaller(sandbox, posts_as="member")


def test_a_file_is_cut_into_parts_of_4_mib(page: LinkedInCaller) -> None:
    value = page.begin(2 * PART + 1).json()["value"]
    parts = [(part["firstByte"], part["lastByte"]) for part in value["uploadInstructions"]]
    assert parts == [(0, PART - 1), (PART, 2 * PART - 1), (2 * PART, 2 * PART)]
    assert value["video"].startswith("urn:li:video:")
    assert value["uploadToken"] == ""
    assert "thumbnailUploadUrl" not in value
    assert {"thumbnailUploadUrl", "captionsUploadUrl"} <= set(
        page.begin(10, uploadThumbnail=True, uploadCaptions=True).json()["value"]
    )


def test_parts_may_come_in_any_order_and_again(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    whole = content + bytes(PART)
    value = page.begin(len(whole)).json()["value"]
    first, second = value["uploadInstructions"]
    late = page.put(second["uploadUrl"], whole[PART:]).headers["ETag"]
    page.put(first["uploadUrl"], bytes(PART))
    early = page.put(first["uploadUrl"], whole[:PART]).headers["ETag"]
    assert early.startswith("/ambry-videoei/signedId/")
    assert page.finalize(value["video"], [early, late]).status_code == 200
    assert page.video(value["video"]).json()["status"] == "AVAILABLE"
    page.post(value["video"])
    [post] = sandbox.published("linkedin")
    assert (post["sha256"], post["size"]) == (sha256(whole), len(whole))


def test_a_part_has_exactly_its_bytes(page: LinkedInCaller) -> None:
    [part] = page.begin(1000).json()["value"]["uploadInstructions"]
    assert page.put(part["uploadUrl"], bytes(999)).status_code == 400
    assert page.put(part["uploadUrl"], bytes(1001)).status_code == 400
    assert page.put(part["uploadUrl"].replace("part=0", "part=1"), bytes(1000)).status_code == 404
    assert page.put(part["uploadUrl"] + "x", bytes(1000)).status_code == 404


def test_finalizing_wants_every_etag_in_order(page: LinkedInCaller, content: bytes) -> None:
    whole = content + bytes(PART)
    value = page.begin(len(whole)).json()["value"]
    etags = page.put_all(value, whole)
    for wrong in ([], etags[:1], etags[::-1], [*etags, "x"]):
        assert code(page.finalize(value["video"], wrong)) == (400, "INVALID_VALUE_FOR_FIELD")
    assert code(page.finalize(value["video"], etags, "token")) == (400, "INVALID_VALUE_FOR_FIELD")
    assert page.video(value["video"]).json()["status"] == "WAITING_UPLOAD"
    done = page.finalize(value["video"], etags)
    assert (done.status_code, done.content) == (200, b"")
    assert page.finalize(value["video"], etags).status_code == 400
    assert page.put(value["uploadInstructions"][0]["uploadUrl"], whole[:PART]).status_code == 400


def test_upload_addresses_expire(page: LinkedInCaller, sandbox: SandboxServer) -> None:
    [part] = page.begin(10).json()["value"]["uploadInstructions"]
    sandbox.settings(clock_offset_seconds=31 * 86400)
    assert code(page.put(part["uploadUrl"], bytes(10))) == (401, "EXPIRED_UPLOAD_URL")


def test_a_video_goes_from_waiting_to_available(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    sandbox.settings(processing_seconds=3600)
    video = page.upload(content)
    assert page.video(video).json()["status"] == "PROCESSING"
    assert code(page.post(video)) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    sandbox.settings(clock_offset_seconds=3601)
    body = page.video(video).json()
    assert (body["status"], body["owner"], body["id"]) == ("AVAILABLE", page.author, video)
    assert body["duration"] == 4000


@pytest.mark.parametrize("what", ["no video", "too short", "too small"])
def test_what_is_no_good_video_fails(page: LinkedInCaller, what: str) -> None:
    wrong = {
        "no video": bytes(100_000),
        "too short": clips.video() + bytes(90_000),
        "too small": clips.video(seconds=4, fps=5),
    }
    urn = page.upload(wrong[what])
    body = page.video(urn).json()
    assert body["status"] == "PROCESSING_FAILED"
    assert body["processingFailureReason"]
    assert code(page.post(urn)) == (400, "MEDIA_ASSET_PROCESSING_FAILED")


def test_a_post_answers_with_its_urn_and_no_body(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    made = page.post(page.upload(content), "A walk \\(by the sea\\) #sea")
    assert (made.status_code, made.content) == (201, b"")
    urn = made.headers["x-restli-id"]
    assert urn.startswith("urn:li:ugcPost:")
    assert made.headers["x-linkedin-id"] == urn
    [post] = sandbox.published("linkedin")
    assert (post["id"], post["kind"], post["privacy"], post["title"]) == (urn, "post", "PUBLIC", "A title")
    assert post["description"] == "A walk (by the sea) #sea"
    assert page.get(f"www/feed/update/{urn}/").headers["Location"] == f"/watch/linkedin/{post['publish_id'][13:]}"


def test_an_unescaped_character_ends_the_text(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    page.post(page.upload(content), "A walk (by the sea) #sea")
    [post] = sandbox.published("linkedin")
    assert post["description"] == "A walk "


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"author": None}, (400, "MISSING_FIELD")),
        ({"commentary": None}, (400, "MISSING_FIELD")),
        ({"distribution": None}, (400, "MISSING_FIELD")),
        ({"distribution": {"feedDistribution": "ALL"}}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"visibility": "PRIVATE"}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"lifecycleState": "DRAFT"}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"commentary": "x" * 3001}, (400, "FIELD_LENGTH_TOO_LONG")),
        ({"commentary": 7}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"colour": "red"}, (403, "ACCESS_DENIED")),
        ({"author": "urn:li:organization:1"}, (403, "ACCESS_DENIED")),
        ({"content": {"media": {"id": "urn:li:video:1"}}}, (400, "INVALID_VIDEO_ID")),
        ({"content": {}}, (400, "INVALID_VALUE_FOR_FIELD")),
        ({"isReshareDisabledByAuthor": "no"}, (400, "INVALID_VALUE_FOR_FIELD")),
    ],
)
def test_a_wrong_post_is_refused(page: LinkedInCaller, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    assert code(page.post(None, **changes)) == expected


def test_owner_and_author_have_to_be_the_same(sandbox: SandboxServer, content: bytes) -> None:
    both = [*LinkedInCaller(sandbox).credentials["scopes"], "w_member_social"]
    page = LinkedInCaller(sandbox, scopes=both)
    video = page.upload(content)
    myself = f"urn:li:person:{page.credentials['platform_user_id']}"
    assert code(page.post(video, author=myself)) == (403, "ACCESS_DENIED")
    assert page.post(video).status_code == 201


def test_another_members_video_is_forbidden(sandbox: SandboxServer, page: LinkedInCaller, content: bytes) -> None:
    video = page.upload(content)
    other = LinkedInCaller(sandbox, "Somebody else")
    assert code(other.video(video)) == (403, "ACCESS_DENIED")
    assert code(other.post(video)) == (403, "ACCESS_DENIED")
    assert code(page.video("urn:li:video:none")) == (404, "NOT_FOUND")
    assert code(page.video("urn:li:image:none")) == (400, "INVALID_URN_TYPE")


def test_the_same_text_within_ten_minutes_is_a_duplicate(
    page: LinkedInCaller, content: bytes, sandbox: SandboxServer
) -> None:
    urn = page.post(page.upload(content)).headers["x-restli-id"]
    double = page.post(page.upload(content))
    assert code(double) == (422, "UNPROCESSABLE_ENTITY")
    assert double.json()["message"] == f"Content is a duplicate of {urn}"
    assert page.post(None, "Another text").status_code == 201
    assert LinkedInCaller(sandbox, "Somebody else").post(None).status_code == 201
    sandbox.settings(linkedin_duplicate_code="DUPLICATE_POST")
    assert code(page.post(None)) == (422, "DUPLICATE_POST")
    sandbox.settings(linkedin_duplicates_look_at_media=True)
    assert page.post(page.upload(content)).status_code == 201
    sandbox.settings(clock_offset_seconds=601, linkedin_duplicates_look_at_media=False)
    assert page.post(None).status_code == 201


def test_posts_without_a_text_and_deleted_ones_are_never_duplicates(page: LinkedInCaller) -> None:
    assert page.post(None, "").status_code == 201
    assert page.post(None, "").status_code == 201
    urn = page.post(None, "Again").headers["x-restli-id"]
    assert page.http.delete(f"{page.api}/rest/posts/{quote(urn, safe='')}").status_code == 204
    assert page.http.delete(f"{page.api}/rest/posts/{quote(urn, safe='')}").status_code == 204
    assert page.read(urn).status_code == 404
    assert page.post(None, "Again").status_code == 201


def test_a_pages_posts_can_be_read_and_listed(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    video = page.upload(content)
    urn = page.post(video).headers["x-restli-id"]
    body = page.read(urn).json()
    assert (body["id"], body["content"]["media"]["id"], body["lifecycleState"]) == (urn, video, "PUBLISHED")
    others = [page.post(None, f"Text {number}").headers["x-restli-id"] for number in range(12)]
    assert [each["id"] for each in page.posts().json()["elements"]] == others[:1:-1]
    assert [each["id"] for each in page.posts(start=10, count=100).json()["elements"]] == [others[1], others[0], urn]
    sandbox.settings(linkedin_posts_lag_seconds=60)
    assert page.posts().json()["elements"] == []
    assert page.read(urn).status_code == 200
    assert page.posts(count=101).status_code == page.posts(sortBy="LIKES").status_code == 400


def test_a_members_posts_can_not_be_read(member: LinkedInCaller, sandbox: SandboxServer) -> None:
    urn = member.post(None).headers["x-restli-id"]
    assert code(member.read(urn)) == (403, "ACCESS_DENIED")
    assert code(member.posts()) == (403, "ACCESS_DENIED")
    scopes = [*member.credentials["scopes"], "r_member_social"]
    assert LinkedInCaller(sandbox, posts_as="member", scopes=scopes).read(urn).status_code == 200


def test_a_text_can_be_changed(page: LinkedInCaller) -> None:
    urn = page.post(None).headers["x-restli-id"]
    address, patch = f"{page.api}/rest/posts/{quote(urn, safe='')}", {"patch": {"$set": {"commentary": "New"}}}
    assert page.http.post(address, json=patch).status_code == 400
    changed = page.http.post(address, json=patch, headers={"X-RestLi-Method": "PARTIAL_UPDATE"})
    assert changed.status_code == 204
    assert page.read(urn).json()["commentary"] == "New"


def test_a_thumbnail_is_a_picture_and_says_so(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    still = {"media-type-family": "STILLIMAGE"}
    value = page.begin(len(content), uploadThumbnail=True).json()["value"]
    address = value["thumbnailUploadUrl"]
    assert page.put(address, clips.picture()).status_code == 400
    assert page.put(address, b"no picture", **still).status_code == 400
    assert page.put(address, clips.picture(), **still).status_code == 201
    page.finalize(value["video"], page.put_all(value, content))
    page.video(value["video"])
    page.post(value["video"])
    [post] = sandbox.published("linkedin")
    assert post["thumbnail"]
    shown = page.bare.get(post["url_of_picture"])
    assert (shown.content, shown.headers["Content-Type"]) == (clips.picture(), "image/png")
    plain = page.begin(10).json()["value"]["uploadInstructions"][0]["uploadUrl"].replace("/video?", "/thumbnail?")
    assert page.put(plain, clips.picture(), **still).status_code == 404


def test_what_was_posted_survives_a_kill(page: LinkedInCaller, content: bytes, sandbox: SandboxServer) -> None:
    value = page.begin(len(content)).json()["value"]
    etags = page.put_all(value, content)
    sandbox.kill()
    sandbox.start()
    assert page.finalize(value["video"], etags).status_code == 200
    assert page.video(value["video"]).json()["status"] == "AVAILABLE"
    assert page.post(value["video"]).status_code == 201
    sandbox.kill()
    sandbox.start()
    [post] = sandbox.published("linkedin")
    assert post["sha256"] == sha256(content)

"""What is checked when an upload starts, and what an update replaces (youtube.md 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox import clips
from tests.sandbox.callers import YouTubeCaller, reason_of
from tests.sandbox_server import SandboxServer

LATER = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("snippet", "reason"),
    [
        ({"title": ""}, "invalidTitle"),
        ({"title": "   "}, "invalidTitle"),
        ({}, "invalidTitle"),
        ({"title": "x" * 101}, "invalidTitle"),
        ({"title": "a < b"}, "invalidTitle"),
        ({"title": "A", "description": "é" * 2501}, "invalidDescription"),
        ({"title": "A", "description": "<b>"}, "invalidDescription"),
        ({"title": "A", "tags": ["x" * 501]}, "invalidTags"),
        ({"title": "A", "tags": ["ab cd"] * 63}, "invalidTags"),
        ({"title": "A", "tags": [""]}, "invalidTags"),
        ({"title": "A", "categoryId": "18"}, "invalidCategoryId"),
        ({"title": "A", "categoryId": "999"}, "invalidCategoryId"),
        ({"title": "A", "colour": "red"}, "badRequest"),
        ({"title": "A", "tags": "one,two"}, "badRequest"),
    ],
)
def test_bad_texts_are_refused_before_any_byte(youtube: YouTubeCaller, snippet: dict[str, Any], reason: str) -> None:
    refused = youtube.start(10, snippet=snippet)
    assert (refused.status_code, reason_of(refused)) == (400, reason)


def test_texts_at_their_limits_are_taken(youtube: YouTubeCaller) -> None:
    tags = ["ab cd"] * 62  # (5 + 2) × 62 + 61 commas = 495
    limits = {"title": "x" * 100, "description": "é" * 2500, "tags": [*tags, "abcd"]}
    assert youtube.start(10, snippet=limits).status_code == 200


@pytest.mark.parametrize(
    "status",
    [
        {"privacyStatus": "public", "publishAt": LATER},
        {"privacyStatus": "private", "publishAt": "tomorrow"},
        {"privacyStatus": "private", "publishAt": "2026-12-01T10:00:00"},
    ],
)
def test_bad_publishing_times_are_refused(youtube: YouTubeCaller, status: dict[str, Any]) -> None:
    refused = youtube.start(10, status=status)
    assert (refused.status_code, reason_of(refused)) == (400, "invalidPublishAt")


def test_privacy_is_public_when_nothing_is_said(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video(), status={})
    assert youtube.video(key)["status"]["privacyStatus"] == "public"


def test_unverified_projects_are_locked_to_private_when_told(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(unverified_project_private_lock=True)
    key = youtube.publish(clips.video(), status={"privacyStatus": "public"})
    assert youtube.video(key)["status"]["privacyStatus"] == "private"


def test_publishing_time_in_the_past_publishes_at_once(youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video(), status={"privacyStatus": "private", "publishAt": "2020-01-01T00:00:00Z"})
    assert youtube.video(key)["status"]["privacyStatus"] == "public"


def test_video_goes_public_when_its_time_has_come(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_token_seconds=86_400)
    lasting = YouTubeCaller(sandbox)
    key = lasting.publish(clips.video(), status={"privacyStatus": "private", "publishAt": LATER})
    assert lasting.video(key)["status"]["publishAt"] == LATER
    sandbox.settings(clock_offset_seconds=3700)
    status = lasting.video(key)["status"]
    assert (status["privacyStatus"], "publishAt" in status) == ("public", False)


def test_update_erases_what_is_left_out(youtube: YouTubeCaller) -> None:
    key = youtube.publish(
        clips.video(),
        snippet={"title": "A", "description": "Long", "tags": ["one"], "categoryId": "28"},
        status={"privacyStatus": "private", "publishAt": LATER},
    )
    new = {"id": key, "snippet": {"title": "B", "categoryId": "22"}, "status": {"privacyStatus": "private"}}
    changed = youtube.http.put(f"{youtube.api}/videos?part=snippet,status", json=new).json()
    assert (changed["snippet"]["title"], changed["snippet"]["description"]) == ("B", "")
    assert "tags" not in changed["snippet"]
    assert "publishAt" not in changed["status"]


def test_update_leaves_unnamed_parts_alone(youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video(), snippet={"title": "A", "tags": ["one"]})
    new = {"id": key, "status": {"privacyStatus": "unlisted"}}
    youtube.http.put(f"{youtube.api}/videos?part=status", json=new)
    video = youtube.video(key)
    assert (video["snippet"]["tags"], video["status"]["privacyStatus"]) == (["one"], "unlisted")


def test_update_of_texts_needs_title_and_category(youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video())
    refused = youtube.http.put(f"{youtube.api}/videos?part=snippet", json={"id": key, "snippet": {"title": "B"}})
    assert (refused.status_code, reason_of(refused)) == (400, "invalidVideoMetadata")


def test_published_video_cannot_be_scheduled_again(youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video(), status={"privacyStatus": "public"})
    body = {"id": key, "status": {"privacyStatus": "private", "publishAt": LATER}}
    refused = youtube.http.put(f"{youtube.api}/videos?part=status", json=body)
    assert (refused.status_code, reason_of(refused)) == (400, "invalidPublishAt")


def test_part_must_be_named_and_known(youtube: YouTubeCaller) -> None:
    assert reason_of(youtube.start(10, part="snippet")) == "unexpectedPart"
    assert reason_of(youtube.start(10, part="snippet,status,weather")) == "unknownPart"


def test_foreign_videos_cannot_be_changed(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    public = youtube.publish(clips.video(), status={"privacyStatus": "public"})
    private = youtube.publish(clips.video())
    other = YouTubeCaller(sandbox, "Other")
    assert other.http.delete(f"{other.api}/videos?id={public}").status_code == 403
    assert other.http.delete(f"{other.api}/videos?id={private}").status_code == 404
    assert youtube.http.delete(f"{youtube.api}/videos?id={public}").status_code == 204
    assert [entry["id"] for entry in sandbox.published()] == [private]

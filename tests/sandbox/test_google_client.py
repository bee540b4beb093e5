"""Google's own Python client against the sandbox, and the sandbox against Google's own definition."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError
from googleapiclient.http import HttpRequest, MediaInMemoryUpload

from tests.sandbox import clips
from tests.sandbox.callers import UNIT, YouTubeCaller, sha256
from tests.sandbox.discovery import complaints, validator_of
from tests.sandbox_server import SandboxServer


@cache
def content() -> bytes:
    return clips.video() + bytes(3 * UNIT)


"""A real video, made long enough for several chunks; what follows the last box is ignored by players."""


@pytest.fixture
def google(sandbox: SandboxServer, youtube: YouTubeCaller) -> Any:
    """Google's client for YouTube, signed in."""
    credentials = Credentials(token=youtube.credentials["access_token"])  # type: ignore[no-untyped-call]
    place = {"api_endpoint": sandbox.endpoints()["youtube"]["api"]}
    return build("youtube", "v3", credentials=credentials, static_discovery=True, client_options=place)


def without_tls(request: HttpRequest) -> HttpRequest:
    """Undo that the client forces https on uploads (youtube.md 12.6)."""
    request.uri = request.uri.replace("https:", "http:", 1)
    return request


def insert(google: Any) -> HttpRequest:
    """Prepare an upload in chunks of one unit."""
    body = {"snippet": {"title": "By Google's client"}, "status": {"privacyStatus": "private"}}
    media = MediaInMemoryUpload(content(), "video/mp4", chunksize=UNIT, resumable=True)
    return without_tls(google.videos().insert(part="snippet,status", body=body, media_body=media))


@pytest.mark.parametrize("nth", [1, 2, 4])
@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 503},
        {"action": "status", "status": 500, "act": True},
        {"action": "drop_before"},
        {"action": "drop_after"},
        {"action": "cut_after_bytes", "bytes": 1000},
    ],
    ids=["503", "500 after acting", "dropped before", "dropped after", "cut"],
)
def test_upload_with_a_fault_in_the_middle_makes_one_video(
    sandbox: SandboxServer, google: Any, fault: dict[str, Any], nth: int
) -> None:
    rule = sandbox.fault(match={"endpoint": "videos.insert.put", "nth": nth}, **fault)
    request, answer = insert(google), None
    while answer is None:
        try:
            _, answer = request.next_chunk()  # not num_retries: it sends a chunk it has already read again, empty
        except HttpError as error:
            if error.status_code < 500:
                raise
        except OSError:
            request._in_error_state = True  # makes the client ask how much has arrived
    assert next(one["hits"] for one in sandbox.faults() if one["id"] == rule) == 1
    (entry,) = sandbox.published()
    assert (entry["id"], entry["sha256"]) == (answer["id"], sha256(content()))


def test_thumbnails_and_playlists_work_with_googles_client(sandbox: SandboxServer, google: Any) -> None:
    key = insert(google).execute()["id"]
    assert google.videos().list(part="status", id=key).execute()["items"][0]["status"]["uploadStatus"] == "processed"
    media = MediaInMemoryUpload(clips.picture(), "image/png")
    assert without_tls(google.thumbnails().set(videoId=key, media_body=media)).execute()["items"]
    playlist = google.playlists().insert(part="snippet", body={"snippet": {"title": "P"}}).execute()["id"]
    resource = {"kind": "youtube#video", "videoId": key}
    snippet = {"playlistId": playlist, "resourceId": resource}
    google.playlistItems().insert(part="snippet", body={"snippet": snippet}).execute()
    assert sandbox.published()[0]["playlists"] == ["P"]
    assert google.videos().batchGetStats(part="id,statistics,snippet,contentDetails", id=key).execute()["items"]
    google.videos().delete(id=key).execute()
    assert sandbox.published() == []


def test_every_answer_so_far_fits_googles_discovery_document(
    sandbox: SandboxServer, google: Any, youtube: YouTubeCaller
) -> None:
    parts = ",".join(sorted({"id", "snippet", "status", "contentDetails", "statistics", "processingDetails",
                             "fileDetails", "suggestions", "player", "localizations", "recordingDetails",
                             "topicDetails", "paidProductPlacementDetails"}))  # fmt: skip
    key = youtube.publish(
        clips.video(), part="snippet,status,localizations,recordingDetails,paidProductPlacementDetails",
        snippet={"title": "Full", "defaultLanguage": "en", "tags": ["one", "two words"]},
        localizations={"de": {"title": "Voll", "description": ""}},
        recordingDetails={"recordingDate": "2026-11-01T00:00:00Z"},
        paidProductPlacementDetails={"hasPaidProductPlacement": True},
    )  # fmt: skip
    youtube.video(key, parts)
    youtube.video(youtube.publish(b"rubbish" * 99), parts)
    sandbox.settings(processing_seconds=1000)
    youtube.video(youtube.publish(clips.video()), parts)
    youtube.get("channels", mine="true", part="id,snippet,contentDetails,statistics,status")
    answers = sandbox.answers()
    assert {"videos.list", "videos.insert.put", "channels.list"} <= {answer["endpoint"] for answer in answers}
    assert complaints(answers) == []


def test_the_comparison_finds_what_does_not_fit() -> None:
    wrong = {"kind": "youtube#video", "statistics": {"viewCount": 3}, "colour": "red", "status": {"uploadStatus": "ok"}}
    found = " ".join(error.message for error in validator_of("videos.insert.put").iter_errors(wrong))
    assert all(word in found for word in ("3 is not of type 'string'", "'colour' was unexpected", "'ok' is not one of"))

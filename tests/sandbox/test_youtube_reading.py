"""Reading back: processing, lists, visibility, partial answers (youtube.md 4, 5.2, 9)."""

from __future__ import annotations

import pytest

from tests.sandbox import clips
from tests.sandbox.callers import YouTubeCaller, reason_of
from tests.sandbox_server import SandboxServer


def test_video_is_processed_when_its_time_is_over(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(processing_seconds=1000)
    key = youtube.publish(clips.video())
    before = youtube.video(key)
    assert before["status"]["uploadStatus"] == "uploaded"
    assert before["contentDetails"]["duration"] == "P0D"
    progress = before["processingDetails"]["processingProgress"]
    assert before["processingDetails"]["processingStatus"] == "processing"
    assert all(isinstance(value, str) for value in progress.values())
    sandbox.settings(processing_seconds=0)
    after = youtube.video(key)
    assert (after["status"]["uploadStatus"], after["processingDetails"]["processingStatus"]) == (
        "processed",
        "succeeded",
    )
    assert (after["contentDetails"]["duration"], "processingProgress" in after["processingDetails"]) == ("PT1S", False)
    assert after["fileDetails"]["videoStreams"][0]["heightPixels"] == 640


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"no video at all " * 100, "invalidFile"), (clips.sound(), "invalidFile"), (clips.picture(), "invalidFile")],
    ids=["text", "sound", "picture"],
)
def test_files_that_are_no_video_fail_in_processing(youtube: YouTubeCaller, content: bytes, reason: str) -> None:
    video = youtube.video(youtube.publish(content), "status,processingDetails")
    assert (video["status"]["uploadStatus"], video["status"]["failureReason"]) == ("failed", reason)
    assert video["processingDetails"]["processingStatus"] == "failed"


def test_truncated_video_fails(youtube: YouTubeCaller) -> None:
    video = youtube.video(youtube.publish(clips.video()[:-900]), "status")
    assert video["status"]["uploadStatus"] == "failed"


def test_unknown_and_invisible_videos_are_left_out(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    private, public = youtube.publish(clips.video()), youtube.publish(clips.video(), status={"privacyStatus": "public"})
    other = YouTubeCaller(sandbox, "Other")
    found = other.get("videos", id=f"{private},{public},nothing1234", part="id").json()["items"]
    assert [item["id"] for item in found] == [public]


def test_owner_only_parts_are_forbidden_to_others(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video(), status={"privacyStatus": "public"})
    assert YouTubeCaller(sandbox, "Other").get("videos", id=key, part="fileDetails").status_code == 403


def test_uploads_list_has_the_newest_first(youtube: YouTubeCaller) -> None:
    keys = [youtube.publish(clips.video(), title=f"Clip {number}") for number in range(7)]
    channel = youtube.get("channels", mine="true", part="contentDetails").json()["items"][0]
    uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    first = youtube.get("playlistItems", playlistId=uploads, part="contentDetails,snippet").json()
    assert first["pageInfo"] == {"totalResults": 7, "resultsPerPage": 5}
    second = youtube.get(
        "playlistItems", playlistId=uploads, part="contentDetails", pageToken=first["nextPageToken"]
    ).json()
    found = [item["contentDetails"]["videoId"] for item in [*first["items"], *second["items"]]]
    assert (found, "nextPageToken" in second) == (keys[::-1], False)


def test_uploads_list_may_lag(sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
    sandbox.settings(youtube_uploads_list_lag_seconds=60)
    key = youtube.publish(clips.video())
    uploads = "UU" + youtube.credentials["platform_user_id"][2:]
    assert youtube.get("playlistItems", playlistId=uploads, part="id").json()["items"] == []
    assert youtube.video(key)["id"] == key
    sandbox.settings(clock_offset_seconds=61)
    assert len(youtube.get("playlistItems", playlistId=uploads, part="id").json()["items"]) == 1


def test_filters_exclude_each_other(youtube: YouTubeCaller) -> None:
    assert reason_of(youtube.get("channels", part="id")) == "missingRequiredParameter"
    assert reason_of(youtube.get("channels", part="id", mine="true", id="UCx")) == "incompatibleParameters"
    assert reason_of(youtube.get("videos", id="x")) == "missingRequiredParameter"
    assert reason_of(youtube.get("playlists", part="id", mine="true", pageToken="rubbish")) == "invalidPageToken"
    assert youtube.get("videos", part="id", id=",".join(f"v{n}" for n in range(51))).status_code == 400


def test_fields_cut_the_answer_down(youtube: YouTubeCaller) -> None:
    key = youtube.publish(clips.video())
    answer = youtube.get("videos", id=key, part="id,snippet,status", fields="items(id,snippet/title)").json()
    assert answer == {"items": [{"id": key, "snippet": {"title": "A clip"}}]}


def test_categories_say_what_may_be_used(youtube: YouTubeCaller) -> None:
    items = youtube.get("videoCategories", regionCode="US", part="snippet").json()["items"]
    assignable = {item["id"]: item["snippet"]["assignable"] for item in items}
    assert (assignable["22"], assignable["18"]) == (True, False)


def test_long_videos_need_a_verified_channel(sandbox: SandboxServer) -> None:
    channel = YouTubeCaller(sandbox, "Unverified", verified=False)
    status = channel.get("channels", mine="true", part="status").json()["items"][0]["status"]
    assert status["longUploadsStatus"] == "eligible"
    video = channel.video(channel.publish(clips.video(64, 64, 901, 1)), "status")
    assert (video["status"]["uploadStatus"], video["status"]["rejectionReason"]) == ("rejected", "length")

"""Instagram's containers: what is refused at once, what is fetched and looked at, what becomes of it (meta.md 2)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import av
import pytest

from tests.sandbox import clips
from tests.sandbox.callers import sha256
from tests.sandbox.meta_callers import FileHost, InstagramCaller, code_of, reel
from tests.sandbox_server import SandboxServer

CAPTION = "Über alles #schön @ada"


def jpeg(width: int = 360, height: int = 640) -> bytes:
    """Return a JPEG."""
    frame = av.VideoFrame(width, height, "yuvj420p")
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = frame.time_base = Fraction(1, 25)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def test_a_fetched_reel_can_be_published_and_is_the_same_file(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    address = host.put("a.mp4", reel())
    container = instagram.container(video_url=address, caption=CAPTION, share_to_feed="true", thumb_offset="1500")
    assert instagram.settled(container)["status"].startswith("Finished:")
    assert sandbox.published() == []
    media = instagram.publish(container).json()["id"]
    assert media != container
    (entry,) = sandbox.published("instagram")
    assert (entry["id"], entry["publish_id"], entry["kind"]) == (media, container, "reel")
    assert (entry["sha256"], entry["title"], entry["width"]) == (sha256(reel()), CAPTION, 540)
    assert instagram.status(container)["status_code"] == "PUBLISHED"


def test_files_are_fetched_in_ranges_and_gone_on_with_where_the_connection_broke(
    instagram: InstagramCaller, host: FileHost
) -> None:
    host.break_after = 1000
    instagram.ready(video_url=host.put("a.mp4", reel()))
    assert [wanted for _, wanted in host.asked] == ["bytes=0-8388607", "bytes=1000-8389607"]


def test_hosts_without_ranges_will_do(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    host.ranges, host.break_after = False, 1000
    instagram.published(video_url=host.put("a.mp4", reel()))
    assert sandbox.published()[0]["sha256"] == sha256(reel())


def test_what_cannot_be_fetched_is_error_2207052(instagram: InstagramCaller, host: FileHost) -> None:
    page = host.put("page", b"<html>sign in</html>", "text/html")
    for address in (f"{host.base}/nothing.mp4", page, "http://example.com/a.mp4", "https://x.fbcdn.net/a.mp4"):
        told = instagram.settled(instagram.container(video_url=address))
        assert (told["status_code"], told["status"][-7:]) == ("ERROR", "2207052")
    assert code_of(instagram.create(video_url="not an address")) == (9004, 2207052)


def test_a_slow_host_is_error_2207003(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    sandbox.settings(meta_fetch_seconds=1)
    host.silent_seconds = 2
    told = instagram.settled(instagram.container(video_url=host.put("a.mp4", reel())))
    assert told["status"].endswith("2207003")


def test_fetch_errors_can_come_at_once(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    sandbox.settings(instagram_fetch_errors_at_once=True)
    assert code_of(instagram.create(video_url=f"{host.base}/nothing.mp4")) == (9004, 2207052)


@pytest.mark.parametrize(
    ("content", "subcode"),
    [
        (partial(clips.video, 540, 960, 1), "2207026"),
        (partial(clips.video, 540, 960, 4, 10), "2207026"),
        (partial(clips.video, 540, 960, 4, 25, "libvpx-vp9", "webm"), "2207026"),
        (partial(clips.video, 2000, 200, 4), "2207026"),
        (lambda: b"no video at all" * 99, "2207026"),
        (clips.sound, "2207026"),
    ],
    ids=["too short", "10 fps", "webm", "too wide", "rubbish", "sound"],
)
def test_files_are_really_looked_at(
    instagram: InstagramCaller, host: FileHost, content: Callable[[], bytes], subcode: str
) -> None:
    told = instagram.settled(instagram.container(video_url=host.put("a.mp4", content())))
    assert told["status"] == f"Error: Media upload has failed with error code {subcode}"
    assert told["video_status"]["processing_phase"] == {"status": "error"}


def test_the_order_of_boxes_matters_when_the_switch_says_so(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost, tmp_path: Path
) -> None:
    sandbox.settings(instagram_wants_moov_first=True)
    told = instagram.settled(instagram.container(video_url=host.put("late.mp4", reel())))
    assert told["status"].endswith("2207026")
    early = tmp_path / "early.mp4"
    faststart = {"movflags": "faststart"}
    with av.open(io.BytesIO(reel())) as read, av.open(str(early), "w", options=faststart) as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    instagram.ready(video_url=host.put("early.mp4", early.read_bytes()))


def test_a_thumbnail_beyond_the_end_is_error_2207057(instagram: InstagramCaller, host: FileHost) -> None:
    address = host.put("a.mp4", reel())
    assert instagram.settled(instagram.container(video_url=address, thumb_offset="4500"))["status"].endswith("2207057")


def test_covers_are_fetched_and_must_be_jpeg(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    video, cover = host.put("a.mp4", reel()), host.put("c.jpg", jpeg(), "image/jpeg")
    instagram.published(video_url=video, cover_url=cover)
    assert sandbox.published()[0]["thumbnail"] is True
    png = host.put("c.png", clips.picture(), "image/png")
    assert instagram.settled(instagram.container(video_url=video, cover_url=png))["status"].endswith("2207005")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"media_type": "FILM"}, (100, 2207023)),
        ({"media_type": "VIDEO"}, (100, 2207067)),
        ({"caption": "x" * 2201}, (36004, 2207010)),
        ({"caption": " ".join(f"#a{n}" for n in range(31))}, (36004, 2207010)),
        ({"caption": " ".join(f"@a{n}" for n in range(21))}, (100, 2207040)),
        ({"collaborators": json.dumps(["a", "b", "c", "d"])}, (100, None)),
        ({"media_type": "STORIES", "collaborators": '["a"]'}, (100, None)),
        ({"share_to_feed": "perhaps"}, (100, None)),
        ({"location_id": "Berlin"}, (100, None)),
        ({"user_tags": '[{"x": 0.5, "y": 0.5}]'}, (100, None)),
        ({"user_tags": '[{"username": "a", "x": 2, "y": 0.5}]'}, (100, None)),
        ({"upload_type": "resumable"}, (100, None)),
        ({"trial_params": '{"graduation_strategy": "MANUAL"}'}, (-1, 2207081)),
        ({"video_url": ""}, (100, None)),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(
    instagram: InstagramCaller, host: FileHost, form: dict[str, Any], error: tuple[int, int | None]
) -> None:
    assert code_of(instagram.create(**{"video_url": f"{host.base}/a.mp4", **form})) == error


def test_30_hashtags_and_20_mentions_are_fine(instagram: InstagramCaller, host: FileHost) -> None:
    caption = " ".join([*(f"#tag{n}" for n in range(30)), *(f"@a{n}" for n in range(20)), "mail@example.com", "#1"])
    instagram.ready(video_url=host.put("a.mp4", reel()), caption=caption)


def test_options_are_kept(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    tags = [{"username": "bob", "x": 0.5, "y": 0.5}]
    media = instagram.published(
        video_url=host.put("a.mp4", reel()), location_id="106078429431815", user_tags=json.dumps(tags),
        collaborators='["carol"]', share_to_feed="false",
    )  # fmt: skip
    options = sandbox.published()[0]["options"]
    assert (options["location_id"], options["user_tags"], options["collaborators"]) == (
        "106078429431815", tags, ["carol"],
    )  # fmt: skip
    assert instagram.get(media, fields="is_shared_to_feed").json()["is_shared_to_feed"] is False


def test_places_can_be_limited_to_known_ones(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.settings(meta_places=["123"])
    answer = instagram.create(video_url="http://127.0.0.1:1/a", location_id="124")
    assert answer.json()["error"]["message"] == "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"


def test_containers_show_only_what_is_asked(instagram: InstagramCaller, host: FileHost) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()))
    assert instagram.get(container).json() == {"id": container}
    answer = instagram.get(container, fields="id,media_id")
    assert answer.json()["error"]["message"] == (
        "(#100) Tried accessing nonexisting field (media_id) on node type (ShadowIGMediaBuilder)"
    )


def test_containers_expire_after_a_day(sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost) -> None:
    container = instagram.ready(video_url=host.put("a.mp4", reel()))
    sandbox.settings(clock_offset_seconds=86_500)
    assert instagram.status(container)["status_code"] == "EXPIRED"
    assert code_of(instagram.publish(container)) == (24, 2207008)


def test_400_containers_a_day_and_no_more(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    sandbox.settings(instagram_containers_per_day=2)
    for _ in range(2):
        instagram.container(upload_type="resumable")
    assert code_of(instagram.create(upload_type="resumable")) == (9, 2207042)


def test_stories_last_a_minute_and_live_a_day(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    media = instagram.published(media_type="STORIES", video_url=host.put("a.mp4", reel()))
    assert [one["id"] for one in instagram.get(f"{instagram.user}/stories").json()["data"]] == [media]
    assert instagram.get(f"{instagram.user}/media").json()["data"] == []
    told = instagram.get(media, fields="media_type,media_product_type,permalink").json()
    assert (told["media_type"], told["media_product_type"]) == ("VIDEO", "STORY")
    assert told["permalink"].startswith("https://instagram.com/stories/ada/")
    sandbox.settings(clock_offset_seconds=86_500)
    assert instagram.get(f"{instagram.user}/stories").json()["data"] == []


def test_fetching_goes_on_after_the_sandbox_was_killed(
    sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    host.silent_seconds = 1
    container = instagram.container(video_url=host.put("a.mp4", reel()), caption="Kept")
    sandbox.kill()
    host.silent_seconds = 0
    sandbox.start()
    assert instagram.settled(container)["status_code"] == "FINISHED"
    assert instagram.publish(container).status_code == 200


def test_polling_too_fast_is_noted(sandbox: SandboxServer, instagram: InstagramCaller) -> None:
    container = instagram.container(upload_type="resumable")
    instagram.status(container)
    instagram.status(container)
    assert [call["note"] for call in sandbox.calls("container.read")] == [None, "polled faster than every 5 seconds"]

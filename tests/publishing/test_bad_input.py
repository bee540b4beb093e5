"""Bad input: each is refused with a sentence, nothing is sent, and whoever waits for a receipt learns why."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from include.database import engine
from include.media.clips import Clip, cut, write_clip
from include.publishing import ledger, registration, steps, verdicts
from include.publishing.registration import Refused
from include.releases import video
from include.releases.publication import State
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

BEGINNINGS = {"videos.insert.start", "videos.insert.put", "video.init", "inbox.init", "video.put"}
"""The calls with which a platform could get anything."""


@pytest.fixture
def both(studio: Studio) -> Studio:
    """A studio with both platforms connected, and a platform log that begins now."""
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    studio.sandbox.forget_calls()
    return studio


def folder(studio: Studio) -> Path:
    return studio.folder / "export/women/18-23"


def receipt(studio: Studio, platform: str, name: str = "t1") -> dict[str, Any]:
    path = studio.folder / f"output/distribution/{platform}/women/18-23/{name}_upload_response.json"
    return json.loads(path.read_text())["upload_response"]


def assert_nothing_was_sent(studio: Studio) -> None:
    assert not BEGINNINGS & {call["endpoint"] for call in studio.sandbox.calls()}
    assert studio.sandbox.published() == []


def refused(studio: Studio, *parts: str, has_receipt: bool = True, **conf: Any) -> str:
    """Register, and check everything a refusal promises; return the sentence."""
    asked = CONF | conf
    with pytest.raises(Refused) as error:
        registration.register(asked, "job1")
    told = str(error.value)
    for part in parts:
        assert part in told
    assert_nothing_was_sent(studio)
    result = verdicts.verdict(asked, "job1")
    assert not result.good
    assert result.summary == f"Nothing was published. {told}"
    assert verdicts.summary_written(OWNER, "job1") == result.summary
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select problems from desk.job").scalar_one() == error.value.problems
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 0
    if has_receipt:
        for platform in ("youtube", "tiktok"):
            found = receipt(studio, platform)
            assert (found["status"], found["error"], found["video_id"]) == ("failed", told, None)
            assert found["account"] == f"my_{platform}"
    else:
        assert not list((studio.folder / "output").rglob("*.json"))
    return told


# the metadata


def test_a_missing_title_is_named(both: Studio):
    both.metadata(title=None)
    refused(both, "title is missing, but it is required")


def test_every_wrong_key_is_named_at_once(both: Studio):
    both.metadata(title=5, tags="not a list", made_for_kids="yes", language="klingon!", cost=-1, currency="euros")
    told = refused(both, "title", "tags", "made_for_kids", "language", "cost", "currency")
    assert told.count(".") >= 6


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"title": NaN}', b'{"title": "\\u0000"}'])
def test_metadata_that_is_no_metadata_is_refused(both: Studio, content: bytes):
    (folder(both) / "t1_metadata.json").write_bytes(content)
    refused(both)


@pytest.mark.parametrize("ending", [".mp4", "_metadata.json", "_thumbnail.png"])
def test_a_missing_file_is_named(both: Studio, ending: str):
    (folder(both) / f"t1{ending}").unlink()
    refused(both, f"women/18-23/t1{ending} is missing")


# the video


def png(path: Path) -> None:
    path.write_bytes((path.parent / "t1_thumbnail.png").read_bytes())


def sound_alone(path: Path) -> None:
    write_clip(path, Clip(video_codec=None, seconds=1))


def zero_seconds(path: Path) -> None:
    write_clip(path, Clip(seconds=0))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (png, "PNG"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(os.urandom(5000)), "video"),
        (lambda path: path.write_text("<html>not found</html>"), "video"),
        (lambda path: cut(path, path.stat().st_size // 2), "cut off"),
        (lambda path: cut(path, 3000), ""),
        (sound_alone, "sound"),
        (zero_seconds, "0 seconds"),
    ],
    ids=["a PNG", "empty", "noise", "HTML", "half of it", "only the beginning", "sound alone", "0 seconds"],
)
def test_what_is_called_mp4_and_is_no_video_is_refused(both: Studio, make: Callable[[Path], object], said: str):
    make(folder(both) / "t1.mp4")
    refused(both, said)


def test_everything_that_is_wrong_is_told_at_once(both: Studio):
    both.metadata(title=None)
    (folder(both) / "t1.mp4").write_bytes(b"")
    (folder(both) / "t1_thumbnail.png").write_bytes(b"GIF89a")
    refused(both, "title is missing", "The thumbnail is", "empty")


# the thumbnail


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a" + bytes(100), "it must be PNG or JPEG"),
        (b"%PDF-1.7 this is a document", "it must be PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "broken"),
        (b"", "The thumbnail is empty"),
    ],
    ids=["GIF", "PDF", "broken PNG", "empty"],
)
def test_a_thumbnail_of_the_wrong_type_is_refused(both: Studio, content: bytes, said: str):
    (folder(both) / "t1_thumbnail.png").write_bytes(content)
    refused(both, said)


def test_a_thumbnail_no_platform_takes_is_refused_without_reading_it(both: Studio):
    os.truncate(folder(both) / "t1_thumbnail.png", 52_428_801)
    refused(both, "The thumbnail has 52,428,801 bytes; allowed are 52,428,800.")


def test_a_thumbnail_too_large_for_youtube_leaves_tiktok_alone(both: Studio):
    both.configure(youtube={"thumbnail_max_bytes": 1000})
    assert_youtube_refuses_and_tiktok_publishes(both, "; YouTube takes 1,000.")


# the texts, which are each platform's own business


@pytest.mark.parametrize(
    ("title", "said"),
    [("x" * 101, "The title has 101 characters; YouTube takes up to 100."), ("2 < 3", "The title holds a '<'")],
    ids=["101 characters", "<"],
)
def test_a_title_youtube_refuses_leaves_tiktok_alone(both: Studio, title: str, said: str):
    both.metadata(title=title)
    assert_youtube_refuses_and_tiktok_publishes(both, said)


def assert_youtube_refuses_and_tiktok_publishes(studio: Studio, said: str) -> None:
    for publication_id in studio.register("job1"):
        run_to_the_end(publication_id)
    result = verdicts.verdict(CONF, "job1")
    assert not result.good
    assert result.summary.splitlines()[0] == "Published to 1 of 2 platforms"
    assert "- youtube (my_youtube): rejected." in result.summary
    assert said in result.summary
    assert not BEGINNINGS & {call["endpoint"] for call in studio.sandbox.calls() if call["platform"] == "youtube"}
    assert {"video.init", "video.put"} <= {call["endpoint"] for call in studio.sandbox.calls()}
    assert [each["platform"] for each in studio.sandbox.published()] == ["tiktok"]
    assert receipt(studio, "tiktok")["status"] == "published"
    found = receipt(studio, "youtube")
    assert found["status"] == "failed"
    assert said in found["error"]


def test_every_rule_that_is_broken_is_told_at_once(both: Studio):
    both.metadata(title="<" * 101, description="é" * 2501, tags=["x" * 501], privacy="secret")
    (publication_id,) = both.register(platforms=["youtube"])
    told = run_to_the_end(publication_id).error["message"]
    for part in ("101 characters", "'<'", "5,002 bytes", "501 characters", "no privacy 'secret'"):
        assert part in told
    assert_nothing_was_sent(both)


# the conf


@pytest.mark.parametrize(
    ("conf", "said", "has_receipt"),
    [
        ({"title_id": "../../etc/passwd"}, "title_id must be a file name", False),
        ({"title_id": "a..b"}, "title_id must be a file name", False),
        ({"segment": "martians"}, 'segment does not know "martians"; known: women, men', False),
        ({"segment": "../women"}, "segment does not know", False),
        ({"age_bucket": "99"}, "age_bucket does not know", False),
        ({"platforms": ["myspace"]}, 'platforms does not know "myspace"; known: youtube, tiktok', False),
        ({"colour": "red"}, "colour is not a known key; known: segment, age_bucket", True),
        ({"priority": 11}, "priority must be at most 10", True),
        ({"timezone": "Mars/Olympus"}, "timezone", True),
        ({"scheduled_for": "yesterday"}, "scheduled_for", True),
        ({"targets": [{"account": "nobody"}]}, "You have no account named 'nobody'", False),
        ({"targets": [{"account": "my_youtube", "shape": 1}, {"account": "my_tiktok"}]}, "targets[0].shape", True),
        ({"colour": "red", "priority": 0, "max_retries": 99}, "max_retries must be at most 10", True),
    ],
)
def test_a_conf_that_cannot_be_is_refused_by_the_name_of_its_key(both: Studio, conf, said, has_receipt):
    refused(both, said, has_receipt=has_receipt, **conf)


def test_an_account_of_another_owner_is_an_account_nobody_has(both: Studio):
    both.connect("youtube", "bobs_channel", owner="bob")
    refused(both, "You have no account named 'bobs_channel'", has_receipt=False, targets=[{"account": "bobs_channel"}])


def test_a_refused_release_leaves_a_receipt_for_each_account(both: Studio):
    both.connect("youtube", "second")
    both.metadata(title=None)
    refused(both)
    assert receipt(both, "youtube", "t1_second")["account"] == "second"


def test_a_refusal_tells_its_newest_reason_but_never_hides_a_publication(both: Studio):
    both.metadata(title=None)
    refused(both, "title is missing")
    both.metadata(title="Now it has one")
    (folder(both) / "t1_thumbnail.png").write_bytes(b"")
    with pytest.raises(Refused):
        both.register("job2")
    assert receipt(both, "youtube")["error"] == "The thumbnail is empty."


def test_a_refusal_after_a_publication_leaves_its_receipt(both: Studio):
    for publication_id in both.register("job1"):
        run_to_the_end(publication_id)
    assert verdicts.verdict(CONF, "job1").good
    both.metadata(title=None)
    with pytest.raises(Refused):
        both.register("job2")
    assert receipt(both, "youtube")["status"] == "published"


# a file that changes under our hands


def overwrite(path: Path) -> None:
    """Write other bytes into the middle of a file, as a second export does."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(2048))
    os.utime(path)


def test_a_file_that_changes_while_it_is_registered_is_refused(both: Studio, monkeypatch: pytest.MonkeyPatch):
    looks = iter(range(100))
    look = video.Video._look

    def changing(self: video.Video) -> None:
        if next(looks) == 2:  # in the middle of being hashed
            overwrite(folder(both) / "t1.mp4")
        look(self)

    monkeypatch.setattr(video.Video, "_look", changing)
    refused(both, "was changed, replaced or removed while it was in use")


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
@pytest.mark.parametrize("what", ["changed", "removed"])
def test_a_file_that_changes_before_it_is_sent_is_refused(both: Studio, platform: str, what: str):
    (publication_id,) = both.register(platforms=[platform])
    path = folder(both) / "t1.mp4"
    path.unlink() if what == "removed" else overwrite(path)
    found = run_to_the_end(publication_id)
    assert found.state == State.REJECTED
    assert ("is missing" if what == "removed" else "was replaced") in found.error["message"]
    assert "rigger it again" in found.error["message"]
    assert_nothing_was_sent(both)
    assert not ledger.history(OWNER, publication_id)["entries"]


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_a_file_that_changes_after_it_was_checked_is_refused(both: Studio, platform: str):
    (publication_id,) = both.register(platforms=[platform])
    steps.validate(OWNER, publication_id)
    overwrite(folder(both) / "t1.mp4")
    assert run_to_the_end(publication_id).state == State.REJECTED
    assert_nothing_was_sent(both)


@pytest.mark.parametrize(("platform", "endpoint"), [("youtube", "videos.insert.put"), ("tiktok", "video.init")])
def test_a_file_that_changes_while_it_is_sent_is_refused(both: Studio, platform: str, endpoint: str):
    """A chunk is held up at the platform; meanwhile somebody writes to the file."""
    (publication_id,) = both.register(platforms=[platform])
    both.sandbox.fault(match={"endpoint": endpoint}, action="delay", seconds=1)

    def write_as_soon_as_it_is_held_up() -> None:
        while not both.sandbox.calls(endpoint):
            time.sleep(0.02)
        overwrite(folder(both) / "t1.mp4")

    writer = threading.Thread(target=write_as_soon_as_it_is_held_up)
    writer.start()
    found = run_to_the_end(publication_id)
    writer.join()
    assert found.state == State.REJECTED
    assert "was changed, replaced or removed" in found.error["message"]
    assert both.sandbox.published() == []
    entries = ledger.history(OWNER, publication_id)["entries"]
    assert [each["outcome"] for each in entries] == ["nothing"], "a step was left open"


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
@pytest.mark.parametrize("what", ["changed", "removed"])
def test_what_the_platform_already_has_needs_its_file_no_more(both: Studio, platform: str, what: str):
    both.sandbox.settings(processing_seconds=3600)
    try:
        (publication_id,) = both.register(platforms=[platform])
        steps.validate(OWNER, publication_id)
        steps.upload(OWNER, publication_id)
        assert ledger.read(OWNER, publication_id).state == State.PROCESSING
        path = folder(both) / "t1.mp4"
        path.unlink() if what == "removed" else overwrite(path)
        both.sandbox.settings(processing_seconds=0)
        assert run_to_the_end(publication_id).state == State.PUBLISHED
    finally:
        both.sandbox.settings(processing_seconds=0)


@pytest.mark.parametrize(("platform", "endpoint"), [("youtube", "videos.insert.put"), ("tiktok", "video.put")])
def test_a_lost_answer_is_looked_for_although_the_file_is_gone(both: Studio, platform: str, endpoint: str):
    """Killed after the last byte, and the export was cleaned up: the video is out, so that is what we say."""
    (publication_id,) = both.register(platforms=[platform])
    steps.validate(OWNER, publication_id)
    child = os.fork()
    if child == 0:
        from include.publishing import points

        points.on_reached = lambda name, step: os._exit(0) if name == "answered" else None
        try:
            steps.upload(OWNER, publication_id)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for path in folder(both).glob("t1*"):
        path.unlink()
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert len(both.sandbox.published()) == 1

"""How a video gets to Instagram: containers, bytes that break off, addresses, covers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from include.platforms.contract import NoHosting, Pending, Unfinished
from include.platforms.errors import AccountTrouble, Rejected, TryAgain
from include.releases.publication import Placement
from tests.platforms.instagram.little import STUCK, Little, Scene, note, status
from tests.platforms.instagram.postings import Addresses, ClipVideo, cover, posting
from tests.platforms.meta_graph.script import refusal


def test_bytes_go_into_a_container_whose_name_is_kept_first() -> None:
    scene = Scene(little := Little(container="taken"))
    wanted = posting()
    answer = scene.upload(wanted)
    assert isinstance(answer, Pending)
    assert answer.look_again_after == 10
    assert little.asked == ["POST media", "BYTES 0"]
    assert bytes(little.taken) == wanted.video.content()  # type: ignore[attr-defined]
    assert little.forms[0]["upload_type"] == "resumable"
    before, made, sent = scene.notes
    assert "container_id" not in before
    assert (made["container_id"], made["stage"], made["uri"][-4:]) == ("444", "sending", "/444")
    assert sent["stage"] == "processing"
    assert scene.counts == [0, 300_000]


def test_an_upload_that_breaks_off_goes_on_where_instagram_stopped() -> None:
    scene = Scene(little := Little(container="taken", cuts=[100_000, 250_000]))
    wanted = posting()
    scene.upload(wanted)
    assert little.asked == ["POST media", "BYTES 0", "GET 444", "BYTES 100000", "GET 444", "BYTES 250000"]
    assert bytes(little.taken) == wanted.video.content()  # type: ignore[attr-defined]
    assert scene.counts == [0, 100_000, 250_000, 300_000]


def test_a_lost_answer_to_the_last_byte_sends_nothing_again() -> None:
    scene = Scene(little := Little(container="taken", cuts=[300_000]))
    assert isinstance(scene.upload(posting()), Pending)
    assert little.asked == ["POST media", "BYTES 0", "GET 444"]


def test_a_killed_upload_goes_on_in_the_same_container() -> None:
    little = Little(container="taken", cuts=[120_000])
    scene = Scene(little)
    with pytest.raises(Rejected, match="changed"):
        scene.upload(posting(video=ClipVideo(changed_at=130_000)))
    found = scene.publisher.find(posting(), scene.notes[-1])
    assert isinstance(found, Unfinished)
    scene.upload(posting(), found.note)
    assert little.asked.count("POST media") == 1
    assert bytes(little.taken) == ClipVideo().content()


def test_a_video_of_another_size_gets_a_container_of_its_own() -> None:
    scene = Scene(little := Little(container="taken"))
    scene.upload(posting(), note("sending", size=5))
    assert little.asked.count("POST media") == 1


def test_an_upload_without_progress_stops_and_can_go_on_later() -> None:
    scene = Scene(little := Little(container="taken", cuts=[100_000] * 20))
    with pytest.raises(TryAgain):
        scene.upload(posting())
    assert little.asked.count("BYTES 100000") == 6
    assert len(scene.slept) == 6
    little.cuts.clear()
    assert isinstance(scene.upload(posting(), scene.notes[-1]), Pending)
    assert little.asked.count("POST media") == 1


def test_an_upload_that_instagram_lost_is_given_up() -> None:
    little = Little(container=status("IN_PROGRESS", video_status=STUCK), cuts=[100_000])
    with pytest.raises(TryAgain) as caught:
        Scene(little).upload(posting())
    assert caught.value.code == "1363008"


def test_the_address_is_built_when_instagram_names_none() -> None:
    scene = Scene(little := Little(container="taken", create={"id": "444"}))
    scene.upload(posting())
    assert little.asked == ["POST media", "BYTES 0"]
    assert "uri" not in scene.notes[-1]


@pytest.mark.parametrize("way", ["setting", "option", "login"])
def test_an_address_goes_instead_of_bytes(way: str) -> None:
    settings = {"upload": "hosting"} if way == "setting" else {}
    options = {"upload": "hosting"} if way == "option" else {}
    account = {"ig_user_id": "178", "login": "instagram" if way == "login" else "facebook"}
    scene = Scene(little := Little(), settings=settings, account=account)
    wanted = posting(options=options)
    assert isinstance(scene.upload(wanted), Pending)
    assert little.asked == ["POST media"]
    assert little.forms[0]["video_url"] == Addresses.video
    assert "upload_type" not in little.forms[0]
    assert [kept["stage"] for kept in scene.notes] == ["processing", "processing"]
    assert "https" not in str(scene.notes)


@pytest.mark.parametrize("line", [httpx.ReadTimeout("x"), httpx.Response(502, text="<html>"), refusal(1)], ids=str)
def test_a_lost_container_harms_nobody(line: Any) -> None:
    scene = Scene(little := Little(create=line))
    with pytest.raises(TryAgain):
        scene.upload(posting())
    assert scene.publisher.find(posting(), scene.notes[-1]) is None
    little.create, little.container = {"id": "444"}, "taken"
    assert isinstance(scene.upload(posting()), Pending)


def test_without_a_hosting_nothing_is_begun() -> None:
    scene = Scene(little := Little(), settings={"upload": "hosting"})
    with pytest.raises(Rejected, match="hosting"):
        scene.upload(posting(hosting=NoHosting()))
    assert (little.asked, scene.notes) == ([], [])


def test_the_thumbnail_is_the_cover_by_its_address() -> None:
    scene = Scene(little := Little(container="taken"))
    scene.upload(posting(thumbnail=cover()))
    assert little.forms[0]["cover_url"] == Addresses.picture


def test_a_cover_that_cannot_be_hosted_is_left_out_and_said() -> None:
    scene = Scene(little := Little(container="taken"))
    scene.upload(posting(thumbnail=cover(), hosting=NoHosting()))
    assert "cover_url" not in little.forms[0]
    assert "hosting" in scene.notes[-1]["warnings"][0]


def test_a_cover_that_is_no_jpeg_is_left_out_and_said() -> None:
    scene = Scene(little := Little(container="taken"))
    scene.upload(posting(thumbnail=cover("PNG")))
    assert "cover_url" not in little.forms[0]
    assert "JPEG" in scene.notes[-1]["warnings"][0]


def test_a_moment_of_the_video_stands_above_the_thumbnail() -> None:
    scene = Scene(little := Little(container="taken"))
    scene.upload(posting(thumbnail=cover(), options={"thumb_offset": 1500}))
    assert little.forms[0]["thumb_offset"] == "1500"
    assert "cover_url" not in little.forms[0]


@pytest.mark.parametrize(
    ("placement", "settings", "options", "expected"),
    [
        (Placement.REEL, {}, {}, "true"),
        (Placement.REEL, {"share_to_feed": False}, {}, "false"),
        (Placement.REEL, {"share_to_feed": False}, {"share_to_feed": True}, "true"),
        (Placement.FEED, {"share_to_feed": False}, {"share_to_feed": False}, "true"),
        (Placement.STORY, {}, {}, None),
    ],
)
def test_a_reel_is_in_the_feed_when_asked_to_and_a_feed_video_always(
    placement: Placement, settings: dict[str, Any], options: dict[str, Any], expected: str | None
) -> None:
    scene = Scene(little := Little(container="taken"), settings=settings)
    scene.upload(posting(placement=placement, options=options))
    assert little.forms[0].get("share_to_feed") == expected


def test_a_personal_account_begins_nothing() -> None:
    scene = Scene(little := Little(), account={"ig_user_id": "1", "account_type": "personal"})
    with pytest.raises(AccountTrouble, match="how to convert"):
        scene.upload(posting())
    assert little.asked == []


def test_what_instagram_does_not_have_is_refused_by_validate_and_upload() -> None:
    scene = Scene(little := Little())
    [problem] = scene.publisher.validate(posting(placement=Placement.SHORT))
    assert problem.rule == "placement"
    with pytest.raises(Rejected, match="short"):
        scene.upload(posting(placement=Placement.SHORT))
    assert little.asked == []


def test_validate_reads_the_limit_only_when_nothing_is_wrong() -> None:
    scene = Scene(little := Little())
    assert scene.publisher.validate(posting()) == []
    assert little.asked == ["GET content_publishing_limit"]
    assert scene.publisher.validate(posting(privacy="private"))
    assert little.asked == ["GET content_publishing_limit"]


def test_looks_come_at_the_documented_pace() -> None:
    scene = Scene(Little(container=status("IN_PROGRESS")))
    scene.later = 0
    earlier = note("processing", sent_at=scene.publisher.now().isoformat())
    pauses = []
    for later in (0, 10, 30, 60, 120, 3600):
        scene.later = later
        answer = scene.publisher.check(posting(), earlier)
        assert isinstance(answer, Pending)
        pauses.append(answer.look_again_after)
    assert pauses == [10, 20, 30, 60, 60, 60]

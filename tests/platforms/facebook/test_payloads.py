"""What is sent with the publishing call, and how Facebook's answers are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from include.platforms.facebook.payloads import (
    FacebookOptions,
    FacebookSettings,
    VideoBegun,
    VideoNode,
    detail_fields,
    finish_fields,
    privacy_of,
    state_of,
)
from include.releases.publication import Placement
from tests.platforms.facebook.scene import posting

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
VIDEO, REEL = Placement.VIDEO, Placement.REEL


def sent(placement: Placement, state: str = "PUBLISHED", privacy: str = "public", **changes: Any) -> dict[str, Any]:
    wanted = posting(placement, **changes)
    fields = finish_fields(wanted, FacebookOptions.model_validate(dict(wanted.options)), state, privacy)
    return {name: value for name, value in fields.items() if value is not None}


def test_a_reel_says_what_it_is_to_become() -> None:
    assert sent(REEL) == {"video_state": "PUBLISHED", "title": "A walk", "description": "By the sea. #sea"}
    assert sent(REEL, "DRAFT")["video_state"] == "DRAFT"


def test_a_video_says_whether_it_is_published_and_carries_its_labels() -> None:
    assert sent(VIDEO) == {
        "published": True,
        "title": "A walk",
        "description": "By the sea. #sea",
        "custom_labels": ["sea", "walking"],
    }
    assert sent(VIDEO, "DRAFT") | {"published": False, "unpublished_content_type": "DRAFT"} == sent(VIDEO, "DRAFT")


def test_a_scheduled_post_carries_its_time_in_unix_seconds() -> None:
    assert sent(REEL, "SCHEDULED", publish_at=SOON)["scheduled_publish_time"] == int(SOON.timestamp())
    video = sent(VIDEO, "SCHEDULED", publish_at=SOON)
    assert (video["published"], video["unpublished_content_type"]) == (False, "SCHEDULED")
    assert video["scheduled_publish_time"] == int(SOON.timestamp())
    assert "scheduled_publish_time" not in sent(REEL, publish_at=SOON)


def test_an_unlisted_video_is_reached_by_its_link_only() -> None:
    assert sent(VIDEO, privacy="unlisted")["secret"] is True
    assert "secret" not in sent(VIDEO)


def test_synthetic_media_is_declared_unless_the_option_says_otherwise() -> None:
    assert sent(REEL, synthetic_media=True)["is_ai_generated"] is True
    assert "is_ai_generated" not in sent(REEL, synthetic_media=True, options={"ai_generated": False})
    assert sent(VIDEO, options={"ai_generated": True})["is_ai_generated"] is True


def test_options_go_where_facebook_has_them() -> None:
    both = {"targeting": {"geo_locations": {"countries": ["ES"]}}}
    assert sent(REEL, options={**both, "place": "123"})["place"] == "123"
    video = sent(VIDEO, options={**both, "no_story": True, "instagram_media_id": "17", "content_category": "MUSIC"})
    assert video["targeting"] == both["targeting"]
    assert (video["no_story"], video["source_instagram_media_id"]) == (True, "17")
    assert video["content_category"] == "MUSIC"


def test_a_releases_category_counts_when_facebook_has_it() -> None:
    assert sent(VIDEO, category="SPORTS")["content_category"] == "SPORTS"
    assert "content_category" not in sent(VIDEO, category="22")


def test_what_can_only_be_said_later_is_said_later() -> None:
    day = datetime(2020, 5, 1, tzinfo=UTC)
    options = FacebookOptions(crosspost_to=("11", "12"), crosspost_in_business=True, backdated_to=day)
    assert detail_fields(posting(VIDEO), options) == {
        "allow_crossposting_for_pages": [{"page_id": "11", "allow": True}, {"page_id": "12", "allow": True}],
        "allow_bm_crossposting": True,
        "backdated_time": int(day.timestamp()),
        "backdated_time_granularity": "min",
    }
    assert detail_fields(posting(), FacebookOptions()) == {}
    assert detail_fields(posting(), FacebookOptions(content_tags=("6003",))) == {"content_tags": ["6003"]}


def test_an_unknown_option_or_setting_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="colour"):
        FacebookOptions.model_validate({"colour": "red"})
    with pytest.raises(ValidationError, match="colour"):
        FacebookSettings.model_validate({"colour": "red"})


def test_an_older_date_needs_its_zone() -> None:
    with pytest.raises(ValidationError):
        FacebookOptions.model_validate({"backdated_to": "2020-05-01T10:00:00"})


@pytest.mark.parametrize(
    ("privacy", "at", "state"),
    [
        ("public", None, "PUBLISHED"),
        ("unlisted", None, "PUBLISHED"),
        ("public", SOON, "SCHEDULED"),
        ("public", NOW - timedelta(minutes=1), "PUBLISHED"),
        ("private", None, "DRAFT"),
        ("private", SOON, "DRAFT"),
    ],
)
def test_what_a_post_is_to_become(privacy: str, at: datetime | None, state: str) -> None:
    assert state_of(privacy, at, NOW) == state


def test_the_releases_privacy_counts_before_the_setting() -> None:
    settings = FacebookSettings(privacy="unlisted")
    assert privacy_of(posting(privacy="Public"), settings) == "public"
    assert privacy_of(posting(privacy=""), settings) == "unlisted"


def test_offsets_may_be_texts() -> None:
    begun = VideoBegun.model_validate(
        {"video_id": 11, "upload_session_id": 12, "start_offset": "0", "end_offset": "1048576", "upload_domain": "x"}
    )
    assert (begun.video_id, begun.upload_session_id) == ("11", "12")
    assert (begun.start_offset, begun.end_offset) == (0, 1_048_576)


@pytest.mark.parametrize("spelling", ["bytes_transferred", "bytes_transfered"])
def test_the_bytes_facebook_has_are_read_in_both_spellings(spelling: str) -> None:
    node = VideoNode.model_validate({"id": "1", "status": {"uploading_phase": {"status": "in_progress", spelling: 7}}})
    assert node.status.uploading_phase.bytes_transferred == 7


@pytest.mark.parametrize(
    "told", [{"errors": [{"code": 5, "message": "bad"}]}, {"error": {"code": 5, "message": "bad"}}]
)
def test_an_error_of_a_phase_is_read_in_both_forms(told: dict[str, Any]) -> None:
    node = VideoNode.model_validate({"id": "1", "status": {"processing_phase": {"status": "error", **told}}})
    [error] = node.status.processing_phase.errors
    assert (error.code, error.message) == (5, "bad")


def test_an_empty_status_is_an_unknown_one() -> None:
    node = VideoNode.model_validate({"id": "1", "status": None, "title": None})
    assert node.status.video_status == ""
    assert node.title == ""

"""What is refused before anything is sent, and what is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from include.platforms.errors import AccountTrouble
from include.platforms.http import Calls
from include.platforms.youtube import Publisher, YouTubeOptions
from include.platforms.youtube.payloads import YouTubeSettings, file_name, video_body, video_parts
from include.releases.publication import Placement
from tests.platforms.youtube.scene import ClipVideo, Desk, facts, picture, png, posting

NOWHERE = Calls(platform="youtube", bases={"api": "http://nowhere.invalid"})
FUTURE = datetime.now(UTC) + timedelta(days=1)


def problems(**changes: Any) -> dict[str, tuple[str, str]]:
    """Validate without any network; return rule → fix and message."""
    publisher = Publisher(NOWHERE, settings={}, account={"platform_user_id": "UCx", "username": "x"})
    return {one.rule: (one.fix, one.message) for one in publisher.validate(posting(**changes))}


def test_a_good_posting_has_no_problem_and_asks_nobody() -> None:
    assert problems() == {}
    assert problems(thumbnail=picture(), publish_at=FUTURE, title="x" * 100, description="ä" * 2500) == {}
    assert problems(placement=Placement.VIDEO, category="Gaming", language="pt-BR") == {}


@pytest.mark.parametrize(
    ("changes", "rule", "words"),
    [
        ({"title": "x" * 101}, "title.length", "has 101 characters; YouTube takes up to 100"),
        ({"title": "  "}, "title.length", "is empty"),
        ({"title": "a < b"}, "title.characters", "holds a '<'"),
        ({"title": "a \ud83c b"}, "title.characters", "broken character"),
        ({"description": "ä" * 2501}, "description.length", "has 5,002 bytes; YouTube takes up to 5,000"),
        ({"description": "a <- b"}, "description.characters", "holds a '<'"),
        ({"tags": ("x" * 501,)}, "tags.length", "have 501 characters"),
        ({"tags": ("🌊" * 251,)}, "tags.length", "have 502 characters"),
        ({"tags": ("a>b",)}, "tags.characters", "hold a '>'"),
        ({"language": "English!"}, "language", "no language tag"),
        ({"privacy": "friends"}, "privacy", "no privacy 'friends'; it has public, unlisted, private"),
        ({"publish_at": datetime(2026, 1, 1, tzinfo=UTC)}, "publish_at", "2026-01-01 00:00 UTC, has passed"),
        ({"placement": Placement.STORY}, "placement", "no placement 'story'"),
        ({"category": "People and dogs"}, "category", "'People and dogs' is no category"),
        ({"options": {"catgory": "22"}}, "options.catgory", "no option of that name"),
        ({"options": {"license": "mit"}}, "options.license", "'youtube' or 'creativeCommon'"),
        ({"options": {"playlists": ["x" * 151]}}, "options.playlists", "can be no playlist"),
        ({"facts": facts(duration_seconds=181)}, "duration", "lasts 181.00 s"),
        ({"facts": facts(display_width=1920, display_height=1080)}, "aspect_ratio", "1920 × 1080"),
        ({"video": ClipVideo(b"x", content_type="image/png")}, "file.type", "type image/png"),
        ({"thumbnail": picture(content=b"GIF89a", content_type="image/gif")}, "thumbnail.type", "image/gif"),
        ({"thumbnail": picture(content=b"no picture")}, "thumbnail.type", "no PNG or JPEG"),
        ({"thumbnail": picture(content=png() + bytes(52_428_800))}, "thumbnail.size", "takes 52,428,800"),
    ],
)
def test_what_youtube_would_refuse_is_refused_with_a_sentence(changes: dict[str, Any], rule: str, words: str) -> None:
    found = problems(**changes)
    assert set(found) == {rule}
    assert found[rule][0] == "refused"
    assert words in found[rule][1]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"facts": facts(duration_seconds=180.0)}, "duration"),
        ({"privacy": "unlisted", "publish_at": FUTURE}, "publish_at.privacy"),
        ({"thumbnail": picture(content=png(72, 128), width=72, height=128)}, "thumbnail.pixels"),
    ],
)
def test_what_is_only_worth_knowing_is_a_warning(changes: dict[str, Any], rule: str) -> None:
    found = problems(**changes)
    assert {name: fix for name, (fix, _) in found.items()} == {rule: "warning"}


def test_all_problems_come_at_once() -> None:
    found = problems(title="<" * 101, description="x" * 5001, privacy="", options={"a": 1, "b": 2})
    assert set(found) == {
        "title.length", "title.characters", "description.length", "privacy", "options.a", "options.b",
    }  # fmt: skip


@pytest.mark.parametrize(("verified", "rules"), [(True, []), (False, ["file.long"])])
def test_long_videos_need_a_verified_channel(make_desk: Callable[..., Desk], verified: bool, rules: list[str]) -> None:
    desk = make_desk(traits={"verified": verified})
    what = posting(placement=Placement.VIDEO, facts=facts(duration_seconds=901))
    assert [problem.rule for problem in desk.publisher.validate(what)] == rules
    assert desk.endpoints() == ["channels.list"]


def test_a_sign_in_of_another_channel_is_noticed(desk: Desk) -> None:
    desk.publisher = Publisher(desk.calls, settings={}, account={"platform_user_id": "UCother", "username": "other"})
    with pytest.raises(AccountTrouble, match="another channel than other"):
        desk.publisher.validate(posting(placement=Placement.VIDEO, facts=facts(duration_seconds=901)))


def test_a_rare_category_is_asked_for(desk: Desk) -> None:
    for number, rules in (("18", ["category"]), ("999", ["category"])):
        found = desk.publisher.validate(posting(options={"category": number}))
        assert [problem.rule for problem in found] == rules
    assert set(desk.endpoints()) == {"videoCategories.list"}


def body(settings: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return video_body(posting(**changes), YouTubeSettings.model_validate(settings or {}))


def test_what_has_a_dangerous_default_is_always_sent() -> None:
    assert body(language=None)["status"] == {
        "privacyStatus": "public",
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": False,
        "license": "youtube",
        "embeddable": True,
    }
    assert body(language=None)["snippet"] == {
        "title": "A walk by the sea",
        "description": "Waves.",
        "tags": ["sea", "slow walk"],
        "categoryId": "22",
    }


def test_options_win_over_release_and_settings() -> None:
    options = {
        "category": "20",
        "license": "creativeCommon",
        "embeddable": False,
        "public_stats_viewable": False,
        "default_language": "de",
        "recording_date": "2026-05-01",
    }
    what = posting(options=options, category="Music")
    sent = video_body(what, YouTubeSettings(category="1"))
    assert sent["snippet"]["categoryId"] == "20"
    assert sent["snippet"]["defaultLanguage"] == "de"
    assert sent["status"]["license"] == "creativeCommon"
    assert sent["status"]["embeddable"] is False
    assert sent["status"]["publicStatsViewable"] is False
    assert sent["recordingDetails"] == {"recordingDate": "2026-05-01T00:00:00Z"}
    assert video_parts(what) == "snippet,status,recordingDetails"
    assert body({"category": "1"}, category="Music")["snippet"]["categoryId"] == "10"
    assert body({"category": "1"})["snippet"]["categoryId"] == "1"


def test_a_video_for_later_is_sent_as_private_with_its_time_in_utc() -> None:
    later = datetime.fromisoformat("2026-12-01T09:00:00+01:00")
    status = body(publish_at=later)["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2026-12-01T08:00:00Z")


def test_a_language_nobody_knows_is_not_sent() -> None:
    assert "defaultLanguage" not in body(language="und")["snippet"]


def test_options_keep_dates_and_times_apart() -> None:
    assert YouTubeOptions.model_validate({"recording_date": "2026-05-01"}).recording_date == date(2026, 5, 1)
    timed = YouTubeOptions.model_validate({"recording_date": "2026-05-01T10:00:00+02:00"}).recording_date
    assert isinstance(timed, datetime)
    assert YouTubeOptions.model_validate({"category": 22}).category == "22"


def test_the_file_is_named_after_the_publication() -> None:
    assert file_name(posting()) == "3f1c0c52-publication.mp4"
    odd = posting(publication_id="a/b ü\n", video=ClipVideo(b"x", content_type="video/quicktime"))
    assert file_name(odd) == "a_b___.mov"


@pytest.mark.parametrize(
    ("settings", "name"),
    [({"chunk_bytes": 1_000_000}, "chunk_bytes"), ({"thumbnails": 1}, "thumbnails"), ({"privacy": "x"}, "privacy")],
)
def test_a_wrong_setting_is_refused_by_name(settings: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        Publisher(NOWHERE, settings=settings, account={})


def test_the_shipped_settings_are_accepted() -> None:
    from include import settings

    shipped = settings.distribution().platforms["youtube"]
    for schedule in ("ours", "theirs"):
        Publisher(NOWHERE, settings={**shipped, "schedule": schedule}, account={})

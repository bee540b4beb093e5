"""What holds for both gateways on every platform they serve."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include import gateways
from include.gateways.answers import refused_by_platform
from include.gateways.post_addresses import video_id_in
from include.platforms.contract import NoHosting, Published
from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.releases.publication import Placement
from tests.gateways.scene import PICTURE, posting
from tests.platforms.tiktok.scene import ClipVideo

SERVED = [(route, name) for route in gateways.ROUTES for name in gateways.get(route).PLACEMENTS]
MAKES = {"blotato": "posts.create", "upload_post": "upload"}
each_route = pytest.mark.parametrize("route", gateways.ROUTES)


class Fetched:
    """Stands for our hosting: the video lies at an address the test names."""

    def __init__(self, address: str) -> None:
        self.address = address

    def video_address(self) -> str:
        return self.address

    def picture_address(self, picture: Any) -> str:
        return f"{self.address}?cover"


@pytest.mark.parametrize(("route", "platform"), SERVED)
def test_a_video_goes_out_once_with_its_bytes_and_texts(counter: Any, route: str, platform: str):
    there = counter(route, platform)
    wanted = posting(platform)
    assert [each for each in there.publisher.validate(wanted) if each.fix != "warning"] == []
    answer = there.to_the_end(wanted)
    [post] = there.posts()
    assert isinstance(answer, Published)
    assert post["sha256"] == ClipVideo().sha256
    assert post["options"]["route"] == route
    assert answer.video_id == post["id"] or (route, platform) == ("blotato", "instagram")
    assert answer.url
    assert wanted.title in post["title"] or wanted.caption in post["title"] + post["description"]
    assert there.counts == [wanted.video.size]
    assert there.publisher.check(wanted, there.note) == answer
    assert there.publisher.find(wanted, there.note) == answer


@pytest.mark.parametrize(("route", "platform"), SERVED)
def test_every_placement_that_is_served_is_asked_for_and_no_other(counter: Any, route: str, platform: str):
    there = counter(route, platform)
    for placement in Placement:
        served = placement in gateways.get(route).PLACEMENTS[platform]
        problems = {each.rule for each in there.publisher.validate(posting(platform, placement=placement))}
        assert ("placement" in problems) != served


@pytest.mark.parametrize(("route", "platform"), SERVED)
def test_the_platforms_own_rules_hold(counter: Any, route: str, platform: str):
    there = counter(route, platform)
    too_much = replace(posting(platform), title="x" * 300, caption="y" * 70_000, options={"nonsense": 1})
    rules = {each.rule for each in there.publisher.validate(too_much) if each.fix == "refused"}
    assert any("option" in rule for rule in rules)
    assert rules & {"caption", "title", "title.length"}
    short = posting(platform, facts=replace(posting(platform).facts, video_codec="mpeg2", duration_seconds=0.0))
    assert {each.rule for each in there.publisher.validate(short)} & {"duration", "video_codec"}


@each_route
def test_what_a_gateway_cannot_carry_is_refused_by_name(counter: Any, route: str):
    there = counter(route, "facebook")
    problems = there.publisher.validate(posting("facebook", options={"content_category": "MUSIC", "upload": "pigeon"}))
    assert {"options.content_category", "upload"} <= {each.rule for each in problems}


@each_route
def test_a_video_is_fetched_from_our_hosting_when_that_is_asked(counter: Any, sandbox: Any, route: str):
    first = counter("blotato", "youtube")
    first.to_the_end(posting("youtube", title="the source"))
    address = sandbox.published("youtube")[0]["url_of_file"]
    there = counter(route, "linkedin")
    answer = there.to_the_end(posting("linkedin", options={"upload": "hosting"}, hosting=Fetched(address)))
    assert isinstance(answer, Published)
    assert [each["sha256"] for each in there.posts()] == [ClipVideo().sha256]
    assert "media.put" not in there.endpoints()
    assert there.counts == []


@each_route
def test_nothing_is_handed_over_before_its_time(counter: Any, route: str):
    there = counter(route, "youtube")
    at = datetime.now(UTC) + timedelta(hours=1)
    wanted = posting("youtube", publish_at=at)
    assert [each for each in there.publisher.validate(wanted) if each.fix == "refused"] == []
    with pytest.raises(QuotaExhausted) as later:
        there.upload(wanted)
    assert (later.value.resets_at, there.endpoints()) == (at, [])


@each_route
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"action": "status", "status": 401}, AccountTrouble),
        ({"action": "status", "status": 403, "body": {"message": "upgrade"}}, AccountTrouble),
        ({"action": "status", "status": 400, "body": {"message": "bad"}}, Rejected),
        ({"action": "status", "status": 422, "body": {"message": "bad"}}, Rejected),
        ({"action": "status", "status": 429, "body": {"message": "wait 7 seconds"}}, TryAgain),
        ({"action": "status", "status": 500, "body": {"code": 9999}}, OutcomeUnknown),
        ({"action": "status", "status": 503}, OutcomeUnknown),
        ({"action": "status", "status": 200, "body": "<html>"}, OutcomeUnknown),
        ({"action": "drop_after"}, OutcomeUnknown),
        ({"action": "drop_before"}, OutcomeUnknown),
    ],
    ids=["401", "403", "400", "422", "429", "500", "503", "no JSON", "lost after", "lost before"],
)
def test_each_answer_to_the_one_call_that_posts_means_what_it_means(
    counter: Any, sandbox: Any, route: str, fault: dict[str, Any], error: type[Exception]
):
    there = counter(route, "tiktok")
    sandbox.fault(match={"endpoint": MAKES[route]}, **fault)
    with pytest.raises(error) as told:
        there.upload(posting("tiktok"))
    assert type(told.value) is error
    stages = [note["stage"] for note in there.notes]
    if error is OutcomeUnknown:
        assert stages[-1] in ("posting", "sending"), "only a look may lead on from here"
    else:
        assert stages[-1] in ("stored", "refused"), "it was surely not accepted"
    assert there.given["api_key"] not in str(told.value)


@each_route
def test_a_platform_that_refused_is_no_success(counter: Any, sandbox: Any, route: str):
    there = counter(route, "tiktok")
    sandbox.fault(match={"endpoint": MAKES[route]}, action="fail_processing", reason="spam_risk: this looks like spam")
    with pytest.raises(Rejected, match="did not post the video: spam_risk"):
        there.to_the_end(posting("tiktok"))
    with pytest.raises(Rejected):
        there.find(posting("tiktok"))


@each_route
@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("Your TikTok session has expired, please reconnect", AccountTrouble),
        ("spam_risk_too_many_posts", QuotaExhausted),
    ],
)
def test_what_a_new_try_may_mend_is_told_apart(counter: Any, sandbox: Any, route: str, reason: str, error: Any):
    there = counter(route, "tiktok")
    sandbox.fault(match={"endpoint": MAKES[route]}, action="fail_processing", reason=reason)
    with pytest.raises(error):
        there.to_the_end(posting("tiktok"))
    assert there.publisher.find(posting("tiktok"), there.note) is None


@each_route
def test_in_progress_for_too_long_is_unknown_and_never_failed(counter: Any, sandbox: Any, route: str):
    there = counter(route, "tiktok")
    sandbox.settings(processing_seconds=1000)
    there.upload(posting("tiktok"))
    there.check(posting("tiktok"))
    there.later = timedelta(minutes=61)
    with pytest.raises(OutcomeUnknown):
        there.check(posting("tiktok"))
    assert type(there.publisher.find(posting("tiktok"), there.note)).__name__ == "CannotTell"
    sandbox.settings(processing_seconds=0)
    there.posts()  # waits until the video is fetched and looked at
    assert isinstance(there.publisher.find(posting("tiktok"), there.note), Published)


@each_route
def test_a_draft_that_was_asked_for_is_published_without_an_address(counter: Any, route: str):
    there = counter(route, "tiktok")
    answer = there.to_the_end(posting("tiktok", placement=Placement.INBOX))
    assert isinstance(answer, Published)
    assert (answer.video_id, answer.url) == (None, None)
    assert [each["state"] for each in there.posts()] == ["SEND_TO_USER_INBOX"]


@each_route
def test_no_key_reaches_a_log_or_a_note(counter: Any, route: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    there = counter(route, "tiktok")
    there.to_the_end(posting("tiktok"))
    assert there.given["api_key"] not in caplog.text + str(there.notes) + repr(there.publisher)


@each_route
def test_there_is_no_last_step(counter: Any, route: str):
    there = counter(route, "tiktok")
    with pytest.raises(RuntimeError):
        there.publisher.finish(posting("tiktok"), {}, there.save)


@pytest.mark.parametrize(
    ("platform", "url", "found"),
    [
        ("youtube", "https://www.youtube.com/watch?v=abcdefghijk", "abcdefghijk"),
        ("youtube", "https://youtu.be/abcdefghijk", "abcdefghijk"),
        ("youtube", "https://www.youtube.com/shorts/abcdefghijk", "abcdefghijk"),
        ("tiktok", "https://www.tiktok.com/@ana/video/7123456789012345678?x=1", "7123456789012345678"),
        ("facebook", "https://www.facebook.com/reel/123456789", "123456789"),
        ("facebook", "https://www.facebook.com/watch/?v=123456789", "123456789"),
        ("linkedin", "https://www.linkedin.com/feed/update/urn:li:share:71/", "urn:li:share:71"),
        ("instagram", "https://www.instagram.com/reel/Cabc/", None),
        ("tiktok", None, None),
        ("parrot", "https://example.com/1", None),
    ],
)
def test_an_id_is_read_from_an_address(platform: str, url: str | None, found: str | None):
    assert video_id_in(platform, url) == found


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("reached_active_user_cap", QuotaExhausted),
        ("Daily limit reached", QuotaExhausted),
        ("The access token is invalid", AccountTrouble),
        ("Please re-authenticate your account", AccountTrouble),
        ("The user was banned from posting", AccountTrouble),
        ("Unsupported media type", Rejected),
        ("Request timed out", Rejected),
        ("", Rejected),
        (None, Rejected),
    ],
)
def test_a_gateways_words_for_a_failure_decide_what_follows(text: str | None, error: type[Exception]):
    assert type(refused_by_platform("tiktok", text)) is error


def test_without_hosting_a_thumbnail_is_left_out_and_said(counter: Any):
    there = counter("upload_post", "instagram")
    answer = there.to_the_end(posting("instagram", thumbnail=PICTURE, hosting=NoHosting()))
    assert isinstance(answer, Published)
    assert "no hosting is set up" in answer.warnings[0]

"""The conf of a run: what is taken, what is refused, and which instant a local time means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from include.releases.conf import ConfError, PublishConf, is_title_id, read_conf
from include.releases.local_time import utc_instant
from include.releases.publication import Placement

LEAST = {"segment": "women", "age_bucket": "18-23", "title_id": "0f1e"}
FULL = LEAST | {
    "export_root": "file:///srv/final",
    "owner": "alice",
    "platforms": ["youtube", "tiktok"],
    "targets": [
        {
            "account": "my_youtube",
            "placement": "short",
            "privacy": "public",
            "title": "…",
            "caption": "…",
            "hashtags": ["…"],
            "scheduled_for": "2026-12-01T09:00:00",
            "timezone": "Europe/Madrid",
            "options": {"category": "22"},
        }
    ],
    "scheduled_for": None,
    "timezone": "UTC",
    "priority": 5,
    "max_retries": 3,
    "campaign": None,
    "webhook_url": None,
    "callback_data": {},
    "require_approval": False,
    "dry_run": False,
}


def conf_of(data: Any) -> PublishConf:
    return read_conf(
        data, segments=("women", "men"), age_buckets={"18-23": 1, "10-13": 2}, platforms=("youtube", "tiktok")
    )


def problems_of(data: Any) -> list[str]:
    with pytest.raises(ConfError) as caught:
        conf_of(data)
    assert all(problem.endswith(".") for problem in caught.value.problems)
    return caught.value.problems


def test_three_keys_are_enough() -> None:
    conf = conf_of(LEAST)
    assert (conf.platforms, conf.targets, conf.priority, conf.max_retries, conf.timezone) == ((), (), 5, 3, "UTC")
    assert conf.due_at() is None


def test_the_contracts_example_is_taken_and_survives_a_round_trip() -> None:
    conf = conf_of(FULL)
    assert conf.targets[0].placement is Placement.SHORT
    assert conf.due_at(conf.targets[0]) == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert conf_of(conf.model_dump(mode="json")) == conf


@pytest.mark.parametrize("key", sorted(set(FULL) - set(LEAST)))
def test_null_means_absent_for_every_key_that_may_be_left_out(key: str) -> None:
    assert conf_of(LEAST | {key: None}) == conf_of(LEAST)


def test_every_problem_is_listed_at_once_with_its_key() -> None:
    found = problems_of(
        {
            "segment": "womn",
            "title_id": "../x",
            "platforms": ["youtube", "myspace"],
            "targets": [{"placement": "poster", "acount": "x", "options": {"tags": 5}}],
            "priority": 11,
            "max_retries": True,
            "webhook_url": "ftp://x",
            "timezone": "Mars/Olympus",
            "export_root": "https://x",
            "callback_data": {"a": "\x00"},
            "dry_run": "yes",
            "speed": 3,
        }
    )
    starts = [
        'segment does not know "womn"; known: women, men.',
        "age_bucket is missing",
        "title_id must be a file name",
        "export_root must be a path",
        'platforms does not know "myspace"; known: youtube, tiktok.',
        "timezone must be an IANA time zone",
        "targets[0].account is missing",
        "targets[0].placement must be one of",
        "targets[0].options has wrong values: tags must be a list, not 5.",
        "targets[0].acount is not a known key; known: account, ",
        "priority must be at most 10, not 11.",
        "max_retries must be a whole number, not true.",
        "webhook_url must be an http:// or https:// address.",
        'dry_run must be true or false, not "yes".',
        "speed is not a known key; known: segment, ",
        "callback_data.a contains a NUL character",
    ]
    assert len(found) == len(starts)
    assert all(problem.startswith(start) for problem, start in zip(found, starts, strict=True)), found


@pytest.mark.parametrize("data", [None, [], "conf", 5])
def test_a_conf_must_be_an_object(data: object) -> None:
    assert "must be an object" in problems_of(data)[0]


@pytest.mark.parametrize(
    ("key", "value"), [("priority", 0), ("priority", 11), ("max_retries", -1), ("max_retries", 11)]
)
def test_numbers_stay_in_their_range(key: str, value: int) -> None:
    assert problems_of(LEAST | {key: value})[0].startswith(key)


def test_the_same_account_and_placement_twice_is_refused() -> None:
    twice = [{"account": "a", "placement": "short"}, {"account": "a", "placement": "short"}]
    assert "twice" in problems_of(LEAST | {"targets": twice})[0]
    assert len(conf_of(LEAST | {"targets": [twice[0], {"account": "a", "placement": "video"}]}).targets) == 2


def test_a_platform_named_twice_counts_once() -> None:
    assert conf_of(LEAST | {"platforms": ["youtube", "youtube"]}).platforms == ("youtube",)


@pytest.mark.parametrize("root", ["/srv/final", "exports", "file:///srv/final", "gs://bucket/final", "s3://bucket"])
def test_good_roots(root: str) -> None:
    assert conf_of(LEAST | {"export_root": root}).export_root == root


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/y",
        "https://",
        "http:///path",
        "javascript:1",
        "https://x y",
        "https://x:99999/",
        "//x",
        "https://[",
        "x",
    ],
)
def test_a_webhook_must_be_a_web_address(address: str) -> None:
    assert problems_of(LEAST | {"webhook_url": address})[0].startswith("webhook_url")


# title_id


@pytest.mark.parametrize("good", ["a", "0f1e-22.b_c", "A" * 128, "a.b.c", "x-"])
def test_safe_title_ids(good: str) -> None:
    assert is_title_id(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "..",
        "../x",
        "a/../b",
        "a/b",
        "a\\b",
        ".hidden",
        "-x",
        "_x",
        "a..b",
        "A" * 129,
        "a b",
        "ä",
        "a\n",
        "a\x00",
        "%2e%2e",
    ],
)
def test_unsafe_title_ids(bad: str) -> None:
    assert not is_title_id(bad)
    assert problems_of(LEAST | {"title_id": bad})


@given(st.text(max_size=20) | st.text("aZ9._-/\\\x00\n ä", max_size=12))
def test_no_accepted_title_id_can_leave_its_folder(text: str) -> None:
    if is_title_id(text):
        assert "/" not in text
        assert "\\" not in text
        assert ".." not in text
        assert text.isascii()
        assert text.isprintable()
        assert not text.startswith((".", "-"))


# Times


def test_a_time_the_clock_skips_is_refused() -> None:
    (problem,) = problems_of(LEAST | {"scheduled_for": "2026-03-29T02:30:00", "timezone": "Europe/Madrid"})
    assert problem.startswith("scheduled_for must be another time: 2026-03-29 02:30:00 does not exist in Europe/Madrid")


def test_a_time_the_clock_shows_twice_is_refused() -> None:
    (problem,) = problems_of(LEAST | {"scheduled_for": "2026-10-25T02:30:00", "timezone": "Europe/Madrid"})
    assert "2026-10-25 02:30:00 exists twice in Europe/Madrid" in problem


def test_a_targets_time_is_read_in_the_runs_zone_when_it_has_none() -> None:
    wanted = LEAST | {"timezone": "Europe/Madrid", "targets": [{"account": "a", "scheduled_for": "2026-07-01T09:00"}]}
    conf = conf_of(wanted)
    assert conf.due_at(conf.targets[0]) == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    wanted["targets"] = [{"account": "a", "scheduled_for": "2026-03-29T02:30:00"}]
    assert "targets[0].scheduled_for" in problems_of(wanted)[0]
    wanted["targets"][0]["timezone"] = "UTC"
    assert conf_of(wanted).targets


def test_a_target_without_a_time_takes_the_runs() -> None:
    conf = conf_of(LEAST | {"scheduled_for": "2026-12-01T09:00:00", "targets": [{"account": "a"}]})
    assert conf.due_at(conf.targets[0]) == conf.due_at() == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("time", ["2026-12-01T09:00:00Z", "2026-12-01T09:00:00+01:00"])
def test_a_time_with_an_offset_is_refused(time: str) -> None:
    assert "without an offset" in problems_of(LEAST | {"scheduled_for": time})[0]


@pytest.mark.parametrize("time", ["tomorrow", "2026-13-01T00:00:00", "", 1_800_000_000, True, [], "2026-12-01T25:00"])
def test_what_is_no_time_is_refused(time: object) -> None:
    assert problems_of(LEAST | {"scheduled_for": time})[0].startswith("scheduled_for must be a local time")


@pytest.mark.parametrize("zone", ["", "Europe", "../etc/passwd", "/etc/localtime", "CET+1", "Europe/Madrid\x00", 5])
def test_what_is_no_zone_is_refused(zone: object) -> None:
    assert any(problem.startswith("timezone") for problem in problems_of(LEAST | {"timezone": zone}))


ZONES = st.sampled_from(
    (
        "UTC",
        "Europe/Madrid",
        "America/New_York",
        "America/Los_Angeles",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Pacific/Apia",
        "Africa/Casablanca",
    )
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@given(st.datetimes(), ZONES)
@example(wall("0001-01-01T00:00"), "Europe/Madrid")
@example(wall("9999-12-31T23:59"), "America/New_York")
@example(wall("2011-12-30T12:00"), "Pacific/Apia")  # the island skipped that day
@example(wall("2026-10-04T02:15"), "Australia/Lord_Howe")  # its clock moves by half an hour
def test_an_accepted_time_means_exactly_one_instant(local: datetime, zone: str) -> None:
    """Counted the slow way: every instant around that the zone's clock shows as `local`."""
    try:
        instant = utc_instant(local, zone)
    except ValueError:
        return  # the two tests below say when it may be refused
    assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    if wall("0001-01-03") < local < wall("9999-12-29"):
        for minutes in range(-24 * 60, 24 * 60 + 1, 30):
            other = instant + timedelta(minutes=minutes)
            assert minutes == 0 or other.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local


@given(st.datetimes(wall("1990-01-01"), wall("2037-01-01")), ZONES)
def test_a_refused_time_is_shown_never_or_twice(local: datetime, zone: str) -> None:
    try:
        utc_instant(local, zone)
    except ValueError as error:
        said = str(error)
    else:
        return
    around = local.replace(tzinfo=UTC)
    instants = (around + timedelta(minutes=minutes) for minutes in range(-15 * 60, 15 * 60 + 1, 15))
    shown = sum(one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local for one in instants)
    assert ("does not exist" in said, "exists twice" in said) == (shown == 0, shown == 2)


@given(st.datetimes(wall("1990-01-01"), wall("2037-01-01")), ZONES)
def test_the_wall_clock_of_an_instant_leads_back_to_it(moment: datetime, zone: str) -> None:
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    try:
        found = utc_instant(local, zone)
    except ValueError as error:
        found, said = None, str(error)
    assert found == moment.replace(tzinfo=UTC) if found else "exists twice" in said

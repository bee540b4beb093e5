"""YouTube's refusals: which of our classes each becomes, and when limits are lifted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.platforms.youtube.errors import PACIFIC, REASONS, error_for, next_reset

DAILY = (
    "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day' of service "
    "'youtube.googleapis.com' for consumer 'project_number:123456789012'."
)
PER_MINUTE = DAILY.replace("per day", "per minute")


def refusal(status: int, reason: str | None = None, message: str = "", name: str | None = None) -> httpx.Response:
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    if reason:
        error["errors"] = [{"message": message, "domain": "global", "reason": reason}]
    return httpx.Response(status, json={"error": error})


def meaning(response: httpx.Response, endpoint: str = "videos.insert", changes: bool = False) -> PlatformError:
    return error_for(response, endpoint=endpoint, changes=changes)


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        ("2026-11-21T10:00:00+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-11-21T07:59:59+00:00", "2026-11-21T08:00:00+00:00"),
        ("2026-11-21T08:00:00+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-03-08T09:00:00+00:00", "2026-03-09T07:00:00+00:00"),  # a day of 23 hours
        ("2026-11-01T08:00:00+00:00", "2026-11-02T08:00:00+00:00"),  # a day of 25 hours
    ],
)
def test_buckets_are_filled_at_midnight_in_los_angeles(now: str, reset: str) -> None:
    assert next_reset(datetime.fromisoformat(now)) == datetime.fromisoformat(reset)


@given(st.integers(0, 5 * 366 * 86_400))
def test_the_reset_is_always_the_next_midnight(second: int) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    reset = next_reset(now)
    there = reset.astimezone(PACIFIC)
    assert (there.hour, there.minute, there.second) == (0, 0, 0)
    assert timedelta(0) < reset - now <= timedelta(hours=25)
    assert there.date() == now.astimezone(PACIFIC).date() + timedelta(days=1)


def test_an_empty_daily_bucket_is_not_a_short_limit() -> None:
    error = meaning(refusal(429, "rateLimitExceeded", DAILY, name="RESOURCE_EXHAUSTED"))
    assert isinstance(error, QuotaExhausted)
    assert error.message.startswith("YouTube's daily upload limit is reached.")
    assert error.resets_at == next_reset(datetime.now(UTC))
    assert isinstance(meaning(refusal(429, None, DAILY, name="RESOURCE_EXHAUSTED")), QuotaExhausted)


@pytest.mark.parametrize("message", [PER_MINUTE, "", "Too many requests per day to count."])
def test_a_short_limit_is_tried_again(message: str) -> None:
    response = refusal(429, "rateLimitExceeded", message)
    response.headers["Retry-After"] = "17"
    error = meaning(response)
    assert isinstance(error, TryAgain)
    assert error.after == 17


def test_a_channels_own_limit_lasts_a_day() -> None:
    error = meaning(refusal(400, "uploadLimitExceeded"))
    assert isinstance(error, QuotaExhausted)
    assert timedelta(hours=23, minutes=59) < error.resets_at - datetime.now(UTC) <= timedelta(hours=24)


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (403, "quotaExceeded", QuotaExhausted),
        (403, "dailyLimitExceeded", QuotaExhausted),
        (429, "uploadRateLimitExceeded", QuotaExhausted),
        (403, "rateLimitExceeded", TryAgain),
        (403, "userRateLimitExceeded", TryAgain),
        (400, "invalidTitle", Rejected),
        (400, "somethingNew", Rejected),
        (404, "videoNotFound", Rejected),
        (413, None, Rejected),
        (401, "authError", AccountTrouble),
        (401, "youtubeSignupRequired", AccountTrouble),
        (401, None, AccountTrouble),
        (403, "insufficientPermissions", AccountTrouble),
        (403, "accessNotConfigured", AccountTrouble),
        (403, None, AccountTrouble),
        (403, "forbiddenPrivacySetting", Rejected),
        (500, "backendError", TryAgain),
        (503, None, TryAgain),
        (408, None, TryAgain),
        (409, "aborted", TryAgain),
        (302, None, TryAgain),
    ],
)
def test_the_reason_decides_and_else_the_status(status: int, reason: str | None, kind: type[PlatformError]) -> None:
    error = meaning(refusal(status, reason))
    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize("body", [b"", b"<html><title>502</title></html>", b'"text"', b'{"error": "x"}', b"\xff\xfe"])
def test_a_body_that_is_no_json_is_judged_by_its_status(body: bytes) -> None:
    assert type(meaning(httpx.Response(502, content=body))) is TryAgain
    assert type(meaning(httpx.Response(400, content=body))) is Rejected
    assert type(meaning(httpx.Response(401, content=body))) is AccountTrouble


def test_a_server_error_after_a_change_leaves_the_outcome_open() -> None:
    assert type(meaning(refusal(500, "backendError"), "playlists.insert", changes=True)) is OutcomeUnknown
    assert type(meaning(refusal(429, "rateLimitExceeded"), "playlists.insert", changes=True)) is TryAgain


def test_every_sentence_is_one_and_shows_no_address() -> None:
    for _, sentence in REASONS.values():
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    strange = meaning(refusal(400, "new", 'See <a href="x">this</a> at https://host/upload?upload_id=SECRET now'))
    assert strange.message == "YouTube refused videos.insert (status 400): See this at  now."

"""Which code means what, and that every message is a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.tiktok.errors import CODES, FAIL_REASONS, error_for, error_for_reason

EXPECTED = {
    "access_token_invalid": AccountTrouble,
    "scope_not_authorized": AccountTrouble,
    "scope_permission_missed": AccountTrouble,
    "rate_limit_exceeded": TryAgain,
    "invalid_param": Rejected,
    "invalid_params": Rejected,
    "invalid_file_upload": Rejected,
    "invalid_publish_id": Rejected,
    "token_not_authorized_for_specified_publish_id": AccountTrouble,
    "publish_not_cancellable": Rejected,
    "app_version_check_failed": AccountTrouble,
    "spam_risk_too_many_posts": QuotaExhausted,
    "spam_risk_user_banned_from_posting": AccountTrouble,
    "reached_active_user_cap": QuotaExhausted,
    "spam_risk_too_many_pending_share": QuotaExhausted,
    "unaudited_client_can_only_post_to_private_accounts": Rejected,
    "url_ownership_unverified": Rejected,
    "privacy_level_option_mismatch": Rejected,
    "internal_error": TryAgain,
}
REASONS = {
    "file_format_check_failed": Rejected,
    "duration_check_failed": Rejected,
    "frame_rate_check_failed": Rejected,
    "picture_size_check_failed": Rejected,
    "internal": TryAgain,
    "video_pull_failed": TryAgain,
    "photo_pull_failed": TryAgain,
    "publish_cancelled": Rejected,
    "auth_removed": AccountTrouble,
    "spam_risk_too_many_posts": QuotaExhausted,
    "spam_risk_user_banned_from_posting": AccountTrouble,
    "spam_risk_text": Rejected,
    "spam_risk": Rejected,
}


def test_the_tables_hold_every_code_of_the_reference() -> None:
    assert set(CODES) == set(EXPECTED)
    assert set(FAIL_REASONS) == set(REASONS)


@pytest.mark.parametrize(("code", "kind"), EXPECTED.items())
def test_a_code_becomes_its_error(code: str, kind: type[PlatformError]) -> None:
    error = error_for(code, status=403, request_id="20221011", detail="what TikTok said")
    assert type(error) is kind
    assert (error.code, error.status, error.request_id) == (code, 403, "20221011")
    assert error.message.endswith((".", "said"))
    assert code not in error.message


@pytest.mark.parametrize(("reason", "kind"), REASONS.items())
def test_a_fail_reason_becomes_its_error(reason: str, kind: type[PlatformError]) -> None:
    error = error_for_reason(reason)
    assert type(error) is kind
    assert error.code == reason
    assert error.message.endswith(".")


def test_an_unknown_fail_reason_is_refused_by_name() -> None:
    assert isinstance(error_for_reason("new_reason"), Rejected)
    assert "new_reason" in error_for_reason("new_reason").message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, TryAgain),
        (302, TryAgain),
        (400, Rejected),
        (401, AccountTrouble),
        (403, Rejected),
        (408, TryAgain),
        (429, TryAgain),
        (500, TryAgain),
        (503, TryAgain),
    ],
)
def test_an_unknown_code_is_sorted_by_its_status(status: int, kind: type[PlatformError]) -> None:
    assert type(error_for("something_new", status=status)) is kind
    assert type(error_for(None, status=status)) is kind


def test_a_daily_cap_is_over_a_full_day_later() -> None:
    error = error_for("spam_risk_too_many_posts", status=200)
    assert isinstance(error, QuotaExhausted)
    assert abs(error.resets_at - datetime.now(UTC) - timedelta(hours=24)) < timedelta(minutes=1)


@pytest.mark.parametrize(("asked", "waited"), [(None, 60.0), (7.0, 7.0)])
def test_a_rate_limit_waits_a_minute_unless_tiktok_says_how_long(asked: float | None, waited: float) -> None:
    for error in (
        error_for("rate_limit_exceeded", status=429, after=asked),
        error_for(None, status=429, after=asked),
    ):
        assert isinstance(error, TryAgain)
        assert error.after == waited


def test_a_refused_value_repeats_what_tiktok_said() -> None:
    assert error_for("invalid_params", detail="title too long").message.endswith("title too long")

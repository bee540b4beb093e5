"""Which answer of LinkedIn means which error of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.linkedin.errors import Duplicate, error_for, next_midnight


def error(status: int, body: Any = None, changes: bool = False, **headers: str) -> PlatformError:
    return error_for(httpx.Response(status, json=body, headers=headers), request_id="uuid", changes=changes)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"code": "MISSING_FIELD"}, Rejected),
        (400, {"code": "INVALID_VALUE_FOR_FIELD"}, Rejected),
        (400, {"code": "FIELD_LENGTH_TOO_LONG"}, Rejected),
        (400, {"code": "INVALID_VIDEO_ID"}, Rejected),
        (400, {"code": "MEDIA_ASSET_PROCESSING_FAILED"}, Rejected),
        (400, {"code": "MEDIA_ASSET_WAITING_UPLOAD"}, TryAgain),
        (400, {"code": "VERSION_MISSING"}, AccountTrouble),
        (400, {"code": "SOMETHING_NEW"}, Rejected),
        (401, {"serviceErrorCode": 65600}, AccountTrouble),
        (401, {"serviceErrorCode": 65601}, AccountTrouble),
        (401, {"serviceErrorCode": 65602, "message": "The token used in the request has expired"}, AccountTrouble),
        (401, {"serviceErrorCode": 401, "message": "Empty oauth2_access_token"}, AccountTrouble),
        (401, None, AccountTrouble),
        (403, {"code": "ACCESS_DENIED", "serviceErrorCode": 100}, AccountTrouble),
        (403, {"message": "Accessing this video resource is forbidden"}, AccountTrouble),
        (404, {"code": "NOT_FOUND"}, Rejected),
        (404, {"message": "No virtual resource found"}, AccountTrouble),
        (409, {"code": "CONFLICT"}, TryAgain),
        (422, {"code": "UNPROCESSABLE_ENTITY"}, Rejected),
        (426, {"code": "NONEXISTENT_VERSION"}, AccountTrouble),
        (426, None, AccountTrouble),
        (429, {"serviceErrorCode": 101}, QuotaExhausted),
        (429, None, QuotaExhausted),
        (500, None, TryAgain),
        (502, {"code": "ACCESS_DENIED"}, TryAgain),
        (302, None, TryAgain),
    ],
)
def test_every_answer_has_its_class(status: int, body: Any, kind: type[PlatformError]) -> None:
    found = error(status, body)
    assert type(found) is kind
    assert (found.status, found.request_id) == (status, "uuid")


@pytest.mark.parametrize("status", [200, 302, 408, 500, 502, 503, 504])
def test_where_something_may_have_been_done_a_fault_leaves_it_unknown(status: int) -> None:
    assert type(error(status, changes=True)) is OutcomeUnknown


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 426, 429])
def test_a_refusal_did_nothing(status: int) -> None:
    assert type(error(status, changes=True)) is not OutcomeUnknown


def test_the_daily_limit_ends_at_midnight_utc() -> None:
    found = error(429, {"serviceErrorCode": 101, "message": "Resource level throttle APPLICATION DAY limit"})
    assert isinstance(found, QuotaExhausted)
    assert found.resets_at == next_midnight(datetime.now(UTC))
    assert next_midnight(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_shorter_wait_that_linkedin_names_counts() -> None:
    found = error(429, None, **{"Retry-After": "7"})
    assert isinstance(found, TryAgain)
    assert found.after == 7


@pytest.mark.parametrize(
    ("message", "urn"),
    [
        ("Content is a duplicate of urn:li:share:7429", "urn:li:share:7429"),
        ("Content is a duplicate of urn:li:ugcPost:7429.", "urn:li:ugcPost:7429"),
        ("Content is a duplicate of urn:li:activity:7429", "urn:li:activity:7429"),
        ("Content is a duplicate of urn:li:digitalmediaAsset:1", None),
        ("Duplicate post", None),
    ],
)
def test_a_duplicate_names_a_post_or_nothing(message: str, urn: str | None) -> None:
    for code in ("UNPROCESSABLE_ENTITY", "DUPLICATE_POST", None):
        found = error(422, {"status": 422, "code": code, "message": message}, changes=True)
        assert isinstance(found, Duplicate)
        assert found.urn == urn


def test_what_linkedin_says_is_passed_on() -> None:
    found = error(400, {"code": "INVALID_VALUE_FOR_FIELD", "message": "Invalid value for field /visibility"})
    assert "LinkedIn says: Invalid value for field /visibility" in found.message


def test_a_page_instead_of_json_is_understood_by_its_status() -> None:
    answer = httpx.Response(503, text="<html>", headers={"Retry-After": "30"})
    found = error_for(answer)
    assert isinstance(found, TryAgain)
    assert found.after == 30

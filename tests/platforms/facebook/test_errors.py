"""Facebook's codes become our errors, wherever they stand: as code, as subcode, in a video's status."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.facebook.errors import MEANINGS, error_in_status, is_without_bytes, offsets_in
from include.platforms.meta_graph.errors import error_for

CODES = [
    (352, Rejected),
    (382, Rejected),
    (389, Rejected),
    (6000, Rejected),
    (6001, TryAgain),
    (1363037, TryAgain),
    (1363040, Rejected),
    (1363127, Rejected),
    (1363128, Rejected),
    (1363129, Rejected),
    (1363047, TryAgain),
    (1609010, TryAgain),
    (1390008, QuotaExhausted),
    (1346003, Rejected),
    (1404102, Rejected),
    (1609008, Rejected),
    (1404006, AccountTrouble),
    (1404112, AccountTrouble),
    (4854002, AccountTrouble),
    (1404078, AccountTrouble),
    (2061006, Rejected),
    (1349125, Rejected),
    (2069019, Rejected),
    (368, AccountTrouble),
]


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_a_code_becomes_its_error_as_code_and_as_subcode(code: int, kind: type[PlatformError]) -> None:
    assert type(error_for({"code": code, "message": "m"}, meanings=MEANINGS)) is kind
    if code != 368:  # a code only
        assert type(error_for({"code": 100, "error_subcode": code}, meanings=MEANINGS)) is kind


@pytest.mark.parametrize("code", [6001, 1363047, 506, 80001, 2])
def test_a_publishing_call_that_may_have_acted_is_an_unknown_outcome(code: int) -> None:
    assert type(error_for({"code": code}, changes=True, meanings=MEANINGS)) is OutcomeUnknown


@pytest.mark.parametrize("code", [6000, 1390008, 1404078, 100, 200, 368])
def test_a_publishing_call_that_was_refused_did_nothing(code: int) -> None:
    assert type(error_for({"code": code}, changes=True, meanings=MEANINGS)) is not OutcomeUnknown


def test_posting_too_fast_waits_an_hour() -> None:
    error = error_for({"code": 1390008}, meanings=MEANINGS)
    assert isinstance(error, QuotaExhausted)
    assert timedelta(minutes=59) < error.resets_at - datetime.now(UTC) < timedelta(minutes=61)


@pytest.mark.parametrize(
    ("error", "found"),
    [
        ({"code": 6000, "error_subcode": 1363037, "error_data": {"start_offset": "5", "end_offset": 9}}, (5, 9)),
        ({"code": 1363037, "error_data": json.dumps({"start_offset": 5, "end_offset": 9})}, (5, 9)),
        ({"code": 1363037}, None),
        ({"code": 1363037, "error_data": "no json"}, None),
        ({"code": 100, "error_data": {"start_offset": 5, "end_offset": 9}}, None),
    ],
)
def test_the_right_offset_is_read_from_the_error_about_a_wrong_one(
    error: dict[str, Any], found: tuple[int, int] | None
) -> None:
    assert offsets_in(error) == found


def test_an_unknown_error_in_a_status_repeats_facebooks_words() -> None:
    error = error_in_status(99, "Something odd.")
    assert isinstance(error, Rejected)
    assert "Something odd." in error.message
    assert isinstance(error_in_status(None, ""), Rejected)


def test_an_error_in_a_status_is_never_an_unknown_outcome() -> None:
    assert isinstance(error_in_status(1363047, "later"), TryAgain)


def test_a_refused_upload_is_told_by_its_code_wherever_it_stands() -> None:
    assert is_without_bytes(error_for({"code": 6000}, meanings=MEANINGS))
    assert is_without_bytes(error_for({"code": 100, "error_subcode": 6000}, meanings=MEANINGS))
    assert not is_without_bytes(error_for({"code": 100}, meanings=MEANINGS))

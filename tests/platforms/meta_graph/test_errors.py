"""Which code of Meta means what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.platforms.meta_graph.codes import CODES, Meaning
from include.platforms.meta_graph.errors import error_for, error_of, is_missing

EXPECTED: list[tuple[int, int | None, type[PlatformError]]] = [
    (-2, None, TryAgain), (-1, None, TryAgain), (1, None, TryAgain), (2, None, TryAgain),
    (3, None, AccountTrouble), (10, None, AccountTrouble), (200, None, AccountTrouble), (283, None, AccountTrouble),
    (299, None, AccountTrouble), (368, None, AccountTrouble), (25, None, AccountTrouble), (104, None, AccountTrouble),
    (102, None, AccountTrouble), (190, None, AccountTrouble), (190, 458, AccountTrouble), (190, 463, AccountTrouble),
    (190, 467, AccountTrouble), (190, 492, AccountTrouble),
    (4, None, QuotaExhausted), (17, None, QuotaExhausted), (32, None, QuotaExhausted), (341, None, QuotaExhausted),
    (613, None, QuotaExhausted), (80001, None, QuotaExhausted), (80002, None, QuotaExhausted),
    (100, None, Rejected), (100, 33, Rejected), (100, 2108006, Rejected), (803, None, Rejected),
    (506, None, Rejected), (2500, None, Rejected), (4711, None, Rejected),
]  # fmt: skip


@pytest.mark.parametrize(("code", "subcode", "kind"), EXPECTED)
def test_a_code_becomes_its_error(code: int, subcode: int | None, kind: type[PlatformError]) -> None:
    error = error_for({"code": code, "error_subcode": subcode, "message": "(#1) said", "fbtrace_id": "T"}, status=400)
    assert type(error) is kind
    assert error.code == (f"{code}/{subcode}" if subcode else str(code))
    assert (error.status, error.request_id) == (400, "T")


def test_every_meaning_is_a_sentence() -> None:
    for meaning in CODES.values():
        assert meaning.message[0].isupper()
        assert meaning.message.endswith((".", ")."))


def test_a_platforms_own_rows_come_first() -> None:
    own = {(None, 77): Meaning(kind=AccountTrouble, message="Ours.")}
    assert error_for({"code": 1, "error_subcode": 77}, meanings=own).message == "Ours."
    assert isinstance(error_for({"code": 1, "error_subcode": 78}, meanings=own), TryAgain)


def test_a_limit_says_when_it_ends_and_never_sooner_than_five_minutes() -> None:
    for after, least in ((None, 300), (10.0, 300), (420.0, 420)):
        error = error_for({"code": 80002}, after=after)
        assert isinstance(error, QuotaExhausted)
        wait = error.resets_at - datetime.now(UTC)
        assert timedelta(seconds=least - 2) < wait <= timedelta(seconds=least)


@pytest.mark.parametrize("error", [{}, {"code": 1}, {"code": 4}, {"code": 506}, {"code": -1, "error_subcode": 9}])
def test_when_something_may_have_changed_it_is_unknown(error: dict[str, Any]) -> None:
    assert isinstance(error_for(error, status=500, changes=True), OutcomeUnknown)


@pytest.mark.parametrize("code", [100, 10, 190, 368, 200])
def test_a_refusal_at_the_door_is_none(code: int) -> None:
    assert not isinstance(error_for({"code": code}, status=400, changes=True), OutcomeUnknown)


def test_what_meta_tells_apart_by_words_only_is_told_apart() -> None:
    proof = error_for({"code": 100, "message": "API calls from the server require an appsecret_proof argument"})
    assert isinstance(proof, AccountTrouble)
    assert "Require App Secret" in proof.message
    few = error_for({"code": 10, "message": "(#10) Not enough viewers for the media to show insights"})
    assert isinstance(few, Rejected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"id": "1"}, None),
        ([None], None),
        ({"success": True}, None),
        ({"success": False}, {"message": "It did not succeed."}),
        ({"error": {"code": 1}}, {"code": 1}),
        ("text", {}),
        (None, {}),
        (
            {"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found"},
            {"message": "Matching code was not found", "type": "OAuthException", "code": 100},
        ),
    ],
)
def test_an_error_is_seen_whatever_its_form(body: Any, expected: Any) -> None:
    assert error_of(body) == expected


def test_a_status_counts_only_where_there_is_no_code() -> None:
    assert isinstance(error_for({}, status=401), AccountTrouble)
    assert isinstance(error_for({}, status=429), QuotaExhausted)
    assert isinstance(error_for({}, status=502), TryAgain)
    assert isinstance(error_for({"code": 100}, status=500), Rejected | TryAgain)


def test_a_bare_429_that_names_its_wait_is_tried_again_then() -> None:
    for seconds in (0.0, 7.0):
        error = error_for({}, status=429, after=seconds)
        assert isinstance(error, TryAgain)
        assert (error.after or 0.0) == seconds
        assert isinstance(error_for({}, status=429, after=seconds, changes=True), OutcomeUnknown)
        assert isinstance(error_for({"code": 80002}, status=429, after=seconds), QuotaExhausted)


def test_a_missing_object_is_recognised() -> None:
    assert is_missing(error_for({"code": 100, "error_subcode": 33}))
    assert not is_missing(error_for({"code": 100}))

"""Instagram's own errors: every number of the reference has a class and a sentence that helps."""

from __future__ import annotations

import pytest

from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    Rejected,
    TryAgain,
)
from include.platforms.instagram.errors import MEANINGS, SUBCODES, container_error, explained
from include.platforms.instagram.payloads import Container
from include.platforms.meta_graph.errors import error_for

EXPECTED: dict[type[PlatformError], set[int]] = {
    TryAgain: {
        2207001, 2207003, 2207006, 2207008, 2207020, 2207027, 2207032, 2207052, 2207053, 2207076, 2207077, 2207082,
        2207085, 1363008,
    },
    Rejected: {
        2207004, 2207005, 2207009, 2207010, 2207023, 2207026, 2207028, 2207035, 2207036, 2207037, 2207040, 2207057,
        2207073, 2207081,
    },
    QuotaExhausted: {2207042, 2207051},
    AccountTrouble: {2207050},
}  # fmt: skip
ALONE = {352: 2207026, 9: 2207042, 9004: 2207052, 9007: 2207027, 36000: 2207004, 36001: 2207005, 36003: 2207009}


def test_the_table_holds_every_number_of_the_reference() -> None:
    assert set(SUBCODES) == set().union(*EXPECTED.values())


@pytest.mark.parametrize(
    ("kind", "subcode"), [(kind, each) for kind, all_ in EXPECTED.items() for each in sorted(all_)]
)
def test_a_number_becomes_its_error_with_a_sentence(kind: type[PlatformError], subcode: int) -> None:
    error = error_for({"code": -1, "error_subcode": subcode, "message": "Fatal"}, meanings=MEANINGS)
    assert type(error) is kind
    assert error.message.endswith(".")
    assert len(error.message) > 40
    assert error.code == f"-1/{subcode}"


@pytest.mark.parametrize(("code", "subcode"), ALONE.items())
def test_a_code_without_its_number_means_the_same(code: int, subcode: int) -> None:
    assert error_for({"code": code}, meanings=MEANINGS).message == SUBCODES[subcode].message


@pytest.mark.parametrize("subcode", [2207001, 2207003, 2207008, 2207027, 2207032, 2207051, 2207085])
def test_what_may_have_published_nevertheless_is_unknown(subcode: int) -> None:
    error = {"code": 4, "error_subcode": subcode}
    assert isinstance(error_for(error, changes=True, meanings=MEANINGS), OutcomeUnknown)


def container(status: str, code: str = "ERROR", **more: object) -> Container:
    return Container.model_validate({"id": "1", "status_code": code, "status": status, **more})


def test_a_failed_container_is_explained_by_the_last_number_of_its_sentence() -> None:
    error = container_error(container("Error: Media upload has failed with error code 2207026"))
    assert isinstance(error, Rejected)
    assert "H.264" in error.message
    assert container("3 of 2207003 then 2207026 (x)").subcode == 2207026


def test_a_failed_container_without_a_number_is_tried_again_in_its_own_words() -> None:
    error = container_error(container("Error: Something went wrong."))
    assert isinstance(error, TryAgain)
    assert "Something went wrong" in error.message


def test_a_stuck_container_is_seen_in_its_video_status_only() -> None:
    stuck = container(
        "In Progress: Media is still being processed.",
        "IN_PROGRESS",
        video_status={
            "uploading_phase": {"status": "error", "bytes_transferred": 0, "errors": [{"code": 1363008}]},
            "processing_phase": {"status": "error"},
        },
    )
    assert stuck.is_stuck
    error = container_error(stuck)
    assert isinstance(error, TryAgain)
    assert error.code == "1363008"


def test_an_expired_container_is_begun_anew() -> None:
    assert isinstance(container_error(container("Expired: too old", "EXPIRED")), TryAgain)


def test_a_personal_account_is_told_how_to_convert() -> None:
    told = explained(error_for({"code": 100, "message": "(#100) The user is not an Instagram Business"}))
    assert isinstance(told, AccountTrouble)
    assert told.message.startswith("Instagram Reels require a Business or Creator account. Here's how to convert:")
    other = error_for({"code": 100, "message": "no"})
    assert explained(other) is other

"""The usage headers: what they say, and who is stopped for how long."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from include.platforms.meta_graph.usage import Usage, obey, slow_seconds, usage_of
from tests.platforms.meta_graph.script import Meter


def business(**keys: object) -> dict[str, str]:
    return {"x-business-use-case-usage": json.dumps(keys)}


def test_both_headers_are_read() -> None:
    headers = {"x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":31}'} | business(
        a=[{"type": "instagram", "call_count": 12, "total_time": 5, "estimated_time_to_regain_access": 3}]
    )
    assert usage_of(headers) == [
        Usage(percent=31, regain_seconds=0, shared_by="app"),
        Usage(percent=12, regain_seconds=180, shared_by="account"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}', '{"a": [1, {"type": "ads_insights"}]}'])
def test_a_header_without_our_numbers_says_nothing(text: str) -> None:
    assert usage_of({"x-business-use-case-usage": text, "x-app-usage": text if text[:1] != "{" else "{}"}) == []


def test_other_accounts_limits_do_not_stop_ours() -> None:
    full = [{"type": "instagram", "call_count": 100}]
    ours = [{"type": "instagram", "call_count": 4}]
    assert [each.percent for each in usage_of(business(theirs=full, ours=ours), frozenset({"ours"}))] == [4]


def test_a_key_we_do_not_know_counts_when_ours_is_not_there() -> None:
    assert usage_of(business(other=[{"type": "pages", "call_count": 100}]), frozenset({"ours"}))[0].percent == 100


@pytest.mark.parametrize(("percent", "stopped"), [(94.0, False), (95.0, True), (130.0, True)])
def test_the_account_is_stopped_before_the_limit_is_hit(percent: float, stopped: bool) -> None:
    meter = Meter()
    obey([Usage(percent=percent, regain_seconds=0, shared_by="account")], meter)  # type: ignore[arg-type]
    assert bool(meter.pauses) is stopped
    if stopped:
        [(until, why, shared_by)] = meter.pauses
        assert timedelta(seconds=298) < until - datetime.now(UTC) <= timedelta(seconds=300)
        assert shared_by == "account"
        assert "this account" in why


def test_the_time_meta_names_is_waited_for() -> None:
    meter = Meter()
    obey([Usage(percent=100, regain_seconds=420, shared_by="app")], meter)  # type: ignore[arg-type]
    assert timedelta(seconds=418) < meter.pauses[0][0] - datetime.now(UTC) <= timedelta(seconds=420)


def test_reads_pause_longer_from_eighty_percent_on_and_not_beyond_the_stop() -> None:
    def seconds(percent: float) -> float:
        return slow_seconds(Usage(percent=percent, regain_seconds=0, shared_by="app"))

    assert seconds(0) == seconds(80) == 0
    assert 0 < seconds(85) < seconds(94) < 60
    assert seconds(95) == seconds(100) == 0, "everything stops then; there is nothing to slow down"


def test_reads_leave_the_rest_to_publishing_before_everything_stops() -> None:
    meter = Meter()
    obey([Usage(percent=88, regain_seconds=0, shared_by="account")], meter)  # type: ignore[arg-type]
    assert meter.pauses == []
    [(until, why, shared_by)] = meter.read_pauses
    assert timedelta(seconds=30) < until - datetime.now(UTC) <= timedelta(seconds=32)
    assert (shared_by, "kept for publishing" in why) == ("account", True)
    assert meter.told == [("calls", 88, 100)]


def test_what_is_far_from_the_limit_is_not_written_down() -> None:
    meter = Meter()
    obey([Usage(percent=49, regain_seconds=0, shared_by="account")], meter)  # type: ignore[arg-type]
    assert (meter.told, meter.pauses, meter.read_pauses) == ([], [], [])

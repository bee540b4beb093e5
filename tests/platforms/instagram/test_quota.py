"""The publishing limit, read live, and when its next place is free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from include.platforms.errors import AccountTrouble, QuotaExhausted
from include.platforms.instagram.client import Client
from include.platforms.instagram.quota import reserve_place
from tests.platforms.meta_graph.script import Stage, refusal

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def client_of(stage: Stage) -> Client:
    return Client.of(stage.calls, {"ig_user_id": "178"}, {})


def row(usage: int, total: int | None = 50) -> dict[str, object]:
    config = {"config": {"quota_total": total, "quota_duration": 86400}} if total is not None else {}
    return {"data": [{"quota_usage": usage, **config}]}


def test_a_free_place_costs_one_look() -> None:
    stage = Stage([row(49)])
    reserve_place(client_of(stage), NOW)
    [asked] = stage.script.asked
    assert asked.url.path == "/v26.0/178/content_publishing_limit"
    assert asked.url.params["fields"] == "config,quota_usage"


@pytest.mark.parametrize("total", [25, 50, 100])
def test_the_total_is_the_one_instagram_names(total: int) -> None:
    reserve_place(client_of(Stage([row(total - 1, total)])), NOW)
    with pytest.raises(QuotaExhausted, match=f"{total} of {total} posts"):
        reserve_place(client_of(Stage([row(total, total)])), NOW)


def test_an_answer_without_a_total_is_no_limit() -> None:
    for line in (row(7, None), {"data": []}, {}):
        reserve_place(client_of(Stage([line])), NOW)


def test_the_time_of_the_next_place_is_found_and_never_too_early() -> None:
    posts = [NOW - timedelta(hours=20, minutes=10), NOW - timedelta(hours=3), NOW - timedelta(hours=1)]

    class Limit(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            since = parse_qs(request.url.query.decode()).get("since", ["0"])[0]
            used = sum(post.timestamp() >= int(since) for post in posts)
            return httpx.Response(200, json=row(used, 3))

    stage = Stage([{}])
    stage.calls.client = httpx.Client(transport=Limit())
    with pytest.raises(QuotaExhausted) as caught:
        reserve_place(client_of(stage), NOW)
    free = posts[0] + timedelta(hours=24)
    assert free <= caught.value.resets_at <= free + timedelta(minutes=46)
    assert len(stage.records) < 9


def test_where_shorter_times_are_not_obeyed_it_is_looked_again_in_an_hour() -> None:
    with pytest.raises(QuotaExhausted) as caught:
        reserve_place(client_of(Stage([row(50)])), NOW)
    assert caught.value.resets_at == NOW + timedelta(hours=1)


def test_a_personal_account_is_told_how_to_convert() -> None:
    with pytest.raises(AccountTrouble, match="how to convert"):
        reserve_place(client_of(Stage([refusal(10, message="The user is not an Instagram Business")])), NOW)

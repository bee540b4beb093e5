"""The Graph API's calls: addresses, forms, versions, dead tokens, and when an answer counts as lost."""

from __future__ import annotations

import json
import logging

import httpx
import pytest

from include.platforms.errors import AccountTrouble, OutcomeUnknown, QuotaExhausted, Rejected, TryAgain
from include.platforms.meta_graph.graph import Graph, proof_of
from tests.platforms.meta_graph.script import Line, Stage, answer, refusal

HTML = httpx.Response(502, text="<html>Bad Gateway</html>")
PASSING: list[Line] = [
    httpx.ReadTimeout("no answer"),
    httpx.RemoteProtocolError("cut off"),
    HTML,
    refusal(-1),
    refusal(1, status=500),
    refusal(2, status=503),
    refusal(9999, is_transient=True),
    {"success": False},
    {"message": "Service Unavailable"},
    httpx.Response(200, text="<html>"),
]


def test_the_version_and_the_token_go_with_every_call() -> None:
    stage = Stage([{"id": "1"}])
    assert Graph(calls=stage.calls, version="v25.0").get("me", endpoint="me", params={"fields": "id"}) == {"id": "1"}
    [asked] = stage.script.asked
    assert str(asked.url) == "https://graph.test/v25.0/me?fields=id"
    assert asked.headers["authorization"] == "Bearer EAAtoken0"
    assert [record.endpoint for record in stage.records] == ["me"]


@pytest.mark.parametrize(("base", "host"), [("video", "video.test"), ("instagram_graph", "ig.test")])
def test_each_host_is_reached_by_its_name(base: str, host: str) -> None:
    stage = Stage([{"id": "1"}])
    Graph(calls=stage.calls, base=base).get("me", endpoint="me")  # type: ignore[arg-type]
    assert stage.script.asked[0].url.host == host


def test_a_form_is_written_as_meta_wants_it() -> None:
    stage = Stage([{"id": "1"}])
    form = {"a": "ä #x", "yes": True, "no": False, "list": ["a", "b"], "tags": [{"x": 0.5}], "none": None, "n": 3}
    Graph(calls=stage.calls).post("1/media", endpoint="media", form=form)
    assert stage.script.form() == {
        "a": "ä #x", "yes": "true", "no": "false", "list": '["a","b"]', "tags": '[{"x":0.5}]', "n": "3",
    }  # fmt: skip


@pytest.mark.parametrize("line", PASSING, ids=lambda line: str(line)[:40])
def test_a_read_that_fails_in_passing_may_be_tried_again(line: Line) -> None:
    with pytest.raises(TryAgain):
        Graph(calls=Stage([line]).calls).get("me", endpoint="me")


@pytest.mark.parametrize("line", [*PASSING, refusal(4, 2207051), refusal(80002), refusal(506)], ids=str)
def test_a_change_whose_answer_proves_nothing_is_unknown(line: Line) -> None:
    stage = Stage([line])
    with pytest.raises(OutcomeUnknown):
        Graph(calls=stage.calls).post("1/media_publish", endpoint="publish")
    assert len(stage.script.asked) == 1


def test_a_change_that_harms_nobody_twice_may_be_tried_again() -> None:
    for line in PASSING:
        with pytest.raises(TryAgain):
            Graph(calls=Stage([line]).calls).post("1/media", endpoint="media", changes=False)


def test_a_call_that_never_left_may_be_tried_again() -> None:
    with pytest.raises(TryAgain):
        Graph(calls=Stage([httpx.ConnectError("refused")]).calls).post("1/media_publish", endpoint="publish")


def test_a_token_refused_at_the_door_is_renewed_once() -> None:
    stage = Stage([refusal(190, 463), {"id": "7"}])
    assert Graph(calls=stage.calls).post("1/media_publish", endpoint="publish") == {"id": "7"}
    assert [each.headers["authorization"][-1] for each in stage.script.asked] == ["0", "1"]


def test_a_dead_account_is_said_to_be_dead() -> None:
    with pytest.raises(AccountTrouble, match="password"):
        Graph(calls=Stage([refusal(190, 460)]).calls).get("me", endpoint="me")
    with pytest.raises(AccountTrouble, match="Connect it again"):
        Graph(calls=Stage([refusal(190, 460)], left=0).calls).get("me", endpoint="me")


def test_another_version_than_asked_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage([answer({"id": "1"}, facebook_api_version="v21.0")])
    with caplog.at_level(logging.WARNING, "release_desk.meta_graph"):
        for _ in range(3):
            Graph(calls=stage.calls, version="v18.0").get("me", endpoint="me")
    [said] = [record.getMessage() for record in caplog.records]
    assert "v21.0" in said
    assert "v18.0" in said


def test_the_version_asked_for_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage([answer({"id": "1"}, facebook_api_version="v26.0")])
    with caplog.at_level(logging.WARNING, "release_desk.meta_graph"):
        Graph(calls=stage.calls).get("me", endpoint="me")
    assert not caplog.records


def test_a_token_of_its_own_goes_with_its_proof() -> None:
    stage = Stage([{"id": "1"}, {"id": "1"}])
    graph = Graph(calls=stage.calls, token="EAAother", app_secret="secret")
    graph.get("me", endpoint="me")
    graph.post("me", endpoint="me", form={"a": 1})
    proof = proof_of("EAAother", "secret")
    assert [each.headers["authorization"] for each in stage.script.asked] == ["Bearer EAAother"] * 2
    assert stage.script.asked[0].url.params["appsecret_proof"] == proof
    assert stage.script.form() == {"a": "1", "appsecret_proof": proof}
    assert len(proof) == 64
    assert "EAAother" not in repr(graph)
    assert "secret" not in repr(graph)


@pytest.mark.parametrize(("percent", "stopped"), [(94, []), (96, ["account"])])
def test_a_good_answer_near_a_limit_stops_the_account_before_the_limit_is_hit(percent: int, stopped: list[str]) -> None:
    usage = json.dumps({"17": [{"type": "instagram", "call_count": percent, "estimated_time_to_regain_access": 0}]})
    stage = Stage([answer({"id": "17"}, x_business_use_case_usage=usage)])
    assert Graph(calls=stage.calls, own_ids=frozenset({"17"})).get("17", endpoint="me") == {"id": "17"}
    assert [pause[2] for pause in stage.meter.pauses] == stopped


def test_a_limit_that_is_reached_stops_the_account_until_meta_lets_it_in_again() -> None:
    usage = {"17": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 7}]}
    line = httpx.Response(
        400, json={"error": {"code": 80002, "message": "x"}},
        headers={"x-business-use-case-usage": json.dumps(usage)},
    )  # fmt: skip
    stage = Stage([line])
    with pytest.raises(QuotaExhausted) as caught:
        Graph(calls=stage.calls).get("me", endpoint="me")
    (until, _, shared_by), *_ = stage.meter.pauses
    assert shared_by == "account"
    assert abs((until - caught.value.resets_at).total_seconds()) < 1
    assert {pause[2] for pause in stage.meter.pauses} == {"account"}


def test_the_apps_own_limit_stops_all_accounts() -> None:
    stage = Stage([refusal(4)])
    with pytest.raises(QuotaExhausted):
        Graph(calls=stage.calls).get("me", endpoint="me")
    assert [pause[2] for pause in stage.meter.pauses] == ["app"]


def test_a_meter_that_fails_does_not_lose_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage([answer({"id": "9"}, x_app_usage='{"call_count": 99}')])
    stage.meter.pause = lambda *a, **k: 1 / 0  # type: ignore[method-assign,assignment]
    assert Graph(calls=stage.calls).post("1/media_publish", endpoint="publish") == {"id": "9"}
    assert "could not be kept" in caplog.text


@pytest.mark.parametrize("percent", [90, 96, 100])
def test_nobody_sleeps_for_a_limit_because_the_meter_tells_every_worker(percent: int) -> None:
    stage = Stage([answer({"id": "9"}, x_app_usage=json.dumps({"call_count": percent}))])
    graph = Graph(calls=stage.calls)
    graph.post("1/media_publish", endpoint="publish")
    graph.get("me", endpoint="me")
    assert stage.slept == []
    assert bool(stage.meter.pauses) is (percent >= 95)
    assert bool(stage.meter.read_pauses) is (percent < 95)


def test_a_refusal_is_told_with_metas_words_and_without_tokens() -> None:
    said = "Bad token EAAabcdefghij12345 at https://graph.facebook.com/v26.0/me?access_token=EAAsecretsecret"
    with pytest.raises(Rejected) as caught:
        Graph(calls=Stage([refusal(100, message=said)]).calls).get("me", endpoint="me")
    assert "EAA" not in caught.value.message
    assert "https://graph.facebook.com/v26.0/me" in caught.value.message
    assert caught.value.request_id == "A1"

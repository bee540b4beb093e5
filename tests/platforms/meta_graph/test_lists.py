"""Lists page by page, and batches."""

from __future__ import annotations

import json

import pytest

from include.platforms.errors import Rejected, TryAgain
from include.platforms.meta_graph.batch import Read, read_many
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.paging import entries, pages
from tests.platforms.meta_graph.script import Stage, refusal

NEXT = "https://graph.facebook.com/v26.0/1/media?access_token=EAAsecret&after=c1"


def test_pages_follow_the_cursor_until_there_is_no_next() -> None:
    stage = Stage(
        [
            {"data": [{"id": "1"}], "paging": {"cursors": {"after": "c1"}, "next": NEXT}},
            {"data": [], "paging": {"cursors": {"after": "c2"}, "next": NEXT}},
            {"data": [{"id": "2"}], "paging": {"cursors": {"after": "c3"}}},
        ]
    )
    found = list(entries(Graph(calls=stage.calls), "1/media", endpoint="list", params={"limit": 25}))
    assert [each["id"] for each in found] == ["1", "2"]
    assert [each.url.params.get("after") for each in stage.script.asked] == [None, "c1", "c2"]
    assert all(each.url.host == "graph.test" and each.url.params["limit"] == "25" for each in stage.script.asked)


def test_a_cursor_that_leads_back_ends_in_an_error() -> None:
    stage = Stage([{"data": [], "paging": {"cursors": {"after": "c1"}, "next": NEXT}}])
    with pytest.raises(TryAgain, match="leads back"):
        list(pages(Graph(calls=stage.calls), "1/media", endpoint="list"))


def parts(*bodies: object) -> list[object]:
    return [body and {"code": 200, "body": json.dumps(body)} for body in bodies]


def test_a_batch_keeps_its_order_and_asks_again_for_what_was_left_out() -> None:
    failed = {"code": 400, "body": json.dumps({"error": {"code": 100, "message": "no"}})}
    stage = Stage([[*parts({"id": "a"}), None, failed], parts({"id": "b"})])
    answers = read_many(Graph(calls=stage.calls), [Read(path=each) for each in "abc"], endpoint="batch")
    assert answers[:2] == [{"id": "a"}, {"id": "b"}]
    assert isinstance(answers[2], Rejected)
    asked = [json.loads(stage.script.form(number)["batch"]) for number in (0, 1)]
    assert [len(each) for each in asked] == [3, 1]
    assert asked[1] == [{"method": "GET", "relative_url": "v26.0/b"}]


def test_a_batch_has_fifty_parts_at_most() -> None:
    stage = Stage([parts(*[{"id": "x"}] * 50), parts(*[{"id": "x"}] * 50), parts({"id": "y"})])
    reads = [Read(path=str(number), params={"fields": "id,like_count"}) for number in range(101)]
    answers = read_many(Graph(calls=stage.calls), reads, endpoint="batch")
    assert answers[-1] == {"id": "y"}
    assert len(stage.script.asked) == 3
    assert json.loads(stage.script.form(0)["batch"])[0]["relative_url"] == "v26.0/0?fields=id%2Clike_count"


def test_a_part_left_out_again_and_again_may_be_tried_again() -> None:
    [answer] = read_many(Graph(calls=Stage([[None]]).calls), [Read(path="a")], endpoint="batch")
    assert isinstance(answer, TryAgain)


def test_a_batch_that_fails_as_a_whole_is_raised() -> None:
    with pytest.raises(Rejected):
        read_many(Graph(calls=Stage([refusal(100)]).calls), [Read(path="a")], endpoint="batch")

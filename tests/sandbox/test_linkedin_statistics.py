"""LinkedIn's numbers in the sandbox: what may be asked together, what is left out, and which version knows what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.linkedin_caller import LinkedInCaller, code
from tests.sandbox_server import SandboxServer

MEMBER = ["openid", "profile", "w_member_social", "r_member_postAnalytics", "r_member_profileAnalytics"]
DAY = 86_400_000


@pytest.fixture
def page(sandbox: SandboxServer) -> LinkedInCaller:
    return LinkedInCaller(sandbox)


def plant(sandbox: SandboxServer, caller: LinkedInCaller, count: int, days: float) -> list[str]:
    """Make posts."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    wanted = {"platform": "linkedin", "account": caller.credentials["platform_user_id"], "count": count}
    return list(sandbox._call("POST", "/sandbox/videos", {**wanted, "published_at": at})["ids"])


def shares(page: LinkedInCaller, more: str = "") -> Any:
    """Ask for share statistics."""
    whose = f"q=organizationalEntity&organizationalEntity={quote(page.author, safe='')}"
    return page.get(f"rest/organizationalEntityShareStatistics?{whose}{more}")


def listed(urns: list[str]) -> str:
    """Return posts as a query names them."""
    return f"&ugcPosts=List({','.join(quote(urn, safe='') for urn in urns)})"


def test_posts_without_activity_are_left_out_and_pages_have_ten(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    old, new = plant(sandbox, page, 12, 3), plant(sandbox, page, 1, 0)
    first = shares(page, listed(old + new)).json()
    assert len(first["elements"]) == 10
    assert first["paging"]["links"][0]["rel"] == "next"
    whole = shares(page, listed(old + new) + "&count=100").json()
    assert {one["ugcPost"] for one in whole["elements"]} == set(old)
    assert whole["paging"]["links"] == []


def test_what_may_not_be_asked_together(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    ids, now = plant(sandbox, page, 1, 3), int(datetime.now(UTC).timestamp() * 1000)
    span = f"&timeIntervals=(timeRange:(start:{now - 3 * DAY},end:{now}),timeGranularityType:DAY)"
    assert shares(page, span).status_code == 200
    assert code(shares(page, span + listed(ids))) == (400, "ILLEGAL_ARGUMENT")
    assert shares(page, f"&ugcPosts=List({ids[0]})").status_code == 400
    assert shares(page, listed([f"urn:li:ugcPost:{number:019d}" for number in range(110)])).status_code == 414


def test_only_administrators_see_a_pages_numbers(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    (one,) = plant(sandbox, page, 1, 3)
    other = LinkedInCaller(sandbox, "Somebody else", organizations=["42"])
    assert code(
        other.get(f"rest/videoAnalytics?q=entity&entity={quote(one, safe='')}&type=VIDEO_VIEW&aggregation=ALL")
    )[0] == (403)
    whose = quote(page.author, safe="")
    query = f"q=organizationalEntity&organizationalEntity={whose}"
    assert other.get(f"rest/organizationalEntityShareStatistics?{query}").status_code == 403


def test_a_video_tells_one_type_a_call_and_a_deleted_one_nothing(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    (one,) = plant(sandbox, page, 1, 3)
    path = f"rest/videoAnalytics?q=entity&entity={quote(one, safe='')}"
    by_day = page.get(f"{path}&type=VIDEO_VIEW&aggregation=DAY").json()["elements"]
    (whole,) = page.get(f"{path}&type=VIDEO_VIEW&aggregation=ALL").json()["elements"]
    assert whole["value"] == sum(day["value"] for day in by_day) > 0
    assert code(page.get(f"{path}&type=NONSENSE&aggregation=ALL")) == (400, "INVALID_VALUE_FOR_FIELD")
    assert page.http.delete(f"{page.api}/rest/posts/{quote(one, safe='')}").status_code == 204
    assert page.get(f"{path}&type=VIDEO_VIEW&aggregation=ALL").status_code == 404


def test_a_members_metrics_depend_on_the_version(sandbox: SandboxServer) -> None:
    member = LinkedInCaller(sandbox, "Ben", posts_as="member", scopes=MEMBER)
    (one,) = plant(sandbox, member, 1, 3)
    entity = f"rest/memberCreatorPostAnalytics?q=entity&entity=(ugc:{quote(one, safe='')})"

    def ask(more: str, version: str = "202610") -> Any:
        sandbox.settings(linkedin_versions=[version])
        return member.get(f"{entity}&{more}", **{"LinkedIn-Version": version})

    assert ask("queryType=REACTION&aggregation=TOTAL").json()["elements"][0]["metricType"] == "REACTION"
    old = ask("queryType=REACTION&aggregation=TOTAL", "202604").json()["elements"][0]["metricType"]
    assert list(old.values()) == ["REACTION"]
    assert ask("queryType=POST_SAVE&aggregation=TOTAL", "202603").status_code == 400
    assert ask("queryType=REACTION&aggregation=TOTAL", "202505").status_code == 404
    assert ask("queryType=IMPRESSION&aggregation=DAILY").status_code == 400
    assert ask("queryType=REACTION&aggregation=DAILY").status_code == 200
    page = LinkedInCaller(sandbox)
    assert page.get(f"{entity}&queryType=REACTION").status_code == 403


def test_comments_have_replies_below_them(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    ids = plant(sandbox, page, 10, 20)
    for one in ids:
        tops = page.get(f"rest/socialActions/{quote(one, safe='')}/comments?count=100").json()["elements"]
        threads = [each for each in tops if "commentsSummary" in each]
        if threads:
            urn = threads[0]["commentUrn"]
            replies = page.get(f"rest/socialActions/{quote(urn, safe='')}/comments?count=100").json()["elements"]
            assert len(replies) == threads[0]["commentsSummary"]["totalFirstLevelComments"]
            assert {each["parentComment"] for each in replies} == {urn}
            return
    raise AssertionError("nobody answered")


def test_a_batch_tells_of_each_post_by_itself(sandbox: SandboxServer, page: LinkedInCaller) -> None:
    (one,) = plant(sandbox, page, 1, 3)
    gone = "urn:li:ugcPost:7000000000000000000"
    path = f"rest/socialMetadata?ids=List({quote(one, safe='')},{quote(gone, safe='')})"
    body = page.get(path, **{"X-RestLi-Method": "BATCH_GET"}).json()
    assert list(body["results"]) == [one]
    assert body["errors"][gone]["status"] == 404
    assert page.get(path).status_code == 400

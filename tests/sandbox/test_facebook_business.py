"""Meta's own Python package against the sandbox: a container is made and published, a Page's insights are read."""

from __future__ import annotations

import time
from typing import Any

import pytest
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from tests.sandbox.meta_callers import FacebookCaller, FileHost, InstagramCaller, Meta, reel
from tests.sandbox_server import SandboxServer


@pytest.fixture
def graph(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead the package's one address to the sandbox."""
    monkeypatch.setattr(FacebookSession, "GRAPH", sandbox.endpoints()["facebook"]["graph"])


def api_of(caller: Meta) -> FacebookAdsApi:
    """Return the package's client for an account; it proves itself with the app's secret."""
    app = caller.credentials
    return FacebookAdsApi(FacebookSession(app["client_id"], app["client_secret"], caller.token), api_version="v26.0")


def finished(container: ShadowIGMediaBuilder) -> bool:
    """Tell whether a container may be published."""
    return bool(container.api_get(fields=["status_code"])["status_code"] == "FINISHED")


def test_the_package_publishes_a_reel(
    graph: None, sandbox: SandboxServer, instagram: InstagramCaller, host: FileHost
) -> None:
    api = api_of(instagram)
    user = IGUser(instagram.user, api=api)
    made = user.create_media(
        params={"media_type": "REELS", "video_url": host.put("a.mp4", reel()), "caption": "By the package"}
    )
    container = ShadowIGMediaBuilder(made["id"], api=api)
    until = time.monotonic() + 10
    while not finished(container) and time.monotonic() < until:
        time.sleep(0.05)
    media = user.create_media_publish(params={"creation_id": made["id"]})
    (entry,) = sandbox.published("instagram")
    assert (entry["id"], entry["title"]) == (media["id"], "By the package")
    (listed,) = list(user.get_media(fields=["caption", "permalink"]))
    assert (listed["id"], listed["caption"]) == (media["id"], "By the package")
    (limit,) = user.get_content_publishing_limit(fields=["quota_usage", "config"])
    assert limit["quota_usage"] == 1


def test_the_package_reads_a_pages_insights(graph: None, sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page", followers=177)
    rows = Page(page.page, api=api_of(page)).get_insights(params={"metric": ["page_follows"], "period": "day"})
    assert [(row["name"], row["values"][-1]["value"]) for row in rows] == [("page_follows", 177)]


def test_the_package_understands_our_errors(graph: None, sandbox: SandboxServer) -> None:
    page = FacebookCaller(sandbox, "Page")
    with pytest.raises(FacebookRequestError) as refused:
        list(Page(page.page, api=api_of(page)).get_insights(params={"metric": ["page_fans"], "period": "day"}))
    assert (refused.value.api_error_code(), refused.value.http_status()) == (100, 400)


def test_the_package_follows_pages_and_batches(graph: None, instagram: InstagramCaller, host: FileHost) -> None:
    address = host.put("a.mp4", reel())
    keys = [instagram.published(video_url=address) for _ in range(3)]
    api = api_of(instagram)
    found: list[Any] = list(IGUser(instagram.user, api=api).get_media(fields=["id"], params={"limit": 2}))
    assert [one["id"] for one in found] == keys[::-1]
    answers: list[Any] = []
    batch = api.new_batch()
    for key in keys:
        batch.add("GET", [key], params={"fields": "permalink"}, success=lambda answer: answers.append(answer.json()))
    batch.execute()
    assert [one["id"] for one in answers] == keys

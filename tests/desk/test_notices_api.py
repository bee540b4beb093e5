"""REST: notices, webhooks, activity and metrics, as people and scrapers ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from include.publishing import delivery, happenings
from include.releases.publication import State
from tests.desk.people import Ask
from tests.desk.test_api import is_a_problem
from tests.publishing.receivers import configure, receiver  # noqa: F401  fixtures are found by their names
from tests.publishing.rows import a_publication
from tests.publishing.test_happenings import a_job, move, publish

TOKEN = "a-token-of-the-scraper"


@pytest.fixture(autouse=True)
def _inside(configure: Any) -> None:  # noqa: F811
    configure(webhook_inside=["127.0.0.1"])


def test_a_webhook_is_added_listed_told_and_removed(ask: Ask, receiver: Any):  # noqa: F811
    alice = ask("alice")
    added = alice.post("/webhooks", json={"url": receiver.address, "kinds": ["published"]})
    assert added.status_code == 201, added.text
    endpoint = added.json()["endpoint_id"]
    assert alice.post("/webhooks/secret").json()["secret"].startswith("whsec_")
    publish(a_publication("alice"))
    delivery.deliver_due()
    assert len(receiver.got) == 1
    (listed,) = alice.get("/webhooks").json()["webhooks"]
    assert (listed["url"], listed["failures"], listed["paused_at"]) == (receiver.address, 0, None)
    (notice,) = alice.get("/notices").json()["notices"]
    assert [each["state"] for each in notice["deliveries"]] == ["delivered"]
    again = alice.post(f"/notices/{notice['notice_id']}/replay")
    assert [each["state"] for each in again.json()["deliveries"]] == ["waiting"]
    delivery.deliver_due()
    assert len(receiver.got) == 2
    assert alice.post(f"/webhooks/{endpoint}/resume").status_code == 200
    assert alice.delete(f"/webhooks/{endpoint}").status_code == 204
    is_a_problem(alice.delete(f"/webhooks/{endpoint}"), 404)
    assert alice.get("/webhooks").json() == {"webhooks": []}


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "https://10.0.0.1", "ftp://x", "x", "https://[::1]:1/"])
def test_an_address_that_leads_inside_is_refused_with_a_sentence(ask: Ask, url: str):
    is_a_problem(ask("alice").post("/webhooks", json={"url": url}), 422)
    is_a_problem(ask("alice").post("/webhooks", json={"url": "https://example.com", "kinds": ["spam"]}), 422)


def test_notices_come_in_pages_and_by_kind(ask: Ask):
    for number in range(5):
        move(a_publication("alice", f"t{number}"), State.CANCELLED)
    publish(a_publication("alice", "t9"))
    happenings.take_all()
    alice, found, cursor = ask("alice"), [], None
    while True:
        page = alice.get("/notices", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [each["notice_id"] for each in page["notices"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 6
    (only,) = alice.get("/notices?kind=published").json()["notices"]
    assert alice.get(f"/notices/{only['notice_id']}").json() == only
    assert ask("bob").get("/notices").json() == {"notices": [], "cursor": None}
    is_a_problem(alice.get("/notices?cursor=bnVsbA=="), 422)
    is_a_problem(ask("bob").get(f"/notices/{only['notice_id']}"), 404)


def test_what_comes_by_email_is_chosen(ask: Ask):
    alice = ask("alice")
    assert alice.get("/notices/choices").json() == {"address": None, "kinds": []}
    chosen = {"address": "a@example.com", "kinds": ["published", "weekly"]}
    assert alice.put("/notices/choices", json=chosen).json() == chosen
    assert alice.get("/notices/choices").json() == chosen
    is_a_problem(alice.put("/notices/choices", json={"address": "a@b\nBcc: c@d.de", "kinds": []}), 422)
    assert ask("bob").get("/notices/choices").json()["address"] is None
    assert alice.delete("/notices/choices").status_code == 204
    assert alice.get("/notices/choices").json()["address"] is None


def test_who_did_what_over_rest_is_known_with_its_door(ask: Ask):
    publication = a_publication("alice")
    a_job(publication)
    assert ask("alice").post("/jobs/job1/cancel").status_code == 200
    told = ask("alice").get("/activity").json()["activity"]
    assert (told[0]["who"], told[0]["door"], told[0]["what"]) == ("alice", "rest", "cancelled")
    move(publication, State.PLANNED)
    client = ask("admin", **{"X-Act-For": "alice", "User-Agent": "release-desk-client/1"})
    assert client.post("/jobs/job1/cancel").status_code == 200
    page = ask("alice").get("/activity?what=cancelled&limit=1").json()
    assert [(each["who"], each["door"]) for each in page["activity"]] == [("admin", "python")]
    rest = ask("alice").get(f"/activity?what=cancelled&cursor={page['cursor']}").json()
    assert (len(rest["activity"]), rest["cursor"]) == (1, None)
    assert ask("bob").get("/activity").json() == {"activity": [], "cursor": None}


def test_figures_of_everybody_are_for_admins(ask: Ask):
    publish(a_publication("alice"))
    assert ask("alice").get("/activity/figures").json()["success_rate"] == 1
    assert ask("bob").get("/activity/figures").json()["users"] == 0
    is_a_problem(ask("bob").get("/activity/figures?everybody=true"), 403)
    assert ask("admin").get("/activity/figures?everybody=true").json()["users_publishing"] == 1


def test_metrics_are_for_admins_and_for_the_scraper_with_its_token(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    publish(a_publication("alice"))
    is_a_problem(ask("bob").get("/metrics"), 403)
    is_a_problem(ask("the scraper of metrics").get("/metrics"), 403)
    is_a_problem(ask(None).get("/metrics"), 401)
    answer = ask("admin").get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'release_desk_publications_total{outcome="published",platform="youtube"} 1.0' in answer.text
    is_a_problem(ask(TOKEN).get("/metrics"), 403)
    monkeypatch.setenv("RELEASE_DESK_METRICS_TOKEN", TOKEN)
    assert ask(TOKEN).get("/metrics").text == answer.text
    assert ask(None, Authorization=f"bearer {TOKEN}").get("/metrics").text == answer.text


def test_the_scrapers_token_opens_nothing_else(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    from include.desk import access

    async def nobody(*_: Any) -> Any:
        from fastapi import HTTPException

        raise HTTPException(403, "Invalid JWT token")

    scraper, monkeypatched = ask(TOKEN), monkeypatch
    monkeypatched.setattr(access, "get_user", nobody)
    monkeypatched.setenv("RELEASE_DESK_METRICS_TOKEN", TOKEN)
    assert scraper.get("/metrics").status_code == 200
    for method, path in (
        ("GET", "/accounts"), ("GET", "/accounts/metrics"), ("POST", "/metrics"), ("GET", "/metrics/"),
        ("GET", "/notices"), ("GET", "//metrics"), ("GET", "/docs"),
    ):  # fmt: skip
        is_a_problem(scraper.request(method, path), 401)
    is_a_problem(scraper.get("/metrics", headers={"X-Act-For": "alice"}), 403)
    for wrong in ("", "short", TOKEN[:-1], f"{TOKEN}x"):
        is_a_problem(scraper.get("/metrics", headers={"Authorization": f"Bearer {wrong}"}), 401)
    monkeypatched.setenv("RELEASE_DESK_METRICS_TOKEN", "short")
    is_a_problem(scraper.get("/metrics", headers={"Authorization": "Bearer short"}), 401)

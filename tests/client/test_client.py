"""The Python face: the names people know, over HTTP, against the real routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from include.client import DeskError, PublishConfig, PublishingManager, PublishingQueue
from tests.desk.people import Ask, Runs
from tests.publishing.studio import OWNER, Studio

CONFIG = PublishConfig(segment="women", age_bucket="18-23", title_id="t1")
URL = "http://127.0.0.1:8080"
Desk = Callable[[str], PublishingManager]


@pytest.fixture
def desk_of(ask: Ask) -> Iterator[Desk]:
    """Return a manager that is signed in as somebody, and speaks to the app in this process."""
    opened = []

    def manager(name: str) -> PublishingManager:
        client = ask(name)

        def answer(request: httpx.Request) -> httpx.Response:
            path = request.url.raw_path.decode().removeprefix("/api/publishing")
            told = client.request(request.method, path, content=request.read(), headers=dict(request.headers))
            headers = [(key, value) for key, value in told.headers.items() if key != "content-length"]
            return httpx.Response(told.status_code, headers=headers, content=told.content)

        found = PublishingManager(URL, token=name)
        found._client = httpx.Client(base_url=URL, transport=httpx.MockTransport(answer), headers=found._client.headers)
        opened.append(found)
        return found

    yield manager
    for each in opened:
        each.close()


def test_a_script_connects_validates_publishes_and_looks(studio: Studio, desk_of: Desk, runs: Runs):
    with desk_of(OWNER) as desk:
        given = studio.sandbox.account("youtube", name="Scripted")
        studio.monkeypatch.setenv("YOUTUBE_CLIENT_ID", given["client_id"])
        studio.monkeypatch.setenv("YOUTUBE_CLIENT_SECRET", given["client_secret"])
        names = ("access_token", "refresh_token", "scopes", "platform_user_id")
        known = {name: given[name] for name in names if given.get(name)}
        account = desk.add_account("my_youtube", "youtube", known)
        assert account["health"]["state"] == "connected"
        assert [each["account_id"] for each in desk.accounts()] == ["my_youtube"]
        assert desk.validate(CONFIG)["valid"] is True
        job = desk.publish_to("my_youtube", CONFIG)
        assert list(runs.started) == [job["job_id"]]
        assert desk.job(job["job_id"])["results"][0]["account_id"] == "my_youtube"
        assert [each["job_id"] for each in desk.jobs()] == [job["job_id"]]
        with pytest.raises(TimeoutError, match="is pending"):
            desk.wait(job["job_id"], seconds=0.01, every=0.01)
        assert desk.remove_account("my_youtube")["account_id"] == "my_youtube"


def test_a_release_goes_to_many_and_a_queue_moves_and_stops_it(studio: Studio, desk_of: Desk):
    studio.configure(youtube={"schedule": "ours"})
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    with desk_of(OWNER) as desk:
        queue = PublishingQueue(desk)
        when = PublishConfig(
            **{**vars(CONFIG), "scheduled_for": datetime(2027, 1, 15, 9), "timezone": "Europe/Madrid",  # noqa: DTZ001
               "accounts": ("my_youtube", "my_tiktok"), "title": "Bees"}
        )  # fmt: skip
        job = queue.add_job(when)
        assert {each["account_id"] for each in job["results"]} == {"my_youtube", "my_tiktok"}
        assert queue.stats()["waiting"] == 2
        assert [each["job_id"] for each in queue.list_jobs()] == [job["job_id"]]
        moved = queue.move(job["job_id"], priority=9, scheduled_for="2027-01-16T09:00:00")
        assert {(each["priority"], each["scheduled_for"]) for each in moved["results"]} == {(9, "2027-01-16T08:00:00Z")}
        assert queue.cancel(job["job_id"])["status"] == "cancelled"
        assert list(queue.list_jobs()) == []
        assert queue.retry(job["job_id"])["status"] == "scheduled"
        assert queue.times("my_youtube", days=2)


def test_a_batch_is_sent_as_configs_or_as_rows(studio: Studio, desk_of: Desk, runs: Runs):
    studio.connect("youtube")
    with desk_of(OWNER) as desk:
        found = desk.publish_batch(
            [CONFIG, {"segment": "women", "age_bucket": "18-23", "title_id": "gone"}], dry_run=True
        )
        assert (found["good"], found["begun"], [each["row"] for each in found["problems"]]) == (1, 0, [2, 2, 2])
        assert runs.started == {}
        found = desk.publish_batch([CONFIG])
        assert (found["begun"], len(runs.started)) == (1, 1)


def test_a_refusal_is_an_error_with_the_desks_own_words(studio: Studio, desk_of: Desk):
    with desk_of(OWNER) as desk:
        with pytest.raises(DeskError, match="no connected account") as refused:
            desk.publish(CONFIG)
        assert refused.value.status == 422
        with pytest.raises(DeskError, match="You have no job of this id"):
            desk.job("nothing")
    with pytest.raises(DeskError, match="Sign in first"), desk_of("") as nobody:
        nobody.accounts()


def test_what_was_lost_on_the_way_is_sent_again_under_the_same_key(monkeypatch: pytest.MonkeyPatch):
    sent: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("idempotency-key"))
        if len(sent) == 1:
            raise httpx.ReadError("lost")
        if len(sent) == 2:
            return httpx.Response(409, headers={"Retry-After": "0"}, json={"detail": "Being worked on."})
        return httpx.Response(202, json={"job_id": "j"})

    desk = PublishingManager(URL, token="x")
    desk._client = httpx.Client(base_url=URL, transport=httpx.MockTransport(answer))
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert desk.publish(CONFIG) == {"job_id": "j"}
    assert len(sent) == 3
    assert len(set(sent)) == 1
    sent[:] = []
    with pytest.raises(DeskError, match="does not answer"):
        desk.send("DELETE", "/accounts/x")
    assert sent == [None], "what has no key is not sent twice"


@pytest.mark.parametrize(
    "wrong",
    [{"title": "no account is named"}, {"scheduled_for": datetime(2027, 1, 1, tzinfo=UTC)}],
)
def test_a_config_that_cannot_be_meant_is_refused_before_it_is_sent(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=r"accounts|offset"):
        PublishConfig(**{**vars(CONFIG), **wrong}).body()


def test_the_client_needs_nothing_of_the_product(tmp_path: Path):
    import subprocess
    import sys

    from include.settings import PROJECT

    asked = (
        "import sys, include.client; print([n for n in sys.modules if n.startswith('include.') and 'client' not in n])"
    )
    told = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"

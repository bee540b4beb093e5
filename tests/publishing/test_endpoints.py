"""A user's webhooks: signed with an own secret, tried again, paused, resumed; receivers that are slow, hang and lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from typing import Any

import pytest

from include.accounts import vault
from include.database import engine
from include.publishing import delivery, endpoints, happenings, inbox, webhook
from include.publishing.endpoints import Refused, UnknownEndpoint
from include.releases.publication import State
from tests.publishing.receivers import deliveries, let_it_be_due
from tests.publishing.rows import a_publication, an_account
from tests.publishing.test_happenings import a_job, move, publish

INSIDE = {"webhook_inside": ["127.0.0.1"]}


@pytest.fixture(autouse=True)
def _inside(configure) -> None:
    configure(**INSIDE)


def something_happens(owner: str = "alice", title_id: str = "t1") -> None:
    publish(a_publication(owner, title_id), owner)


def the_only(owner: str = "alice") -> endpoints.Endpoint:
    (found,) = endpoints.list_all(owner)
    return found


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Say whether one of a webhook's signatures is of a secret, as a receiver's library does it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_an_endpoint_is_told_what_it_asked_for_and_signed_with_its_owners_secret(receiver):
    endpoints.add("alice", f"{receiver.address}/all")
    endpoints.add("alice", f"{receiver.address}/failures", ["failed"])
    secret = endpoints.new_secret("alice")
    something_happens()
    something_happens("bob", "t2")
    delivery.deliver_due()
    ((headers, body),) = receiver.got
    assert json.loads(body)["data"]["owner"] == "alice"
    assert is_signed(headers, body, secret)
    assert secret.removeprefix("whsec_") not in str(headers) + body.decode()


def test_an_old_secret_signs_along_for_a_day_and_no_longer(receiver):
    endpoints.add("alice", receiver.address)
    old, new = endpoints.new_secret("alice"), endpoints.new_secret("alice")
    something_happens()
    delivery.deliver_due()
    assert [is_signed(*receiver.got[0], each) for each in (old, new)] == [True, True]
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("update desk.webhook_secret set ends_at = now() where ends_at is not null")
    move(a_publication("alice", "t2"), State.CANCELLED)
    delivery.deliver_due()
    assert [is_signed(*receiver.got[1], each) for each in (old, new)] == [False, True]


def test_two_owners_have_two_secrets_and_the_database_has_them_sealed(receiver):
    mine, others = endpoints.new_secret("alice"), endpoints.new_secret("bob")
    assert mine != others
    with engine.transaction("alice") as connection:
        (sealed,) = connection.exec_driver_sql("select envelope, secret_id from desk.webhook_secret").all()
    assert base64.b64decode(mine.removeprefix("whsec_")) not in bytes(sealed.envelope)
    with pytest.raises(vault.VaultError):
        vault.open_envelope(sealed.envelope, belongs_to=f"webhook/bob/{sealed.secret_id}")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://127.0.0.1:1/x", None),  # the allow-list names it
        ("https://10.0.0.1/x", "inner address"), ("https://169.254.169.254/latest/meta-data", "inner address"),
        ("https://[::1]/", "inner address"), ("http://example.com/", "https address"), ("ftp://example.com", "https"),
        ("https://me:secret@example.com/", "no name or password"), ("https://exa mple.com", "no spaces"),
        ("https://", "no address"), ("nonsense", "https address"), ("https://x" * 300, "2048 characters"),
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_is_refused_when_it_is_given(url: str, why: str | None):
    if why is None:
        assert endpoints.add("alice", url).url == url
        return
    with pytest.raises(Refused, match=why):
        endpoints.add("alice", url)
    assert endpoints.list_all("alice") == []


def test_a_name_that_leads_inside_later_is_refused_when_it_is_called(receiver, monkeypatch):
    """Whoever owns a name may point it elsewhere once the address was accepted."""
    real, inner = socket.getaddrinfo, ["93.184.216.34"]

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        return [(0, 0, 0, "", (inner[0], 443))] if host == "hooks.example.com" else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    endpoints.add("alice", "https://hooks.example.com/x")
    inner[0] = "169.254.169.254"
    something_happens()
    (tried,) = delivery.deliver_due()
    assert "leads to an inner address" in tried.trouble
    assert "169.254" not in tried.trouble, "what a name is inside is nobody's business"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_not_followed(receiver, status):
    receiver.status = status
    receiver.location = "http://169.254.169.254/latest/meta-data"
    endpoints.add("alice", receiver.address)
    something_happens()
    (tried,) = delivery.deliver_due()
    assert tried.trouble == f"127.0.0.1 answered {status}."
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "lie", [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n"]
)
def test_a_receiver_that_promises_a_body_and_sends_none_has_taken_it(receiver, monkeypatch, lie):
    """The status is all that counts: a body is never waited for."""
    receiver.words = lie
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 60)
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 60)
    endpoints.add("alice", receiver.address)
    something_happens()
    begun = time.monotonic()
    (tried,) = delivery.deliver_due()
    assert tried.trouble is None
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 999999 What\r\n\r\n", b"\x00" * 9])
def test_a_receiver_that_speaks_no_http_has_not_taken_it(receiver, words):
    receiver.words = words
    endpoints.add("alice", receiver.address)
    something_happens()
    (tried,) = delivery.deliver_due()
    assert tried.trouble is not None
    assert "127.0.0.1 " in tried.trouble


@pytest.mark.parametrize("how", ["silent", "a byte now and then"])
def test_a_receiver_that_hangs_is_left_at_the_deadline(receiver, monkeypatch, how):
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 1)
    if how == "silent":
        receiver.seconds = 60
    else:
        receiver.words = b"HTTP/1.1 200 OK\r\n" + b"X-Long: 1\r\n" * 100
    endpoints.add("alice", receiver.address)
    something_happens()
    begun = time.monotonic()
    (tried,) = delivery.deliver_due()
    assert tried.trouble == "127.0.0.1 did not answer within 1 s."
    assert time.monotonic() - begun < 20, "it drips for 55 s, and is silent for 60"


def test_a_receiver_that_hangs_keeps_nobody_elses_message_waiting(receiver, both, mailbox, monkeypatch):
    """A sender that is never closed, as in the triggerer: one look hands out work and returns."""
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 60)
    receiver.seconds = 60
    for number in range(12):
        endpoints.add(f"owner{number}", f"{receiver.address}/{number}")
        something_happens(f"owner{number}", f"t{number}")
    sender = delivery.Sender()
    try:
        begun = time.monotonic()
        sender.look()
        assert time.monotonic() - begun < 20
        an_account("dora", "my_tiktok", "tiktok")
        for lane in sender.look():
            lane.result(20)
    finally:
        sender.close(wait=False)
    assert mailbox.messages == []


def test_lanes_that_fail_have_threads_of_their_own(receiver, monkeypatch):
    """More receivers that hang than there are threads for them: who is well is served at once."""
    monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 2)
    slow = [f"slow{number}" for number in range(delivery.THREADS_FOR_FAILING + 4)]
    receiver.seconds = 60
    for number, owner in enumerate(slow):
        endpoints.add(owner, f"{receiver.address}/{owner}")
        something_happens(owner, f"s{number}")
    delivery.deliver_due()
    for owner in slow:
        let_it_be_due(owner)
    sender = delivery.Sender()
    try:
        monkeypatch.setattr(webhook, "DEADLINE_SECONDS", 60)
        monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", 60)
        sender.look()
        until = time.monotonic() + 20
        while len(receiver.got) < len(slow) + delivery.THREADS_FOR_FAILING and time.monotonic() < until:
            time.sleep(0.02)  # until those hang again: nobody who comes now has to
        receiver.seconds = 0
        endpoints.add("well", f"{receiver.address}/well")
        something_happens("well", "w")
        begun = time.monotonic()
        for lane in sender.look():
            lane.result(20)
        assert time.monotonic() - begun < 20, "the others hang for a minute"
    finally:
        sender.close(wait=False)
    assert [json.loads(body)["data"]["owner"] for _, body in receiver.got].count("well") == 1


def test_an_endpoint_where_nothing_arrives_is_paused_and_keeps_what_comes_until_it_is_resumed(receiver):
    receiver.status = 500
    endpoint = endpoints.add("alice", receiver.address)
    something_happens()
    for _ in range(delivery.TRIES):
        assert the_only().paused_at is None
        delivery.deliver_due()
        let_it_be_due()
    found = the_only()
    assert found.paused_at is not None
    assert (found.failures, found.last_trouble) == (9, "127.0.0.1 answered 500.")
    something_happens(title_id="t2")
    assert delivery.deliver_due() == []
    states = [each.state for notice in inbox.list_page("alice").notices for each in notice.deliveries]
    assert states == ["held", "given_up"]
    receiver.status, receiver.got[:] = 200, []
    endpoints.resume("alice", endpoint.endpoint_id)
    delivery.deliver_due()
    assert [json.loads(body)["data"]["publication"]["title_id"] for _, body in receiver.got] == ["t2"]
    assert the_only().paused_at is None


def test_one_that_took_something_in_between_is_not_paused(receiver):
    receiver.status = 500
    endpoints.add("alice", receiver.address)
    something_happens()
    for number in range(delivery.TRIES):
        if number == 5:
            receiver.status = 200
            something_happens(title_id="t2")
            delivery.deliver_due()
            receiver.status = 500
            with engine.transaction("alice") as connection:  # the first one is still to be given up
                connection.exec_driver_sql(
                    "update desk.notice_delivery set delivered_at = null, attempts = 5, next_try_at = now() "
                    "where notice_id = (select notice_id from desk.notice order by told_at limit 1)"
                )
        let_it_be_due()
        delivery.deliver_due()
    assert the_only().paused_at is None
    assert the_only().failing_since is not None


def test_a_notice_is_sent_again_with_the_same_id_when_asked(receiver):
    endpoints.add("alice", receiver.address)
    something_happens()
    delivery.deliver_due()
    (notice,) = inbox.list_page("alice").notices
    inbox.replay("alice", notice.notice_id)
    delivery.deliver_due()
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [notice.notice_id] * 2
    assert receiver.got[0][1] == receiver.got[1][1]
    for owner, wrong in (("bob", notice.notice_id), ("alice", "x"), ("alice", endpoints_id())):
        with pytest.raises(inbox.UnknownNotice):
            inbox.replay(owner, wrong)


def endpoints_id() -> str:
    return "00000000-0000-0000-0000-000000000000"


def test_a_removed_endpoint_is_told_nothing_and_nobody_elses_is_removed(receiver):
    endpoint = endpoints.add("alice", receiver.address)
    something_happens()
    happenings.take("alice")
    with pytest.raises(UnknownEndpoint):
        endpoints.remove("bob", endpoint.endpoint_id)
    endpoints.remove("alice", endpoint.endpoint_id)
    assert deliveries() == []
    assert delivery.deliver_due() == []
    with pytest.raises(UnknownEndpoint):
        endpoints.remove("alice", endpoint.endpoint_id)


def test_there_is_a_limit_of_endpoints_and_the_same_address_is_the_same_endpoint(receiver):
    found = {endpoints.add("alice", receiver.address, kinds).endpoint_id for kinds in ([], ["failed"], ["failed"])}
    assert len(found) == 1
    assert the_only().kinds == ("failed",)
    for number in range(endpoints.AT_MOST - 1):
        endpoints.add("alice", f"{receiver.address}/{number}")
    with pytest.raises(Refused, match="remove one first"):
        endpoints.add("alice", f"{receiver.address}/more")
    assert endpoints.add("alice", receiver.address, ["published"]).kinds == ("published",)
    with pytest.raises(Refused, match="no notice called nonsense"):
        endpoints.add("alice", receiver.address, ["nonsense"])


def test_an_at_risk_publication_is_told_to_its_jobs_address(receiver):
    from include.publishing import notices

    publication = a_publication("alice")
    a_job(publication, webhook_url=receiver.address, callback_data={"a": 1})
    delivery.deliver_due()
    assert notices.tell("alice", "at_risk", publication, "x", "At risk", "It would fail.")
    delivery.deliver_due()
    told = json.loads(receiver.got[-1][1])
    assert (told["type"], told["job_id"], told["callback_data"]) == ("at_risk", "job1", {"a": 1})

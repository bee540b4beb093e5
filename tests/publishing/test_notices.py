"""Notices: told once for as long as it stays so, by real e-mail and a real webhook, to checked addresses only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import time
from threading import Thread
from typing import Any

import httpx
import pytest

from include import settings
from include.database import engine
from include.publishing import delivery, mail, notices, webhook
from include.publishing.webhook import NotAllowed
from tests.publishing.receivers import SECRET, deliveries, let_it_be_due


def tell(fingerprint: str = "expired", owner: str = "alice", about: str = "my_youtube") -> bool:
    return notices.tell(owner, "account_expired", about, fingerprint, "Our access has ended", "Connect it again.")


def test_one_thing_is_one_email_and_one_webhook_however_often_it_is_told(both, mailbox, receiver):
    assert [tell() for _ in range(5)] == [True, False, False, False, False]
    for _ in range(3):
        delivery.deliver_due()
        tell()
    assert (len(mailbox.messages), len(receiver.got)) == (1, 1)


def test_what_changes_is_told_again_and_what_was_over_too(both, mailbox):
    told = [tell("a"), tell("b"), tell("b"), tell("a")]
    assert told == [True, True, False, True]
    notices.is_over("alice", "account_expired", "my_youtube")
    notices.is_over("alice", "account_expired", "my_youtube")
    assert tell("a")
    delivery.deliver_due()
    assert len(mailbox.messages) == 1, "what was over before it could be sent is not sent"


def test_each_thing_is_told_by_itself(both, mailbox):
    assert tell(about="my_youtube")
    assert tell(about="my_tiktok")
    assert tell(owner="bob")
    assert notices.tell("alice", "at_risk", "my_youtube", "expired", "At risk", "x")
    delivery.deliver_due()
    assert len(mailbox.messages) == 4


def test_an_email_says_whom_it_is_for_and_what_to_do(both, mailbox):
    notices.tell("alice", "at_risk", "p", "1", "A line\nBcc: someone@example.com", "Do this.\nÄnd that.")
    delivery.deliver_due()
    ((to, message),) = mailbox.messages
    assert to == ["desk@example.com", "on.call@example.com"]
    assert message["Subject"] == "[Release Desk] A line Bcc: someone@example.com"
    assert message["Bcc"] is None
    assert message["From"] == "release-desk@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, page = message.get_payload()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    text = plain.get_payload(decode=True).decode()
    assert "Do this.\nÄnd that." in text.replace("\r\n", "\n")
    assert "It is about what belongs to 'alice'." in text
    assert '<p style="margin:0 0 16px">Do this. Änd that.</p>' in page.get_payload(decode=True).decode()


def test_a_webhook_is_signed_so_that_anybody_with_the_secret_can_tell(both, receiver):
    tell()
    before = int(time.time())
    delivery.deliver_due()
    ((headers, body),) = receiver.got
    event = json.loads(body)
    assert event["type"] == "account_expired"
    assert event["id"] == headers["webhook-id"]
    assert event["data"] == {
        "owner": "alice", "about": "my_youtube", "subject": "Our access has ended", "text": "Connect it again.",
    }  # fmt: skip
    assert before - 1 <= int(headers["webhook-timestamp"]) <= time.time() + 1
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert SECRET not in str(headers) + body.decode()


def test_the_signature_is_that_of_standard_webhooks(configure, monkeypatch):
    """The example of the standard's own libraries: another hand's figures, not ours."""
    configure()
    monkeypatch.setenv("AIRFLOW_CONN_RELEASE_DESK_WEBHOOK", '{"password": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}')
    body = b'{"test": 2432232314}'
    found = webhook.signature(webhook.secret(), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 410, 500])
def test_a_webhook_that_is_not_taken_is_tried_again_and_redirects_are_not_followed(both, receiver, status):
    receiver.status = status
    tell()
    delivery.deliver_due()
    assert len(receiver.got) == 1
    _, hook = deliveries()
    assert hook["trouble"] == f"127.0.0.1 answered {status}."
    assert hook["delivered_at"] is None
    assert [each.way for each in delivery.deliver_due()] == [], "not before its time"
    receiver.status = 204
    let_it_be_due()
    delivery.deliver_due()
    assert deliveries()[1]["delivered_at"] is not None
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert len(ids) == 1, "the receiver can tell that it is the same event"


def test_waits_grow_and_after_eight_more_tries_it_is_given_up(both, mailbox):
    mailbox.refuse = "451 Try later"
    tell()
    waits = []
    for _ in range(11):
        let_it_be_due()
        delivery.deliver_due()
        row = deliveries()[0]
        with engine.transaction("alice") as connection:
            now = connection.exec_driver_sql("select now()").scalar_one()
        if row["next_try_at"] is not None:
            waits.append(round((row["next_try_at"] - now).total_seconds() / 60))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640]
    assert sum(waits) == 1275, "minutes: about a day"
    assert row["attempts"] == 9
    assert "refused the message (451)" in row["trouble"]


def test_a_failed_email_does_not_keep_the_webhook_back_or_send_it_twice(both, mailbox, receiver):
    mailbox.refuse = "550 No"
    tell()
    tell(owner="bob")
    delivery.deliver_due()
    assert len(receiver.got) == 2
    mailbox.refuse = None
    for owner in ("alice", "bob"):
        let_it_be_due(owner)
    delivery.deliver_due()
    assert (len(mailbox.messages), len(receiver.got)) == (2, 2)


def test_two_who_deliver_at_once_send_one(both, mailbox, receiver):
    tell()
    others = [Thread(target=delivery.deliver_due) for _ in range(6)]
    for each in others:
        each.start()
    for each in others:
        each.join()
    assert (len(mailbox.messages), len(receiver.got)) == (1, 1)


def test_a_server_that_is_down_and_one_that_is_not_set_are_said(configure, monkeypatch):
    configure(email_to=["desk@example.com"])
    tell()
    (tried,) = delivery.deliver_due()
    assert "set the Airflow Connection 'smtp_default' (AIRFLOW_CONN_SMTP_DEFAULT)" in tried.trouble
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://127.0.0.1:1?disable_ssl=true&disable_tls=true&timeout=2")
    let_it_be_due()
    assert "has no sender" in delivery.deliver_due()[0].trouble
    configure(email_to=["desk@example.com"], email_from="desk@example.com")
    let_it_be_due()
    assert delivery.deliver_due()[0].trouble == "127.0.0.1:1 did not take the message (ConnectionRefusedError)."


def test_a_login_is_used_and_never_shown(configure, mailbox, monkeypatch, caplog):
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_DEFAULT",
        json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": mailbox.port, "login": "me", "password": "s3cret",
                    "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "from@example.com"}}),
    )  # fmt: skip
    configure(email_to=["desk@example.com"])
    mailbox.refuse = "550 s3cret is what you said"
    tell()
    (tried,) = delivery.deliver_due()
    assert [login.login for login in mailbox.logins] == [b"me"]
    assert mailbox.messages == []
    assert "s3cret" not in f"{tried} {caplog.text} {mail.server()} {deliveries()}"


def test_encryption_is_the_rule_where_the_connection_says_nothing_else(configure, monkeypatch):
    configure(email_from="a@example.com")
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://mail.example.com")
    found = mail.server()
    assert (found.encrypted, found.port) == (True, 465)
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", "smtp://mail.example.com?disable_ssl=true")
    found = mail.server()
    assert (found.encrypted, found.upgrade, found.port) == (False, True, 587)


def test_a_server_without_encryption_is_not_given_the_message_when_it_was_asked_for(configure, mailbox, monkeypatch):
    configure(email_to=["desk@example.com"], email_from="a@example.com")
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", f"smtp://127.0.0.1:{mailbox.port}?disable_ssl=true")
    tell()
    assert delivery.deliver_due()[0].trouble is not None
    assert mailbox.messages == []


def test_nothing_goes_out_where_no_address_is_set(configure):
    configure()
    assert tell()
    assert deliveries() == []
    assert delivery.deliver_due() == []


def test_a_webhook_without_a_secret_is_not_sent_unsigned(configure, receiver):
    configure(webhook_url=receiver.address, webhook_inside=["127.0.0.1"])
    tell()
    (tried,) = delivery.deliver_due()
    assert "nothing to be signed with" in tried.trouble
    assert receiver.got == []


# where webhooks may go


INNER = [
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "198.18.0.1", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses_are_refused_after_the_name_was_looked_up(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    with pytest.raises(NotAllowed, match="an inner address"):
        webhook.checked(httpx.URL("https://hooks.example.com/x"))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_outer_addresses_are_called_as_they_were_looked_up(monkeypatch, address):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (address, 443))])
    assert webhook.checked(httpx.URL("https://hooks.example.com/x")) == ipaddress.ip_address(address)


def test_one_inner_address_among_outer_ones_is_enough_to_refuse(monkeypatch):
    both = [(0, 0, 0, "", (each, 443)) for each in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(NotAllowed):
        webhook.checked(httpx.URL("https://hooks.example.com/x"))


def test_names_of_this_machine_and_plain_http_are_refused(both, receiver):
    port = receiver.address.rsplit(":", 1)[1]
    for address in (f"https://localhost:{port}/", f"https://127.0.0.1:{port}/", "https://[::1]/"):
        with pytest.raises(NotAllowed):
            webhook.checked(httpx.URL(address))
    with pytest.raises(NotAllowed, match="https address"):
        webhook.checked(httpx.URL("http://example.com/"))
    assert receiver.got == []


def test_the_address_that_was_checked_is_the_one_that_is_called(both, receiver, monkeypatch):
    """A name that is looked up a second time, and then leads inside, must not be believed: it is looked up once."""
    port = int(receiver.address.rsplit(":", 1)[1])
    asked: list[str] = []
    real = socket.getaddrinfo

    def changing(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "hooks.example.com":
            return real(host, *rest, **more)
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(webhook, "_is_outside", lambda address: True)
    monkeypatch.setattr(webhook, "checked", lambda url, inside: webhook._addresses(url)[0])
    webhook.send(f"http://hooks.example.com:{port}/x", {"a": 1}, event_id="e")
    assert asked == ["hooks.example.com"]
    assert receiver.got[0][0]["host"] == f"hooks.example.com:{port}"


def test_a_proxy_of_the_environment_is_not_used(both, receiver, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    tell()
    delivery.deliver_due()
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [("email_to", ["no address"]), ("email_to", ["a@b\nBcc: c@d"]), ("webhook_url", "file:///etc/passwd"), ("mail", 1)],
)
def test_a_wrong_setting_is_refused_by_name(configure, key, value):
    configure(**{key: value})
    with pytest.raises(settings.SettingsError, match=f"notices.{key}"):
        settings.distribution()

"""E-mail: what each user chose, as text and as a page, through a real server; and the weekly digest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import pytest

from include.database import engine
from include.publishing import delivery, digest, letters, mail_choices, notices
from include.publishing.wording import MAIL_KINDS
from include.releases.publication import State
from tests.publishing.rows import a_publication, an_account, change
from tests.publishing.test_happenings import move, publish

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _server(configure, mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail server, and nobody of the installation who wants any."""
    address = f"smtp://127.0.0.1:{mailbox.port}?disable_ssl=true&disable_tls=true"
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", address)
    configure(email_from="release-desk@example.com")


def parts(message: Message) -> tuple[str, str]:
    plain, page = (each.get_payload(decode=True).decode() for each in message.get_payload())  # type: ignore[union-attr]
    return plain, page


def subjects(mailbox: Any) -> list[str]:
    return [str(message["Subject"]).removeprefix("[Release Desk] ") for _, message in mailbox.messages]


def test_nobody_is_written_to_who_did_not_ask_for_it(mailbox):
    publish(a_publication("alice"))
    delivery.deliver_due()
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["published"], ["Published: A title on YouTube (my_youtube)"]),
        (["failed"], ["Not published: A title on YouTube (my_youtube)"]),
        (["reconnect"], ["YouTube: our access has ended"]),
        (["at_risk"], ["At risk"]), ([], []),
    ],
)  # fmt: skip
def test_each_is_told_what_they_chose_at_their_own_address(mailbox, kinds, told):
    mail_choices.choose("alice", "alice@example.com", kinds)
    mail_choices.choose("bob", "bob@example.com", ["published"])
    publish(a_publication("alice"))
    move(a_publication("alice", "t2"), State.VALIDATED, State.FAILED)
    notices.tell("alice", "account_expired", "my_youtube", "x", "YouTube: our access has ended", "Connect it again.")
    notices.tell("alice", "at_risk", "x", "x", "At risk", "It would fail.")
    delivery.deliver_due()
    assert subjects(mailbox) == told
    assert {address for to, _ in mailbox.messages for address in to} <= {"alice@example.com"}


def test_a_letter_is_text_and_a_page_with_a_link_to_what_came_out(mailbox):
    mail_choices.choose("alice", "alice@example.com")
    publish(a_publication("alice"))
    delivery.deliver_due()
    ((_, message),) = mailbox.messages
    plain, page = parts(message)
    assert message.get_content_type() == "multipart/alternative"
    assert "It is out on YouTube (my_youtube): https://example.com/watch?v=v1" in plain
    assert 'href="https://example.com/watch?v=v1"' in page
    assert "./desk notices choose" in plain
    assert "./desk notices choose" in page


def test_what_others_wrote_is_no_markup_and_no_other_link():
    notice = {
        "owner": "alice", "subject": "<script>alert(1)</script>", "body": "- <img src=x>\n\n\"quoted\" & <b>bold</b>",
        "data": {"publication": {"url": "javascript:alert(1)"}},
    }  # fmt: skip
    page = letters.letter_of(notice, to_its_owner=True).html
    for raw in ("<script>", "<img", "<b>", "javascript:"):
        assert raw not in page
    assert "&lt;script&gt;" in page
    assert "<li>&lt;img src=x&gt;</li>" in page


@pytest.mark.parametrize(
    "address",
    ["", "alice", "a@b@c", "a b@c.de", "a@c.de\nBcc: x@y.de", "a@c.de,b@c.de", "<a@c.de>", "a@-c.de", "a..b@c.de",
     "none\x00@c.de", f"{'a' * 65}@c.de"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(desk, address):
    with pytest.raises(mail_choices.Refused, match="no e-mail address"):
        mail_choices.choose("alice", address)
    assert mail_choices.read("alice") is None


def test_a_choice_is_ones_own_and_can_be_taken_back(desk):
    with pytest.raises(mail_choices.Refused, match="no e-mail about spam"):
        mail_choices.choose("alice", "a@example.com", ["spam"])
    assert mail_choices.choose("alice", "a@example.com").kinds == MAIL_KINDS
    assert mail_choices.read("bob") is None
    mail_choices.forget("bob")
    assert mail_choices.read("alice") is not None
    mail_choices.forget("alice")
    assert mail_choices.read("alice") is None


def had_one(owner: str, at: datetime) -> None:
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql("update desk.mail_choice set digest_at = %s", (at,))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (MONDAY, MONDAY), (MONDAY - timedelta(seconds=1), MONDAY - timedelta(days=7)),
        (MONDAY + timedelta(days=6, hours=23), MONDAY), (MONDAY + timedelta(days=7), MONDAY + timedelta(days=7)),
    ],
)  # fmt: skip
def test_a_digest_is_due_on_monday_at_seven(now: datetime, due: datetime):
    assert digest.last_monday(now) == due


def test_a_digest_comes_once_a_week_and_says_what_came_out_what_comes_and_who_is_needed(mailbox):
    mail_choices.choose("alice", "alice@example.com", ["weekly"])
    mail_choices.choose("bob", "bob@example.com", ["published"])
    now = datetime.now(UTC)
    publish(a_publication("alice"))
    move(a_publication("alice", "t2"), State.VALIDATED, State.FAILED)
    due = a_publication("alice", "t3")
    change("alice", due, "scheduled_for = now() + interval '2 days'")
    an_account("alice", "my_tiktok", "tiktok")
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("update desk.account set state = 'expired' where account_id = 'my_tiktok'")
    assert digest.write_due(now) == 0, "the first one comes next Monday"
    had_one("alice", now - timedelta(days=8))
    had_one("bob", now - timedelta(days=8))
    assert [digest.write_due(now) for _ in range(3)] == [1, 0, 0]
    delivery.deliver_due()
    assert subjects(mailbox) == ["Your week: 1 published"]
    plain, page = parts(mailbox.messages[0][1])
    for told in (
        "YouTube: 1 published", "YouTube: 1 failed", "https://example.com/watch?v=v1", "What comes next:",
        "A title on YouTube", "Accounts that need you:", "TikTok (my_tiktok): Its access has ended.",
    ):  # fmt: skip
        assert told in plain
        assert told in page


def test_old_notices_are_forgotten_and_what_stands_is_not(desk):
    publish(a_publication("alice"))
    notices.tell("alice", "account_expired", "my_youtube", "x", "Ended", "Connect it again.")
    delivery.deliver_due()
    with engine.transaction("alice") as connection:
        connection.exec_driver_sql("update desk.notice set told_at = now() - interval '91 days'")
    assert delivery.forget_old() == 1
    with engine.transaction("alice") as connection:
        assert connection.exec_driver_sql("select kind from desk.notice").scalars().all() == ["account_expired"]

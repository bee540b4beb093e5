"""The sandbox keeps the letters and webhooks of a trial installation, so that nobody else gets them."""

from __future__ import annotations

import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path

import httpx

from include.sandbox.app import make_app
from include.sandbox.inbox import KEPT, Inbox
from include.sandbox.switches import Switches


def a_letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@localhost", "you@example.com", "Published: Größe ✓"
    message.set_content("It is out.\nReally.")
    message.add_alternative("<p>It is out.</p>", subtype="html")
    return message


async def test_a_letter_is_kept_with_its_text_and_its_page():
    inbox = Inbox()
    server = await inbox.listen(0)
    port = server.sockets[0].getsockname()[1]

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.send_message(a_letter())

    await asyncio.to_thread(send)
    server.close()
    (kept,) = inbox.letters
    assert (kept["to"], kept["subject"]) == (["you@example.com"], "Published: Größe ✓")
    assert kept["text"] == "It is out.\nReally.\n"
    assert kept["page"] == "<p>It is out.</p>\n"


async def test_webhooks_are_kept_with_their_signature_the_newest_last(tmp_path: Path):
    transport = httpx.ASGITransport(make_app(tmp_path, Switches()))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        for number in range(2):
            signed = {"webhook-id": str(number), "webhook-signature": "v1,abc"}
            taken = await client.post("/sandbox/webhooks", json={"n": number}, headers=signed)
            assert taken.status_code == 204
        assert (await client.post("/sandbox/webhooks", content=b"no json")).status_code == 400
        kept = (await client.get("/sandbox/webhooks")).json()
    assert [(each["body"], each["headers"]["webhook-id"]) for each in kept] == [({"n": 0}, "0"), ({"n": 1}, "1")]


def test_it_forgets_the_oldest_instead_of_growing():
    inbox = Inbox()
    for number in range(KEPT + 1):
        inbox.webhooks.append({"n": number})
    assert (len(inbox.webhooks), inbox.webhooks[0]) == (KEPT, {"n": 1})

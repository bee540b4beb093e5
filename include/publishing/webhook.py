"""Sends one webhook: signed, to an address that was looked at, and nowhere else.

The signature is that of Standard Webhooks (standardwebhooks.com, 1.0): headers `webhook-id`, `webhook-timestamp` and
`webhook-signature`; `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. Receivers have libraries for it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

import httpx

from include import settings

TIMEOUT_SECONDS = 10
"""For each step of a call: connecting, sending, waiting for the next byte."""
DEADLINE_SECONDS = 15
"""For all of it: a receiver that sends a byte now and then holds nobody up."""
PREFIX = "whsec_"
"""Before a secret that is base64, as the standard's libraries take it."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(ValueError):
    """The webhook's address leads where we do not send anything."""


class NotTaken(RuntimeError):
    """The receiver could not be reached or did not answer 2xx; the text says what happened."""


def secret() -> bytes:
    """Return what webhooks are signed with: the password of the Connection `notices.webhook_connection`."""
    name = settings.distribution().notices.webhook_connection
    found = settings.connection(name)
    if found is None or not found["password"]:
        raise settings.SettingsError(
            f"Webhooks have nothing to be signed with: set the Airflow Connection '{name}', the secret that the "
            "receiver knows as its password."
        )
    told = str(found["password"])
    if not told.startswith(PREFIX):
        return told.encode()
    try:
        return base64.b64decode(told.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise settings.SettingsError(f"The password of the Connection '{name}' is not base64 after whsec_.") from None


def signature(key: bytes, event_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def send(address: str, content: Mapping[str, Any], *, event_id: str, keys: Sequence[bytes] | None = None) -> None:
    """POST `content` as JSON; the same `event_id` again is the same event to the receiver.

    Signed with each of `keys` (those of a user's webhooks), else with the installation's secret. The host is resolved
    here and exactly that address is called, so that a name cannot point elsewhere in between. Redirects are not
    followed, no proxy is used, the answer's body is not read. Raises `NotAllowed` for loopback, private and other inner
    addresses unless `notices.webhook_inside` names the host, `NotTaken` when it was not delivered. Call it from a
    thread without an event loop.
    """
    inside = settings.webhook_inside()
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise NotAllowed("The webhook's address is no address.") from None
    target = checked(url, inside)
    body = json.dumps(dict(content), ensure_ascii=False).encode()
    now = int(time.time())
    signatures = [signature(key, event_id, now, body) for key in ((secret(),) if keys is None else keys)]
    headers = {
        "Host": url.netloc.decode(),
        "Content-Type": "application/json",
        "User-Agent": "release-desk",
        "webhook-id": event_id,
        "webhook-timestamp": str(now),
        "webhook-signature": " ".join(signatures),
    }
    try:
        status = asyncio.run(_post(url, target, body, headers))
    except TimeoutError:
        raise NotTaken(f"{url.host} did not answer within {DEADLINE_SECONDS} s.") from None
    except (httpx.HTTPError, ssl.SSLError, OSError, ValueError) as error:  # ValueError: an answer that is no HTTP
        raise NotTaken(f"{url.host} did not answer ({type(error).__name__}).") from error
    if not 200 <= status < 300:
        raise NotTaken(f"{url.host} answered {status}.")


async def _post(url: httpx.URL, target: Address, body: bytes, headers: Mapping[str, str]) -> int:
    """Return the status of the answer; its body is nobody's business."""
    async with (
        asyncio.timeout(DEADLINE_SECONDS),
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False, verify=_trust()) as client,
    ):
        request = client.build_request(
            "POST", url.copy_with(host=str(target)), content=body, headers=dict(headers),
            extensions={"sni_hostname": url.host},
        )  # fmt: skip
        response = await client.send(request, stream=True)
        await response.aclose()
        return response.status_code


@cache
def _trust() -> ssl.SSLContext:
    """Return what certificates are checked against; reading them takes some 20 ms."""
    return ssl.create_default_context()


def checked(url: httpx.URL, inside: Collection[str] = ()) -> Address:
    """Return the address to call for a webhook's host; raise `NotAllowed` when it must not be called.

    A host of `inside` may be anywhere and speak plain http; every other one must have outer addresses only.
    """
    if url.host in inside:
        return _addresses(url)[0]
    if url.scheme != "https":
        raise NotAllowed(f"A webhook goes to an https address, not {url.scheme}.")
    if url.userinfo:
        raise NotAllowed("A webhook's address has no name or password in it.")
    found = _addresses(url)
    if not all(_is_outside(each) for each in found):  # which one it is, is nobody's business either
        raise NotAllowed(
            "The host leads to an inner address; an administrator can name it in `notices.webhook_inside`."
        )
    return found[0]


def _addresses(url: httpx.URL) -> list[Address]:
    try:
        return [ipaddress.ip_address(url.host)]
    except ValueError:  # a name
        port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotTaken("The host has no address.") from None
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _is_outside(address: Address) -> bool:
    """Say whether an address is in the open internet, also through the ways IPv6 has to name an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        packed = address.packed
        is_nat64 = packed.startswith(ipaddress.IPv6Address("64:ff9b::").packed[:12])  # RFC 6052
        inner = address.ipv4_mapped or address.sixtofour or (ipaddress.IPv4Address(packed[12:]) if is_nat64 else None)
        if inner is not None:
            return _is_outside(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved

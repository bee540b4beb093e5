"""The sandbox's front door: every request is named, written down, and suffers the fault that is waiting for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from include.sandbox.calls import Call
from include.sandbox.endpoints import Endpoint, bearer, endpoint_of
from include.sandbox.faults import Asked, Faults, Rule
from include.sandbox.platforms import all_platforms, platform
from include.sandbox.world import World, iso

PEEK_BYTES = 4096
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on with 0 seconds: closing sends a TCP reset (man 7 socket)."""


class Door:
    """The outermost ASGI application: logs platform calls and plays faults; our own pages pass untouched."""

    def __init__(self, app: ASGIApp, world: World, faults: Faults) -> None:
        self._app = app
        self._world = world
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        connection, receive = receive, await peeked(scope, receive)
        endpoint = endpoint_of(scope) if scope["type"] == "http" else Endpoint(platform=None, name="")
        if endpoint.platform is None:
            await self._app(scope, receive, send)
            return
        account = account_of(self._world, endpoint.platform, scope)
        asked = Asked(
            platform=endpoint.platform, method=scope["method"], path=scope["path"], endpoint=endpoint.name,
            accounts=account,
        )  # fmt: skip
        call = self._world.calls.note(
            at=iso(self._world.now()), method=scope["method"], path=scope["path"], endpoint=endpoint.name,
            platform=endpoint.platform, account=account[1] if account else None,
        )  # fmt: skip
        rule = self._faults.next_for(asked)
        scope["sandbox.call"] = call
        visit = Visit(self._app, self._world, scope, receive, send, call, endpoint.platform)
        visit.connection = connection
        if rule is None:
            await visit.serve()
            return
        call.fault = rule.action
        await PLAYS[rule.action](visit, rule)


class Visit:
    """One request on its way through the door."""

    def __init__(
        self, app: ASGIApp, world: World, scope: Scope, receive: Receive, send: Send, call: Call, name: str
    ) -> None:
        self.platform = name
        self.world = world
        self.scope = scope
        self.connection = receive
        self._app = app
        self._receive = receive
        self._send = send
        self._call = call

    async def serve(self, *, answer: bool = True, at_most: int | None = None) -> None:
        """Let the sandbox act; keep its answer back unless `answer`; end the body after `at_most` bytes."""
        left = at_most

        async def receive() -> Message:
            nonlocal left
            if left is not None and left <= 0:
                return {"type": "http.disconnect"}
            message = await self._receive()
            body = message.get("body", b"")
            if left is not None:
                message = {**message, "body": body[:left], "more_body": True}
                left -= len(body)
            self._call.received += len(body)
            return message

        async def send(message: Message) -> None:
            if answer:
                if message["type"] == "http.response.start":
                    self._call.status = message["status"]
                await self._send(message)

        await self._app(self.scope, receive if at_most is not None else self._counted, send)

    async def _counted(self) -> Message:
        message = await self._receive()
        self._call.received += len(message.get("body", b""))
        return message

    async def answer(self, response: Response) -> None:
        """Answer something of our own instead of the platform's answer."""
        self._call.status = response.status_code
        await response(self.scope, self._receive, self._send)

    async def until_gone(self, seconds: float) -> None:
        """Stay silent until the client leaves, at most `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (await self._receive())["type"] != "http.disconnect":
                    pass

    async def cut(self) -> None:
        """Reset the TCP connection, so that the client sees neither an answer nor a clean end."""
        # Both of uvicorn's HTTP protocols hand their cycle's bound method out as `receive`; it knows the connection.
        transport: asyncio.Transport = self.connection.__self__.transport  # type: ignore[attr-defined]
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
        await self.until_gone(5)


async def drop_before(visit: Visit, rule: Rule) -> None:
    """Reset the connection before anything happened."""
    await visit.cut()


async def drop_after(visit: Visit, rule: Rule) -> None:
    """Act fully, then reset the connection instead of answering."""
    await visit.serve(answer=False)
    await visit.cut()


async def status(visit: Visit, rule: Rule) -> None:
    """Answer a given status, headers and body; with `act` after the request was carried out."""
    if rule.parameters.get("act"):
        await visit.serve(answer=False)
    body = rule.parameters.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/plain" if isinstance(body, str) else "application/json"
    headers = {name: str(value) for name, value in (rule.parameters.get("headers") or {}).items()}
    await visit.answer(Response(text, rule.parameters["status"], headers, media_type=kind))


async def delay(visit: Visit, rule: Rule) -> None:
    """Think about it for some seconds, then serve as usual."""
    await asyncio.sleep(rule.parameters["seconds"])
    await visit.serve()


async def hang(visit: Visit, rule: Rule) -> None:
    """Say nothing for some seconds (with `act` after carrying the request out), then reset the connection."""
    if rule.parameters.get("act"):
        await visit.serve(answer=False)
    await visit.until_gone(rule.parameters["seconds"])
    await visit.cut()


async def cut_after_bytes(visit: Visit, rule: Rule) -> None:
    """Read some bytes of the body, keep what the platform would keep of them, then reset the connection."""
    await visit.serve(answer=False, at_most=rule.parameters["bytes"])
    await visit.cut()


async def forget_session(visit: Visit, rule: Rule) -> None:
    """Forget the upload the request is about, then serve it."""
    platform(visit.platform).forget_upload(visit.world, visit.scope)
    await visit.serve()


async def expire_token(visit: Visit, rule: Rule) -> None:
    """Let the token the request carries be over, then serve it."""
    if expire := platform(visit.platform).expire_token:
        expire(visit.world, visit.scope)
    elif token := visit.world.tokens.get(bearer(visit.scope)):
        token.expires_at = 0
        visit.world.tokens.keep(token)
    await visit.serve()


async def fail_processing(visit: Visit, rule: Rule) -> None:
    """Serve the request, but let the processing of the video it is about end with `reason`."""
    visit.scope["sandbox.fail"] = rule.parameters["reason"]
    await visit.serve()


PLAYS: dict[str, Callable[[Visit, Rule], Awaitable[None]]] = {
    "drop_before": drop_before,
    "drop_after": drop_after,
    "status": status,
    "delay": delay,
    "hang": hang,
    "cut_after_bytes": cut_after_bytes,
    "forget_session": forget_session,
    "expire_token": expire_token,
    "fail_processing": fail_processing,
}


def account_of(world: World, name: str, scope: Scope) -> tuple[str, ...]:
    """Return id and name of the account a request is for: by its token or its upload address."""
    place = platform(name)
    if place.account_of:
        found = place.account_of(world, scope)
    elif (token := world.tokens.get(bearer(scope))) and (grant := world.grants.get(token.grant)):
        found = grant.account
    else:
        found = None
    found = found or place.account_by_upload(world, scope)
    account = world.accounts.get(found)
    return (account.id, account.name) if account else ()


async def peeked(scope: Scope, receive: Receive) -> Receive:
    """Look at the beginning of a body whose endpoint's name depends on it; return what receives it all the same."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return receive
    if not any(one.peeks and scope["path"].startswith(f"/{one.name}/") for one in all_platforms()):
        return receive
    first: list[Message] = [await receive()]
    while first[-1].get("more_body") and sum(len(one.get("body", b"")) for one in first) < PEEK_BYTES:
        first.append(await receive())
    scope["sandbox.peek"] = b"".join(one.get("body", b"") for one in first)[:PEEK_BYTES]

    async def again() -> Message:
        return first.pop(0) if first else await receive()

    return again

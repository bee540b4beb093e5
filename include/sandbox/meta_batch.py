"""Several graph calls in one request (meta.md 8.3)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from include.sandbox.meta_asking import Ask, split, version_of
from include.sandbox.meta_errors import GraphError, invalid

MAX_PARTS = 50
Serve = Callable[[Ask], Awaitable[tuple[int, Any, dict[str, str]]]]


async def answer(ask: Ask, serve: Serve) -> list[Any]:
    """Return one object a part, in order; the outer status is 200 whatever they are; raises for a batch too large."""
    if ask.host == "instagram_graph" and not ask.world.switches.meta_instagram_login_batch:
        raise GraphError(2500, "Unknown path components: /")
    parts = ask.data("batch", list) or []
    if len(parts) > MAX_PARTS:
        message = f"Too many requests in batch message. Maximum batch size is {MAX_PARTS}"
        raise GraphError(1, message, kind="GraphBatchException")
    with_headers = str(ask.params.get("include_headers", "true")).lower() != "false"
    skipped = ask.world.switches.meta_batch_nulls
    answers: list[Any] = []
    for number, part in enumerate(parts):
        if number < skipped:
            answers.append(None)
            continue
        answers.append(await one(ask, part, serve, with_headers))
    if skipped:
        ask.world.switches.meta_batch_nulls = 0
    return answers


async def one(ask: Ask, part: Any, serve: Serve, with_headers: bool) -> Any:
    """Answer one part; None for a success nobody wants to see."""
    if not isinstance(part, dict) or not isinstance(part.get("relative_url"), str):
        error = invalid("Each batch part has a method and a relative_url.").envelope("A")
        return {"code": 400, "body": json.dumps(error)}
    address = urlsplit(part["relative_url"])
    asked, path = split(address.path)
    params: dict[str, Any] = dict(parse_qsl(address.query)) | dict(parse_qsl(str(part.get("body", ""))))
    inner = replace(
        ask, method=str(part.get("method", "GET")).upper(), path=path, files={}, token=None, note=[],
        given_token=params.pop("access_token", None) or ask.given_token, params=params,
        version=version_of(asked, ask.world.now()) if asked else ask.version,
    )  # fmt: skip
    status, body, headers = await serve(inner)
    if status == 200 and part.get("omit_response_on_success") is True:
        return None
    told: dict[str, Any] = {"code": status, "body": json.dumps(body)}
    if with_headers:
        told["headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    return told

"""Bytes to Meta's upload host (rupload): one request with everything from an offset on, resumed where Meta stopped.

Nothing is published by bytes alone, so every fault here is `TryAgain`: ask Meta how far it is, then go on. The token
goes as "OAuth", never as "Bearer" (meta.md 2.2, checked 2026-11-21).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from include.platforms.contract import VideoFile
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, Rejected, TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of
from include.platforms.meta_graph.errors import error_for

AUTHORIZATION_TYPES = frozenset({"NotAuthorizedError"})
RESUMABLE_TYPES = frozenset({"OffsetInvalidError", "PartialRequestError"})
"""Meta holds another number of bytes than we thought, or got fewer than announced: ask it, then go on."""


def send_bytes(calls: Calls, address: str, video: VideoFile, *, offset: int, endpoint: str) -> dict[str, Any]:
    """Send everything of `video` from byte `offset` on and return Meta's answer; the file is streamed.

    Raises `TryAgain` when it can go on from the offset Meta names (also after a lost answer), `AccountTrouble` when
    the token is refused, `Rejected` when Meta will not take the file.
    """
    headers = {
        "offset": str(offset),
        "file_size": str(video.size),
        "Content-Length": str(video.size - offset),
        "Content-Type": "application/octet-stream",
    }
    return _sent(calls, address, headers, video.pieces(offset, video.size), endpoint=endpoint)


def send_address(calls: Calls, address: str, file_address: str, *, endpoint: str) -> dict[str, Any]:
    """Let Meta fetch the file from `file_address` (https, reachable without a login); the errors of `send_bytes`."""
    return _sent(calls, address, {"file_url": file_address}, None, endpoint=endpoint)


def _sent(calls: Calls, address: str, headers: Mapping[str, str], content: Any, *, endpoint: str) -> dict[str, Any]:
    used = calls.tokens.token() if calls.tokens else None
    try:
        response = calls.send(
            "POST", address, endpoint=endpoint, changes=True, scheme="OAuth",
            headers=headers, content=content, timeout=UPLOAD_TIMEOUT,
        )  # fmt: skip
    except OutcomeUnknown as lost:
        raise TryAgain(lost.message, code=lost.code) from None
    body = body_of(response)
    refusal = _refusal(response, body)
    if refusal is None:
        return body if isinstance(body, dict) else {}
    if isinstance(refusal, AccountTrouble) and used and calls.tokens:
        calls.tokens.refresh(used)  # raises when the account is really dead
        raise TryAgain("The access was renewed; the upload goes on.", code=refusal.code, status=refusal.status)
    raise refusal


def _refusal(response: httpx.Response, body: Any) -> PlatformError | None:
    fields = body if isinstance(body, dict) else {}
    debug = fields.get("debug_info")
    error = fields.get("error")
    if response.is_success and not isinstance(debug, dict) and error is None and fields.get("success") is not False:
        return None
    facts: dict[str, Any] = {"status": response.status_code}
    if isinstance(debug, dict):
        return _by_debug_info(debug, facts)
    if isinstance(error, dict):
        return error_for(error, **facts)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        return AccountTrouble("Meta no longer accepts our access to this account. Connect it again.", **facts)
    if response.status_code >= 500 or response.is_success or response.status_code in (408, 416, 429):
        return TryAgain("Meta did not take the video's bytes; the upload can go on.", **facts)
    return Rejected("Meta refused the video's bytes.", **facts)


def _by_debug_info(debug: Mapping[str, Any], facts: dict[str, Any]) -> PlatformError:
    kind = str(debug.get("type") or "")
    said = _words(debug.get("message"))
    facts["code"] = kind or None
    if kind in AUTHORIZATION_TYPES or "unauthorized" in said.lower():
        return AccountTrouble(f"Meta does not let this account upload here: {said}", **facts)
    if debug.get("retriable") is True or kind in RESUMABLE_TYPES or facts["status"] >= 500:
        return TryAgain(f"Meta did not take the video's bytes; the upload can go on: {said}", **facts)
    return Rejected(f"Meta refused the upload of this file: {said}", **facts)


def _words(message: Any) -> str:
    """Return the sentence in `debug_info.message`, which may itself be JSON."""
    try:
        inner = json.loads(str(message))
        return str(inner["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return str(message or "no reason given")[:500]

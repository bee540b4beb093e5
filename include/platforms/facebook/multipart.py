"""Forms that carry a file to the Graph API: chunks of a video, thumbnails. The file is streamed, never gathered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from include.platforms.errors import TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, body_of, seconds_to_wait
from include.platforms.meta_graph import usage
from include.platforms.meta_graph.errors import error_for, error_of, is_dead_token
from include.platforms.meta_graph.graph import Graph, fields_of


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """One file of a form; `pieces` is called anew for each try and yields `size` bytes."""

    field: str
    name: str
    content_type: str
    size: int
    pieces: Callable[[], Iterable[bytes]]


class Refused(Exception):
    """Facebook answered with an error object; the caller looks into it before it becomes one of our errors."""

    def __init__(self, error: dict[str, Any], response: httpx.Response) -> None:
        super().__init__("refused")
        self.error = error
        self.response = response


def send(graph: Graph, path: str, part: FilePart, *, endpoint: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Send a form with one file and return the answer; nothing that goes this way publishes anything by itself.

    Raises `Refused` for Facebook's own errors and `TryAgain` for lost answers; a token refused at the door is renewed
    once.
    """
    calls = graph.calls
    used = calls.tokens.token() if calls.tokens else None
    response = _send(graph, path, part, endpoint, form)
    error = _error(response)
    if error is not None and used and calls.tokens and is_dead_token(error):
        calls.tokens.refresh(used)
        response = _send(graph, path, part, endpoint, form)
        error = _error(response)
    usage.obey(usage.usage_of(response.headers, graph.own_ids), calls.meter)
    if error is not None:
        raise Refused(error, response)
    body = body_of(response)
    if not isinstance(body, dict):
        raise TryAgain("Facebook's answer is not the object we asked for.", status=response.status_code)
    return body


def as_our_error(graph: Graph, refused: Refused) -> Exception:
    """Return our error for a refusal."""
    response = refused.response
    return error_for(
        refused.error,
        status=response.status_code,
        request_id=graph.calls.request_id(response),
        after=usage.regain_seconds(usage.usage_of(response.headers, graph.own_ids)) or seconds_to_wait(response),
        meanings=graph.meanings,
    )


def _send(graph: Graph, path: str, part: FilePart, endpoint: str, form: Mapping[str, Any]) -> httpx.Response:
    boundary = secrets.token_hex(16)
    head = b"".join(_field(boundary, name, value) for name, value in fields_of(form).items())
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="{part.field}"; filename="{_safe(part.name)}"\r\n'
        f"Content-Type: {part.content_type}\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    return graph.calls.send(
        "POST",
        graph.calls.address(graph.base, f"{graph.version}/{path}"),
        endpoint=endpoint,
        changes=False,
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + part.size + len(tail)),
        },
        content=_body(head, part, tail),
        timeout=UPLOAD_TIMEOUT,
    )


def _body(head: bytes, part: FilePart, tail: bytes) -> Iterator[bytes]:
    yield head
    yield from part.pieces()
    yield tail


def _field(boundary: str, name: str, value: str) -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def _safe(name: str) -> str:
    """Return a file name that cannot end the header it stands in."""
    return "".join(sign for sign in name if sign.isprintable() and sign not in '"\\') or "video.mp4"


def _error(response: httpx.Response) -> dict[str, Any] | None:
    error = error_of(body_of(response))
    return {} if error is None and not response.is_success else error

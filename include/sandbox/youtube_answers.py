"""How YouTube answers: the error envelope, lists with page tokens, etags and partial responses."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    409: "ABORTED", 429: "RESOURCE_EXHAUSTED",
}  # fmt: skip


class GoogleError(Exception):
    """An answer in Google's error envelope (youtube.md 12.1)."""

    def __init__(
        self, status: int, reason: str, message: str, *, domain: str = "global", inner: str | None = None,
        where: tuple[str, str] | None = None, named: bool = False, details: list[Json] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        entry: Json = {"message": inner or message, "domain": domain, "reason": reason}
        if where:
            entry["locationType"], entry["location"] = where
        error: Json = {"code": status, "message": message, "errors": [entry]}
        if named:
            error["status"] = STATUS_NAMES[status]
        if details:
            error["details"] = details
        self.status = status
        self.body: Json = {"error": error}


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `GoogleError` into its answer."""
    if not isinstance(error, GoogleError):
        raise error
    return JSONResponse(error.body, error.status)


def bad_parameter(reason: str, message: str, name: str) -> GoogleError:
    """Make the 400 for a query parameter."""
    return GoogleError(400, reason, message, domain="youtube.parameter", where=("parameter", name))


def bad_payload(path: str, why: str) -> GoogleError:
    """Make the 400 for a body that does not fit the message's definition."""
    return GoogleError(400, "badRequest", f"Invalid JSON payload received. {why} at '{path}'.", named=True)


async def body_of(request: Request) -> Json:
    """Read the request's JSON object; raises the 400 for anything else."""
    raw = await request.body()
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise GoogleError(400, "parseError", "Parse Error") from None
    if not isinstance(body, dict):
        raise bad_payload("resource", "Expected an object")
    return body


def ids_of(request: Request, name: str) -> list[str]:
    """Read a list parameter given as commas or repeated."""
    return [part.strip() for value in request.query_params.getlist(name) for part in value.split(",") if part.strip()]


def parts_of(request: Request, known: set[str]) -> list[str]:
    """Read `part`; raises the 400s for a missing or unknown one."""
    parts = ids_of(request, "part")
    if not parts:
        raise bad_parameter("missingRequiredParameter", "Required parameter: part", "part")
    for part in parts:
        if part not in known:
            raise GoogleError(400, "unknownPart", f"'{part}'", domain="youtube.part", where=("parameter", "part"))
    return parts


def exactly_one(request: Request, *names: str) -> str:
    """Return which of the filters was given; raises the 400 for none or several."""
    given = [name for name in names if request.query_params.get(name)]
    if not given:
        raise GoogleError(
            400, "missingRequiredParameter", f"No filter selected. Expected one of: {', '.join(names)}",
            domain="youtube.parameter", where=("parameter", ""),
        )  # fmt: skip
    if len(given) > 1:
        raise GoogleError(
            400, "incompatibleParameters",
            f"Incompatible parameters specified in the request: {', '.join(given)}",
            domain="youtube.parameter", where=("parameter", ""),
        )  # fmt: skip
    return given[0]


def etag_of(thing: Any) -> str:
    """Return a short hash of a resource, as YouTube's etags look."""
    raw = json.dumps(thing, sort_keys=True).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:20]).decode().rstrip("=")


def with_etag(resource: Json) -> Json:
    """Return the resource with its etag behind its kind."""
    kind = resource.pop("kind")
    return {"kind": kind, "etag": etag_of(resource), **resource}


def page_of(request: Request, found: Sequence[Any], default: int = 5, most: int = 50) -> tuple[Sequence[Any], Json]:
    """Cut one page out of what was found; return it with the tokens and `pageInfo`."""
    raw = request.query_params.get("maxResults", str(default))
    if not raw.isdigit() or int(raw) > most:
        raise GoogleError(
            400, "invalidParameter", f"Invalid value '{raw}'. Values must be within the range: [0, {most}]",
            domain="global", where=("parameter", "maxResults"),
        )  # fmt: skip
    size, start = int(raw), offset_of(request.query_params.get("pageToken"))
    extra: Json = {}
    if size and start + size < len(found):
        extra["nextPageToken"] = token_for(start + size)
    if start:
        extra["prevPageToken"] = token_for(max(0, start - size))
    extra["pageInfo"] = {"totalResults": len(found), "resultsPerPage": size}
    return found[start : start + size], extra


def token_for(offset: int) -> str:
    """Return the page token of an offset."""
    return "C" + base64.urlsafe_b64encode(f"EAA{offset}".encode()).decode().rstrip("=")


def offset_of(token: str | None) -> int:
    """Read a page token of ours; raises the 400 for a foreign one."""
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token[1:] + "=" * (-len(token[1:]) % 4)).decode()
        return int(re.fullmatch(r"EAA(\d+)", text).group(1))  # type: ignore[union-attr]
    except (ValueError, AttributeError):
        raise GoogleError(
            400, "invalidPageToken",
            "The request specifies an invalid page token.",
            domain="youtube.parameter", where=("parameter", "pageToken"),
        ) from None  # fmt: skip


def listing(request: Request, kind: str, items: Sequence[Json], extra: Json) -> Response:
    """Answer a list."""
    return answer(request, {"kind": kind, "etag": etag_of(items), **extra, "items": items})


def answer(request: Request, body: Json, status: int = 200) -> Response:
    """Answer JSON, cut down to `fields` where that was asked for."""
    if fields := request.query_params.get("fields"):
        body = only(body, parse_fields(fields))
    return JSONResponse(body, status)


def parse_fields(text: str) -> Json:
    """Read a `fields` expression such as `items(id,snippet/title)` into nested names; `{}` means everything below."""
    tokens = re.findall(r"[^,()/]+|[,()/]", text.replace(" ", ""))
    wanted, _ = read_names(tokens, 0)
    return wanted


def read_names(tokens: list[str], at: int) -> tuple[Json, int]:
    """Read names from `at` up to the closing bracket; return them and where it stands."""
    names: Json = {}
    while at < len(tokens) and tokens[at] != ")":
        name, at = tokens[at], at + 1
        below = names.setdefault(name, {})
        while at < len(tokens) and tokens[at] == "/":
            below = below.setdefault(tokens[at + 1] if at + 1 < len(tokens) else "*", {})
            at += 2
        if at < len(tokens) and tokens[at] == "(":
            inner, at = read_names(tokens, at + 1)
            below.update(inner)
            at += 1
        if at < len(tokens) and tokens[at] == ",":
            at += 1
    return names, at


def only(value: Any, wanted: Json) -> Any:
    """Keep of a JSON value what `wanted` names."""
    if not wanted or "*" in wanted:
        return value
    if isinstance(value, list):
        return [only(one, wanted) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: only(below, wanted[name]) for name, below in value.items() if name in wanted}

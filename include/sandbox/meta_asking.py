"""One graph call as it came: version, path, parameters from query, form, multipart or JSON (meta.md 0.2, 0.3)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from include.sandbox.meta_errors import invalid
from include.sandbox.meta_things import MetaToken
from include.sandbox.workshop import Workshop
from include.sandbox.world import World

VERSIONS: dict[str, str | None] = {
    "v21.0": "2027-01-21", "v22.0": "2027-05-20", "v23.0": "2027-10-08", "v24.0": "2028-02-18", "v25.0": "2028-07-29",
    "v26.0": None,
}  # fmt: skip
"""Every version with its last day (meta.md 0.2, the changelog of 21 November 2026)."""
CURRENT = "v26.0"
VERSION = re.compile(r"v\d+\.\d+")


@dataclass(kw_only=True)
class Ask:
    """A call. `product` is whose address was called, `host` which of Meta's hosts: graph, video or instagram_graph.

    `token` is set by the gate. `base` is the sandbox's own address, `place` that of the host with the version.
    """

    world: World
    workshop: Workshop
    product: str
    host: str
    base: str
    version: str
    method: str
    path: list[str]
    params: dict[str, Any]
    files: dict[str, UploadFile] = field(default_factory=dict)
    given_token: str | None = None
    fail: str | None = None
    request: Request | None = None
    token: MetaToken | None = None
    note: list[str] = field(default_factory=list)

    @property
    def caller(self) -> MetaToken:
        """The token, after the gate."""
        if self.token is None:
            raise RuntimeError("The gate was not passed.")
        return self.token

    @property
    def place(self) -> str:
        """The host's address with the version, for links to the next page."""
        return f"{self.base}/{self.product}/{HOST_PATHS[self.host]}/{self.version}"

    def text(self, name: str) -> str | None:
        """Return a parameter as text, None when it is missing or empty."""
        value = self.params.get(name)
        return str(value) if value not in (None, "") else None

    def data(self, name: str, kind: type) -> Any:
        """Return a JSON parameter of a kind, None when it is missing; raises #100 for anything else."""
        value = self.params.get(name)
        if value in (None, ""):
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = [one for one in value.split(",") if one] if kind is list else None
        if not isinstance(value, kind):
            raise invalid(f"Param {name} must be {'an array' if kind is list else 'an object'}.")
        return value


HOST_PATHS = {"graph": "graph", "video": "graph-video", "instagram_graph": "graph-ig"}


def version_of(asked: str | None, now: float) -> str:
    """Return the version that is really used: an expired or unknown one is silently the oldest that lives."""
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    alive = [name for name, last in VERSIONS.items() if last is None or today < last]
    return CURRENT if asked is None else asked if asked in alive else alive[0]


def split(path: str) -> tuple[str | None, list[str]]:
    """Return the version a path asks for, and its other parts."""
    parts = [one for one in path.split("/") if one]
    if parts and VERSION.fullmatch(parts[0]):
        return parts[0], parts[1:]
    return None, parts


async def read_ask(request: Request, product: str, host: str) -> Ask:
    """Return a request as an `Ask`; raises #100 for a body that cannot be read."""
    world: World = request.app.state.world
    asked, parts = split(request.path_params["path"])
    params: dict[str, Any] = dict(request.query_params)
    body, files = await read_body(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    header_token = token.strip() if scheme.lower() in ("bearer", "oauth") else None
    params.update(body)
    return Ask(
        world=world, workshop=request.app.state.workshop, product=product, host=host,
        base=str(request.base_url).rstrip("/"), version=version_of(asked, world.now()), method=request.method,
        path=parts, params=params, files=files, given_token=params.pop("access_token", None) or header_token,
        fail=request.scope.get("sandbox.fail"), request=request,
    )  # fmt: skip


async def read_body(request: Request) -> tuple[dict[str, Any], dict[str, UploadFile]]:
    """Return what the body says: a form, a form with files, or a JSON object."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method != "POST":
        return {}, {}
    if kind == "application/x-www-form-urlencoded":
        raw = (await request.body()).decode("utf-8", "replace")
        return dict(parse_qsl(raw, keep_blank_values=True)), {}
    if kind == "multipart/form-data":
        form = await request.form(max_part_size=1 << 20)
        files = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
        return {name: value for name, value in form.items() if isinstance(value, str)}, files
    if kind == "application/json":
        return json_body(await request.body()), {}
    return {}, {}


def json_body(raw: bytes) -> dict[str, Any]:
    """Read a JSON object with values as parameters have them."""
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise invalid("The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object.")
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in body.items()}

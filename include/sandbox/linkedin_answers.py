"""How LinkedIn answers: both shapes of errors, versions, sign-in, scopes and the limits a day (B.2)."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.accounts import live_grant, trait
from include.sandbox.endpoints import bearer
from include.sandbox.things import Account, Count, Grant
from include.sandbox.workshop import Workshop
from include.sandbox.world import World

Json = dict[str, Any]
VERSION = re.compile(r"(\d{4})(0[1-9]|1[0-2])")
LAST_DAY = 15
"""A version ends in the middle of its month a year later."""
PAGE_SCOPES = {"w_organization_social", "r_organization_social", "rw_organization_admin", "r_organization_admin"}
PERSON, ORGANIZATION = "urn:li:person:", "urn:li:organization:"


class LinkedInError(Exception):
    """An answer that is no success; `service` makes it one of the older shape, with a `serviceErrorCode`."""

    def __init__(self, status: int, code: str, message: str, *, service: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.service = service


def answer(world: World, body: Json | None = None, status: int = 200, **headers: str) -> Response:
    """Answer with LinkedIn's id of the call; without a body when there is none."""
    every = {"x-li-uuid": new_uuid(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Response(status_code=status, headers=every) if body is None else JSONResponse(body, status, every)


def new_uuid() -> str:
    """Return an id as LinkedIn gives every answer."""
    return f"AAY{secrets.token_hex(8).upper()}=="


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `LinkedInError` into its answer."""
    if not isinstance(error, LinkedInError):
        raise error
    body: Json = {"status": error.status, "message": error.message}
    body |= {"code": error.code} if error.code else {}
    body |= {"serviceErrorCode": error.service} if error.service is not None else {}
    return answer(request.app.state.world, body, error.status)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who called: the signed-in member through which app, and where everything is."""

    account: Account
    grant: Grant
    world: World
    workshop: Workshop
    resource: str

    @property
    def urn(self) -> str:
        """The member's own URN."""
        return PERSON + self.account.id

    def may(self, *scopes: str) -> bool:
        """Tell whether one of the scopes was granted."""
        return bool(set(scopes) & set(self.grant.scopes))

    def denied(self) -> LinkedInError:
        """Make the error of a missing permission."""
        return LinkedInError(403, "ACCESS_DENIED", f"Not enough permissions to access: {self.resource}", service=100)

    def want_author(self, urn: Any, *, read: bool = False) -> str:
        """Return the author's URN when the member may write (or read) in its name; raises the 403."""
        letter = "r" if read else "w"
        if urn == self.urn and self.may(f"{letter}_member_social"):
            return self.urn
        if urn in pages_of(self.account) and self.may(f"{letter}_organization_social"):
            return str(urn)
        raise self.denied()


def pages_of(account: Account) -> list[str]:
    """Return the URNs of the organisations whose administrator a member is."""
    return [f"{ORGANIZATION}{number}" for number in trait(account, "organizations") or ()]


def enter(request: Request, resource: str, *scopes: str, versioned: bool = True) -> Caller:
    """Check the headers, sign in, want one of the scopes (if any) and count the call; raises `LinkedInError`."""
    world: World = request.app.state.world
    if versioned:
        check_version(request, world)
    grant = signed_in(request, world)
    account = world.accounts.get(grant.account)
    if account is None or grant.platform != "linkedin":
        raise LinkedInError(401, "INVALID_ACCESS_TOKEN", "Invalid access token", service=65600)
    caller = Caller(account=account, grant=grant, world=world, workshop=request.app.state.workshop, resource=resource)
    count(caller)
    if scopes and not caller.may(*scopes):
        raise caller.denied()
    return caller


def signed_in(request: Request, world: World) -> Grant:
    """Return the grant of the request's token, or say why there is none."""
    token = bearer(request.scope)
    if token is None:
        raise LinkedInError(401, "", "Empty oauth2_access_token", service=401)
    if grant := live_grant(world, token):
        return grant
    found = world.tokens.get(token)
    known = world.grants.get(found.grant) if found else None
    if known and known.revoked:
        raise LinkedInError(
            401, "REVOKED_ACCESS_TOKEN", "The token used in the request has been revoked", service=65601
        )
    if found:
        service = world.switches.linkedin_expired_code
        message = "The token used in the request has expired"
        raise LinkedInError(401, "EXPIRED_ACCESS_TOKEN", message, service=service)
    raise LinkedInError(401, "INVALID_ACCESS_TOKEN", "Invalid access token", service=65600)


def check_version(request: Request, world: World) -> None:
    """Want both headers of the versioned API, and a version that is alive."""
    version = request.headers.get("linkedin-version")
    if version is None:
        raise LinkedInError(400, "VERSION_MISSING", "A version must be present. Please specify a version by adding the "
                            "LinkedIn-Version header.")  # fmt: skip
    if not is_alive(version, world):
        message = f"Requested version {version[:20]} is not active"
        raise LinkedInError(426, "NONEXISTENT_VERSION", message)
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise LinkedInError(400, "BAD_REQUEST", "X-Restli-Protocol-Version must be 2.0.0.")


def is_alive(version: str, world: World) -> bool:
    """Tell whether a version exists already and still does; `linkedin_versions` names them instead."""
    switches = world.switches
    if switches.linkedin_versions is not None:
        return version in switches.linkedin_versions
    match = VERSION.fullmatch(version)
    if match is None:
        return False
    today = datetime.fromtimestamp(world.now(), UTC).date()
    as_of = date.fromisoformat(switches.linkedin_versions_as_of) if switches.linkedin_versions_as_of else today
    year, month = int(match[1]), int(match[2])
    return (year, month) <= (today.year, today.month) and as_of <= date(year + 1, month, LAST_DAY)


def count(caller: Caller) -> None:
    """Count a call of this UTC day; members and pages have limits of their own, 0 is none."""
    world, switches = caller.world, caller.world.switches
    page = caller.may(*PAGE_SCOPES)
    limit = switches.linkedin_page_calls_per_day if page else switches.linkedin_member_calls_per_day
    day = datetime.fromtimestamp(world.now(), UTC).strftime("%Y%m%d")
    key = f"linkedin calls {day} {caller.grant.app} {caller.account.id}"
    used = (world.counts.get(key) or Count(id=key)).value
    if limit and used >= limit:
        message = "Resource level throttle MEMBER DAY limit for calls to this resource is reached."
        raise LinkedInError(429, "TOO_MANY_REQUESTS", message, service=101)
    world.counts.keep(Count(id=key, value=used + 1))


async def body_of(request: Request) -> Json:
    """Read the JSON object of a call; raises 400."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        body = json.loads(await request.body()) if kind == "application/json" else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise LinkedInError(400, "BAD_REQUEST", "The body must be a JSON object of type application/json.")
    return body


def urn_in_path(request: Request) -> str:
    """Return the URN at the end of the address; it has to be encoded there (B.2)."""
    raw = (request.scope.get("raw_path") or b"").decode("latin-1").partition("?")[0].rsplit("/", 1)[-1]
    if ":" in raw or not raw.lower().startswith("urn%3ali%3a"):
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")
    return str(request.path_params["urn"])


def urn_in_query(request: Request, name: str) -> str | None:
    """Return a URN of the query; it has to be encoded there."""
    urn = request.query_params.get(name)
    if urn and urn in request.scope["query_string"].decode("latin-1"):
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", f"Query parameter {name} must be URL encoded.")
    return urn


def known_only(body: Json, known: set[str], where: str) -> None:
    """Refuse fields LinkedIn does not have."""
    if unknown := sorted(set(body) - known):
        message = f"Unpermitted fields present in {where}: Data Processing Exception while processing fields {unknown}"
        raise LinkedInError(403, "ACCESS_DENIED", message)


def missing(field: str) -> LinkedInError:
    """Make the error of a field that is not there."""
    return LinkedInError(400, "MISSING_FIELD", f"{field} is required")


def invalid(field: str, value: Any) -> LinkedInError:
    """Make the error of a field with a wrong value."""
    return LinkedInError(400, "INVALID_VALUE_FOR_FIELD", f"Invalid value for field {field}: {str(value)[:80]}")

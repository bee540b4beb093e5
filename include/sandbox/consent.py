"""The page on which a person allows or denies an app, for every platform with a `SignIn`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from include.sandbox.accounts import account_named, default_app
from include.sandbox.endpoints import endpoint_of
from include.sandbox.pages import consent_page, error_page
from include.sandbox.platforms import Platform, platform
from include.sandbox.signing_in import Refused, SignIn
from include.sandbox.things import App, Code
from include.sandbox.world import World

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A checked authorization request."""

    platform: str
    app: App
    redirect_uri: str
    scopes: list[str]
    state: str | None
    challenge: str | None
    challenge_method: str | None
    offline: bool
    force: bool
    add: bool


async def form_of(request: Request) -> dict[str, list[str]]:
    """Read a form-encoded body; empty for any other kind."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    raw = await request.body()
    if kind != "application/x-www-form-urlencoded":
        return {}
    return parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)


def place_of(request: Request) -> tuple[Platform, SignIn]:
    """Tell from the address which platform was asked, and how it signs people in."""
    place = platform(endpoint_of(request.scope).platform or "")
    return place, place.sign_in


async def authorize(request: Request) -> Response:
    """`GET`: show the consent page. `POST`: the person has decided; send the browser back."""
    world: World = request.app.state.world
    place, _ = place_of(request)
    try:
        asking = read_asking(world, place, dict(request.query_params))
    except Refused as error:
        return HTMLResponse(error_page(str(error)), 400)
    if request.method == "GET":
        names = [one.name for one in world.accounts if one.platform == place.name]
        return HTMLResponse(
            consent_page(place.place, asking.app.id, asking.scopes, names, asks_pages="organizations" in place.traits)
        )
    form = await form_of(request)
    return decide(world, asking, form)


def read_asking(world: World, place: Platform, given: dict[str, str]) -> Asking:
    """Check an authorization request; raises `Refused` with the platform's word for the mistake."""
    sign_in = place.sign_in
    default_app(world, place.name)
    app = world.apps.get(given.get(sign_in.client_parameter))
    if app is None or app.platform != place.name:
        raise Refused("invalid_client: The OAuth client was not found.")
    redirect = given.get("redirect_uri", "")
    check_redirect(app, redirect, sign_in)
    if given.get("response_type") != "code":
        raise Refused("unsupported_response_type: response_type must be code.")
    scopes = [one for one in re.split(f"[{sign_in.separator}]+", given.get("scope", "")) if one]
    if not scopes or set(scopes) - set(place.scopes):
        raise Refused(f"invalid_scope: {sorted(set(scopes) - set(place.scopes)) or 'none asked'}")
    sign_in.check_asking(given, loopback=is_loopback(redirect))
    challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
    if challenge and method not in sign_in.challenge_methods:
        raise Refused("invalid_request: code_challenge_method is not supported.")
    return Asking(
        platform=place.name, app=app, redirect_uri=redirect, scopes=scopes, state=given.get("state"),
        challenge=challenge, challenge_method=method, offline=sign_in.wants_refresh(given),
        force="consent" in given.get("prompt", "").split(), add=given.get("include_granted_scopes") == "true",
    )  # fmt: skip


def is_loopback(redirect: str) -> bool:
    """Tell whether an address is on this machine."""
    return urlsplit(redirect).hostname in LOOPBACK


def check_redirect(app: App, redirect: str, sign_in: SignIn | None = None) -> None:
    """Want a registered redirect address; apps with `loopback` may use any http address of this machine."""
    local = app.loopback and urlsplit(redirect).scheme == "http" and is_loopback(redirect)
    if redirect not in app.redirect_uris and not local:
        raise Refused("redirect_uri_mismatch: The redirect_uri is not registered for this client.")
    if sign_in:
        sign_in.check_redirect(redirect)


def decide(world: World, asking: Asking, form: dict[str, list[str]]) -> Response:
    """Send the browser back with a code, or with `access_denied`."""
    sign_in = platform(asking.platform).sign_in
    back: dict[str, str] = {"state": asking.state} if asking.state is not None else {}
    granted = [scope for scope in asking.scopes if scope in form.get("scope", [])]
    name = (form.get("new_account", [""])[0] or form.get("account", [""])[0]).strip()
    if form.get("decision") != ["allow"] or not granted or not name:
        back = {"error": "access_denied", **back, **sign_in.denied()}
        return RedirectResponse(f"{asking.redirect_uri}?{urlencode(back)}", 303)
    code = make_code(world, asking, name, granted)
    if pages := names_in(form.get("pages", [""])[0]):
        give_pages(world, asking.platform, code.account, pages)
    shown = sign_in.granted(code.scopes)
    join = "&" if urlsplit(asking.redirect_uri).query else "?"
    return RedirectResponse(f"{asking.redirect_uri}{join}{urlencode({'code': code.id, **shown, **back})}", 303)


def names_in(text: str) -> list[str]:
    """Return the names of a text with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def give_pages(world: World, name: str, key: str, numbers: list[str]) -> None:
    """Let a member administer these organisations, where the platform has such."""
    account = world.accounts.get(key)
    if account and "organizations" in platform(name).traits:
        account.traits["organizations"] = [number for number in numbers if number.isdecimal()]
        world.accounts.keep(account)


def make_code(world: World, asking: Asking, name: str, granted: list[str]) -> Code:
    """Make a one-time code; some give a refresh token for the first consent only, unless it is forced."""
    sign_in = platform(asking.platform).sign_in
    account = account_named(world, asking.platform, name)
    before = [one for one in world.grants if (one.app, one.account) == (asking.app.id, account.id) and not one.revoked]
    if asking.add:
        granted = list(dict.fromkeys([*granted, *(scope for one in before for scope in one.scopes)]))
    first = not before or asking.force or sign_in.refresh_always
    return world.codes.keep(
        Code(
            id=sign_in.new_code(), platform=asking.platform, app=asking.app.id, account=account.id, scopes=granted,
            redirect_uri=asking.redirect_uri, challenge=asking.challenge, challenge_method=asking.challenge_method,
            offline=asking.offline and first, expires_at=world.now() + sign_in.code_seconds(world),
        )
    )  # fmt: skip

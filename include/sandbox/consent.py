"""The pages on which a person allows or denies an app, for both platforms (youtube.md 1.2, TikTok A.1)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from include.sandbox.accounts import SCOPES, account_named, default_app
from include.sandbox.pages import consent_page, error_page
from include.sandbox.things import App, Code
from include.sandbox.world import World, new_id

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MAX_REDIRECT_CHARACTERS = 512


class Refused(Exception):
    """The authorization request is wrong in a way that must not be sent back to the redirect address."""


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


def platform_of(request: Request) -> str:
    """Tell from the address which platform was asked."""
    return "tiktok" if request.url.path.startswith("/tiktok/") else "youtube"


async def authorize(request: Request) -> Response:
    """`GET`: show the consent page. `POST`: the person has decided; send the browser back."""
    world: World = request.app.state.world
    try:
        asking = read_asking(world, platform_of(request), dict(request.query_params))
    except Refused as error:
        return HTMLResponse(error_page(str(error)), 400)
    if request.method == "GET":
        names = [one.name for one in world.accounts if one.platform == asking.platform]
        return HTMLResponse(consent_page(asking.platform, asking.app.id, asking.scopes, names))
    form = await form_of(request)
    return decide(world, asking, form)


def read_asking(world: World, platform: str, given: dict[str, str]) -> Asking:
    """Check an authorization request; raises `Refused` with the platform's word for the mistake."""
    default_app(world, platform)
    app = world.apps.get(given.get("client_key" if platform == "tiktok" else "client_id"))
    if app is None or app.platform != platform:
        raise Refused("invalid_client: The OAuth client was not found.")
    redirect = given.get("redirect_uri", "")
    check_redirect(app, redirect)
    if given.get("response_type") != "code":
        raise Refused("unsupported_response_type: response_type must be code.")
    scopes = [one for one in given.get("scope", "").split("," if platform == "tiktok" else None) if one]
    if not scopes or set(scopes) - set(SCOPES[platform]):
        raise Refused(f"invalid_scope: {sorted(set(scopes) - set(SCOPES[platform])) or 'none asked'}")
    challenge, method = given.get("code_challenge"), given.get("code_challenge_method")
    if platform == "tiktok" and is_loopback(redirect) and not challenge:
        raise Refused("invalid_request: code_challenge is required for desktop apps.")
    if challenge and method not in ("S256", *(() if platform == "tiktok" else ("plain", None))):
        raise Refused("invalid_request: code_challenge_method is not supported.")
    return Asking(
        platform=platform, app=app, redirect_uri=redirect, scopes=scopes, state=given.get("state"),
        challenge=challenge, challenge_method=method,
        offline=platform == "tiktok" or given.get("access_type") == "offline",
        force=given.get("prompt") == "consent", add=given.get("include_granted_scopes") == "true",
    )  # fmt: skip


def is_loopback(redirect: str) -> bool:
    """Tell whether an address is on this machine."""
    return urlsplit(redirect).hostname in LOOPBACK


def check_redirect(app: App, redirect: str) -> None:
    """Want a registered redirect address; apps with `loopback` may use any http address of this machine."""
    parts = urlsplit(redirect)
    local = app.loopback and parts.scheme == "http" and is_loopback(redirect)
    if redirect not in app.redirect_uris and not local:
        raise Refused("redirect_uri_mismatch: The redirect_uri is not registered for this client.")
    if app.platform == "tiktok":
        odd = parts.query or parts.fragment or len(redirect) >= MAX_REDIRECT_CHARACTERS
        if odd or (is_loopback(redirect) and parts.port is None):
            raise Refused("redirect_uri: It has no query or fragment, and with localhost a port is mandatory.")


def decide(world: World, asking: Asking, form: dict[str, list[str]]) -> Response:
    """Send the browser back with a code, or with `access_denied`."""
    back: dict[str, str] = {"state": asking.state} if asking.state is not None else {}
    granted = [scope for scope in asking.scopes if scope in form.get("scope", [])]
    name = (form.get("new_account", [""])[0] or form.get("account", [""])[0]).strip()
    if form.get("decision") != ["allow"] or not granted or not name:
        back = {"error": "access_denied", **back}
        if asking.platform == "tiktok":
            back["error_description"] = "User cancelled the authorization"
        return RedirectResponse(f"{asking.redirect_uri}?{urlencode(back)}", 303)
    code = make_code(world, asking, name, granted)
    shown = {"scope": " ".join(code.scopes)} if asking.platform == "youtube" else {"scopes": ",".join(code.scopes)}
    join = "&" if urlsplit(asking.redirect_uri).query else "?"
    return RedirectResponse(f"{asking.redirect_uri}{join}{urlencode({'code': code.id, **shown, **back})}", 303)


def make_code(world: World, asking: Asking, name: str, granted: list[str]) -> Code:
    """Make a one-time code; Google gives a refresh token for the first consent only, unless it is forced."""
    account = account_named(world, asking.platform, name)
    before = [one for one in world.grants if (one.app, one.account) == (asking.app.id, account.id) and not one.revoked]
    if asking.add:
        granted = list(dict.fromkeys([*granted, *(scope for one in before for scope in one.scopes)]))
    youtube = asking.platform == "youtube"
    first = not before or asking.force or not youtube
    life = world.switches.youtube_code_seconds if youtube else world.switches.tiktok_code_seconds
    return world.codes.keep(
        Code(
            id=("4/0A" + new_id(70)) if youtube else new_id(60) + "*!" + new_id(4), platform=asking.platform,
            app=asking.app.id, account=account.id, scopes=granted, redirect_uri=asking.redirect_uri,
            challenge=asking.challenge, challenge_method=asking.challenge_method, offline=asking.offline and first,
            expires_at=world.now() + life,
        )
    )  # fmt: skip

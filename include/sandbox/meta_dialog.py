"""The dialogs of Facebook Login and Instagram Login, on which a person allows or denies (meta.md 1.1, 1.7)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.consent import check_redirect, form_of, names_in
from include.sandbox.instagram_login import instagram_code
from include.sandbox.meta_accounts import (
    FACEBOOK_SCOPES,
    INSTAGRAM_SCOPES,
    account_of_kind,
    meta_app,
    new_page,
    new_profile,
    person_named,
)
from include.sandbox.meta_things import IgProfile, MetaPerson
from include.sandbox.meta_tokens import app_of
from include.sandbox.pages import consent_page, error_page
from include.sandbox.signing_in import Refused
from include.sandbox.things import App, Code
from include.sandbox.world import World, new_id


async def dialog(request: Request) -> Response:
    """`GET …/dialog/oauth` and `…/oauth/authorize`: the consent page. `POST`: the person has decided."""
    world: World = request.app.state.world
    instagram = "/www-ig/" in request.url.path
    given = dict(request.query_params)
    try:
        app, scopes = read_dialog(world, given, INSTAGRAM_SCOPES if instagram else FACEBOOK_SCOPES)
    except Refused as error:
        return HTMLResponse(error_page(str(error)), 400)
    if request.method == "GET":
        names = names_of(world, instagram)
        place = "Instagram" if instagram else "Facebook"
        return HTMLResponse(consent_page(place, app.id, scopes, names, asks_pages=not instagram))
    return decide(world, app, given, await form_of(request), scopes, instagram=instagram)


def names_of(world: World, instagram: bool) -> list[str]:
    """Return whom one can sign in as."""
    if instagram:
        return [one.name for one in world.accounts if world.shelf(IgProfile).get(one.id)]
    return [one.name for one in world.shelf(MetaPerson)]


def read_dialog(world: World, given: dict[str, str], known: tuple[str, ...]) -> tuple[App, list[str]]:
    """Check an authorization request; a `config_id` (Login for Business) stands for all usual permissions."""
    meta_app(world)
    app = app_of(world, given.get("client_id"))
    if app is None:
        raise Refused("Invalid App ID: The provided app ID does not look like a valid app ID.")
    check_redirect(app, given.get("redirect_uri", ""))
    if given.get("response_type", "code") != "code":
        raise Refused("Invalid response_type: only code is supported.")
    scopes = [one for one in given.get("scope", "").replace(" ", ",").split(",") if one]
    if given.get("config_id") and not scopes:
        scopes = list(known)
    if not scopes or set(scopes) - set(known):
        raise Refused(f"Invalid Scopes: {', '.join(sorted(set(scopes) - set(known))) or 'none asked'}")
    return app, scopes


def decide(
    world: World, app: App, given: dict[str, str], form: dict[str, list[str]], scopes: list[str], *, instagram: bool
) -> Response:
    """Send the browser back with a code, or with `access_denied`."""
    redirect = given["redirect_uri"]
    join = "&" if urlsplit(redirect).query else "?"
    state = {"state": given["state"]} if "state" in given else {}
    granted = [one for one in scopes if one in form.get("scope", [])]
    name = (form.get("new_account", [""])[0] or form.get("account", [""])[0]).strip()
    if form.get("decision") != ["allow"] or not granted or not name:
        denied = {
            "error": "access_denied", "error_code": "200", "error_reason": "user_denied",
            "error_description": "Permissions error", **state,
        }  # fmt: skip
        return RedirectResponse(f"{redirect}{join}{urlencode(denied)}", 303)
    subject = profile_named(world, name).id if instagram else person_named(world, name).id
    if not instagram:
        give_pages(world, name, names_in(form.get("pages", [""])[0]))
    life = 3600 if instagram else 600
    code = world.codes.keep(
        Code(
            id="AQ" + new_id(160), platform="instagram" if instagram else "facebook", app=app.id, account=subject,
            scopes=granted, redirect_uri=redirect, challenge=None, challenge_method=None, offline=False,
            expires_at=world.now() + life,
        )
    )  # fmt: skip
    fragment = "#_" if instagram else "#_=_"  # both dialogs hang one on (meta.md 1.1, 1.7)
    return RedirectResponse(f"{redirect}{join}{urlencode({'code': code.id, **state})}{fragment}", 303)


def give_pages(world: World, name: str, pages: list[str]) -> None:
    """Let a person have Pages of these names too, each with a professional Instagram account behind it."""
    person = person_named(world, name)
    for page in pages:
        if account_of_kind(world, "facebook", page) is None:
            new_profile(world, person, page, new_page(world, person, page))


def profile_named(world: World, name: str) -> IgProfile:
    """Return the Instagram account of that name, making a professional one when it is new."""
    account = account_of_kind(world, "instagram", name)
    if account and (found := world.shelf(IgProfile).get(account.id)):
        return found
    return new_profile(world, person_named(world, name, with_page=False), name, None)


def sign_in_routes(product: str) -> list[BaseRoute]:
    """Return the dialogs below one product's addresses, and Instagram's own token endpoint."""
    routes: list[BaseRoute] = [
        Route(f"/{product}/www/{{version}}/dialog/oauth", dialog, methods=["GET", "POST"]),
        Route(f"/{product}/www/dialog/oauth", dialog, methods=["GET", "POST"]),
    ]
    if product == "instagram":
        routes.append(Route("/instagram/www-ig/oauth/authorize", dialog, methods=["GET", "POST"]))
        routes.append(Route("/instagram/api-ig/oauth/access_token", instagram_code, methods=["POST"]))
    return routes

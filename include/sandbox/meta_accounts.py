"""Making people, Pages and Instagram accounts, and credentials for them without a browser."""

from __future__ import annotations

from typing import Any

from include.sandbox.accounts import default_app, give_traits, handle_of
from include.sandbox.meta_things import (
    IgProfile,
    MetaPage,
    MetaPerson,
    MetaToken,
    digits,
    new_page_id,
    new_person_id,
    new_profile_id,
)
from include.sandbox.meta_tokens import instagram_token, page_token, user_token
from include.sandbox.platforms import BadAccount, platform
from include.sandbox.things import Account, App
from include.sandbox.world import World, iso

FACEBOOK_SCOPES = (
    "instagram_basic", "instagram_content_publish", "instagram_manage_comments", "instagram_manage_insights",
    "pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_posts",
    "pages_manage_engagement", "pages_manage_metadata", "read_insights", "publish_video", "business_management",
    "instagram_manage_contents", "instagram_manage_engagement", "public_profile",
)  # fmt: skip
"""Permissions of Facebook Login (meta.md 1.6)."""
INSTAGRAM_SCOPES = (
    "instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments",
    "instagram_business_manage_insights", "instagram_business_manage_messages",
)  # fmt: skip
"""Permissions of Instagram Login."""
APP = ("1384839195809480", "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
"""One app for both products: an app secret of Meta is 32 hex digits."""
LOGINS = ("facebook", "instagram")


def meta_app(world: World) -> App:
    """Return the ready-made app."""
    return default_app(world, "facebook")


def person_named(world: World, name: str, *, with_page: bool = True) -> MetaPerson:
    """Return the person of that name; a new one comes with a Page and a professional Instagram account behind it."""
    found = next((one for one in world.shelf(MetaPerson) if one.name == name), None)
    if found is None:
        found = world.shelf(MetaPerson).keep(MetaPerson(id=new_person_id(), name=name))
        if with_page:
            new_profile(world, found, name, new_page(world, found, name))
    return found


def account_of_kind(world: World, kind: str, name: str) -> Account | None:
    """Return the account of a platform and name."""
    return next((one for one in world.accounts if (one.platform, one.name) == (kind, name)), None)


def new_page(world: World, person: MetaPerson, name: str) -> MetaPage:
    """Make a Page."""
    page = world.shelf(MetaPage).keep(MetaPage(id=new_page_id(), person=person.id))
    keep_account(world, "facebook", page.id, name)
    return page


def new_profile(world: World, person: MetaPerson, name: str, page: MetaPage | None) -> IgProfile:
    """Make an Instagram account, linked to a Page or not."""
    profile = world.shelf(IgProfile).keep(
        IgProfile(id=new_profile_id(), person=person.id, scoped_id="24" + digits(15), page=page.id if page else None)
    )
    keep_account(world, "instagram", profile.id, name)
    return profile


def keep_account(world: World, kind: str, key: str, name: str) -> Account:
    """Keep the account that has a Page's or Instagram account's name and traits."""
    return world.accounts.keep(
        Account(id=key, platform=kind, name=name, handle=handle_of(name), created_at=world.now())
    )


def page_named(world: World, name: str, person: str | None) -> MetaPage:
    """Return the Page of that name, making it (and its person) when it is new."""
    if account := account_of_kind(world, "facebook", name):
        found = world.shelf(MetaPage).get(account.id)
        if found:
            return found
    return new_page(world, person_named(world, person or name, with_page=False), name)


def make_page_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a Page with credentials: its Page token, and the long-lived user token it came from."""
    page = page_named(world, wanted["name"], wanted.get("person"))
    account = kept(world, "facebook", page.id, wanted)
    return credentials(world, wanted, account, page=page, profile=None)


def make_profile_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make an Instagram account with credentials of the wanted `login`."""
    login = wanted.get("login") or "facebook"
    if login not in LOGINS:
        raise BadAccount("login is facebook or instagram.")
    found = account_of_kind(world, "instagram", wanted["name"])
    profile = world.shelf(IgProfile).get(found.id) if found else None
    if profile is None:
        person = person_named(world, wanted.get("person") or wanted["name"], with_page=False)
        profile = new_profile(world, person, wanted["name"], None)
    if login == "facebook" and profile.page is None:
        name = wanted.get("page") or wanted["name"]
        owner = world.shelf(MetaPerson).get(profile.person)
        profile.page = page_named(world, name, owner.name if owner else None).id
        world.shelf(IgProfile).keep(profile)
    account = kept(world, "instagram", profile.id, wanted)
    page = world.shelf(MetaPage).get(profile.page) if login == "facebook" else None
    return credentials(world, wanted, account, page=page, profile=profile)


def kept(world: World, kind: str, key: str, wanted: dict[str, Any]) -> Account:
    """Return an account with the wanted traits."""
    account = world.accounts.get(key)
    if account is None:
        raise BadAccount("The account is gone.")
    give_traits(world, platform(kind), account, wanted)
    return account


def credentials(
    world: World, wanted: dict[str, Any], account: Account, *, page: MetaPage | None, profile: IgProfile | None
) -> dict[str, Any]:
    """Return ready credentials in the shape all platforms have."""
    given = world.apps.get(wanted.get("client_id"))
    app = given or meta_app(world)
    own = page is None and profile is not None
    usual = INSTAGRAM_SCOPES if own else platform(account.platform).usual_scopes
    scopes = list(wanted.get("scopes") or usual)
    access, refresh = tokens(world, app.id, scopes, page=page, profile=profile)
    return {
        "platform": account.platform,
        "name": account.name,
        "client_id": app.id,
        "client_secret": app.secret,
        "access_token": access.id,
        "refresh_token": refresh.id,
        "expires_at": iso(refresh.expires_at),
        "scopes": scopes,
        "platform_user_id": account.id,
        "username": account.handle,
        "login": "instagram" if own else "facebook",
        "page_id": page.id if page else None,
        "ig_user_id": profile.id if profile else None,
    }


def tokens(
    world: World, app: str, scopes: list[str], *, page: MetaPage | None, profile: IgProfile | None
) -> tuple[MetaToken, MetaToken]:
    """Return access and refresh token: the Page's and the person's, or twice that of Instagram Login."""
    if page is not None:
        user = user_token(world, app, page.person, scopes, long_lived=True)
        return page_token(world, user, page), user
    if profile is None:
        raise BadAccount("An account is a Page or an Instagram account.")
    own = instagram_token(world, app, profile, scopes, long_lived=True)
    return own, own

"""People, their Pages, their businesses and the Instagram account behind a Page (meta.md 1.4 to 1.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_crowds import followers
from include.sandbox.meta_errors import no_object
from include.sandbox.meta_fields import Field, Handler, View, attribute, read_fields, show
from include.sandbox.meta_paging import listing
from include.sandbox.meta_things import IgMedia, IgProfile, MetaPage, MetaPerson
from include.sandbox.meta_tokens import end_all, has, need, page_token
from include.sandbox.things import Account
from include.sandbox.world import World

OF_BUSINESS = ("business_owned", "business_client")
"""Traits of Pages a person has through a business portfolio."""
TASKS = ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"]


def account(ask: Ask, thing: Any) -> Account:
    """Return the account of a Page or Instagram account: its name, handle and traits."""
    found = ask.world.accounts.get(thing.id)
    if found is None:
        raise no_object(thing.id)
    return found


def profile_behind(world: World, page: MetaPage) -> IgProfile | None:
    """Return the Instagram account linked to a Page."""
    return next((one for one in world.shelf(IgProfile) if one.page == page.id), None)


def is_professional(world: World, profile: IgProfile) -> bool:
    """Tell whether an Instagram account is a business or creator one."""
    found = world.accounts.get(profile.id)
    return bool(found) and str(trait(found, "account_type")).upper() != "PERSONAL"  # type: ignore[arg-type]


def tasks_of(ask: Ask, page: MetaPage) -> list[str]:
    """Return what the person may do with the Page."""
    return list(trait(account(ask, page), "tasks") or TASKS)


def own_token(ask: Ask, page: MetaPage, field: Field) -> str | None:
    """Show the Page's token, to its person only."""
    if ask.caller.kind == "page":
        return ask.caller.id
    return page_token(ask.world, ask.caller, page).id


def linked(professional: bool) -> Any:
    """Return a reader of the Instagram account behind a Page; a personal one shows as connected only."""

    def shown(ask: Ask, page: MetaPage, field: Field) -> dict[str, str] | None:
        found = profile_behind(ask.world, page)
        if found is None or not has(ask.world, ask.caller, "instagram_basic"):
            return None
        if professional and not is_professional(ask.world, found):
            return None
        return {"id": found.id}

    return shown


def picture(ask: Ask, thing: Any, field: Field) -> dict[str, Any]:
    """Show a grey square as the Page's picture."""
    return {"data": {"height": 50, "width": 50, "is_silhouette": False,
                     "url": f"{ask.base}/pictures/account/{thing.id}.svg"}}  # fmt: skip


PERSON = View(node="User", fields={"id": attribute("id"), "name": attribute("name")}, usual=("name", "id"))
PAGE = View(
    node="Page",
    fields={
        "id": attribute("id"),
        "name": lambda ask, page, field: account(ask, page).name,
        "username": lambda ask, page, field: account(ask, page).handle,
        "access_token": own_token,
        "tasks": lambda ask, page, field: tasks_of(ask, page),
        "category": attribute("category"),
        "category_list": lambda ask, page, field: [{"id": "2233", "name": page.category}],
        "instagram_business_account": linked(True),
        "connected_instagram_account": linked(False),
        "followers_count": lambda ask, page, field: followers(ask.world, page.id),
        "fan_count": lambda ask, page, field: followers(ask.world, page.id),
        "link": lambda ask, page, field: f"https://www.facebook.com/{page.id}",
        "picture": picture,
        "is_published": lambda ask, page, field: True,
    },
    usual=("name", "id"),
)


def instagram_count(ask: Ask, profile: IgProfile, field: Field) -> int:
    """Count the account's posts, without stories."""
    return sum(one.profile == profile.id and one.product != "STORY" for one in ask.world.shelf(IgMedia))


PROFILE_FIELDS: Mapping[str, Any] = {
    "id": attribute("id"),
    "username": lambda ask, profile, field: account(ask, profile).handle,
    "name": lambda ask, profile, field: account(ask, profile).name,
    "biography": lambda ask, profile, field: None,
    "website": lambda ask, profile, field: None,
    "profile_picture_url": lambda ask, profile, field: f"{ask.base}/pictures/account/{profile.id}.svg",
    "followers_count": lambda ask, profile, field: followers(ask.world, profile.id),
    "follows_count": lambda ask, profile, field: 0,
    "media_count": instagram_count,
}
PROFILE = View(
    node="IGUser",
    fields={**PROFILE_FIELDS, "ig_id": lambda ask, profile, field: int(profile.scoped_id),
            "has_profile_pic": lambda ask, profile, field: True, "is_published": lambda ask, profile, field: True},
)  # fmt: skip
"""On graph.facebook.com there is no `account_type`."""
OWN_PROFILE = View(
    node="IGUserForIGOnlyAPI",
    fields={
        **PROFILE_FIELDS,
        "id": attribute("scoped_id"),
        "user_id": attribute("id"),
        "account_type": lambda ask, profile, field: str(trait(account(ask, profile), "account_type")).upper(),
    },
    usual=("id",),
)


async def read_person(ask: Ask, person: MetaPerson) -> Any:
    """`GET /me` with a user token."""
    return await show(ask, PERSON, person, read_fields(ask.text("fields")))


async def read_page(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}`."""
    return await show(ask, PAGE, page, read_fields(ask.text("fields")))


async def read_profile(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}`, or `/me` with a token of Instagram Login."""
    need(ask, "instagram_basic", "instagram_business_basic")
    own = ask.host == "instagram_graph"
    shown = await show(ask, OWN_PROFILE if own else PROFILE, profile, read_fields(ask.text("fields")))
    return {**shown, "id": profile.scoped_id} if own and ask.path[0] != profile.id else shown


async def list_accounts(ask: Ask, person: MetaPerson) -> Any:
    """`GET /me/accounts`: Pages of a business show only with `business_management`, if at all (meta.md 1.4)."""
    pages = [one for one in ask.world.shelf(MetaPage) if one.person == person.id]
    if not has(ask.world, ask.caller, "pages_show_list"):
        return {"data": []}
    manages = has(ask.world, ask.caller, "business_management")
    if not (manages and ask.world.switches.meta_accounts_list_business_pages):
        pages = [one for one in pages if not any(trait(account(ask, one), name) for name in OF_BUSINESS)]
    fields = ask.text("fields") or ""
    nested = "instagram_business_account" in fields and not has(ask.world, ask.caller, "instagram_basic")
    if nested:
        return {"data": []}
    usual = ("access_token", "category", "category_list", "name", "id", "tasks")
    return await listing(ask, PAGE, pages, usual=usual)


async def list_permissions(ask: Ask, person: MetaPerson) -> Any:
    """`GET /me/permissions`."""
    return {"data": [{"permission": one, "status": "granted"} for one in ask.caller.scopes]}


async def drop_permissions(ask: Ask, person: MetaPerson) -> Any:
    """`DELETE /me/permissions`: the app is removed, and all its tokens of this person end."""
    end_all(ask.world, person.id, 458, ask.caller.app)
    return {"success": True}


def business_id(person: MetaPerson) -> str:
    """Return the id of the person's business portfolio."""
    return "3" + person.id[1:]


async def list_businesses(ask: Ask, person: MetaPerson) -> Any:
    """`GET /me/businesses`: one, when any Page is its own or a client's."""
    need(ask, "business_management")
    has_one = any(pages_with(ask, person, name) for name in OF_BUSINESS)
    return {"data": [{"id": business_id(person), "name": f"{person.name}'s business"}] if has_one else []}


def pages_with(ask: Ask, person: MetaPerson, name: str) -> list[MetaPage]:
    """Return the person's Pages that have a trait."""
    pages = [one for one in ask.world.shelf(MetaPage) if one.person == person.id]
    return [one for one in pages if trait(account(ask, one), name)]


async def list_owned(ask: Ask, person: MetaPerson) -> Any:
    """`GET /{business}/owned_pages`."""
    need(ask, "business_management")
    return await listing(ask, PAGE, pages_with(ask, person, "business_owned"))


async def list_clients(ask: Ask, person: MetaPerson) -> Any:
    """`GET /{business}/client_pages`."""
    need(ask, "business_management")
    return await listing(ask, PAGE, pages_with(ask, person, "business_client"))


PEOPLE: Mapping[tuple[str, str, str], Handler] = {
    ("GET", "person", ""): read_person,
    ("GET", "person", "accounts"): list_accounts,
    ("GET", "person", "permissions"): list_permissions,
    ("DELETE", "person", "permissions"): drop_permissions,
    ("GET", "person", "businesses"): list_businesses,
    ("GET", "business", "owned_pages"): list_owned,
    ("GET", "business", "client_pages"): list_clients,
    ("GET", "page", ""): read_page,
    ("GET", "profile", ""): read_profile,
}

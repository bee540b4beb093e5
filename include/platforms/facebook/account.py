"""Which Page an account is for, and who that Page is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.errors import AccountTrouble
from include.platforms.facebook.client import Client
from include.platforms.facebook.errors import MEANINGS, NO_TASK_EXPLAINED
from include.platforms.facebook.payloads import PageNode
from include.platforms.http import Calls
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.pages import NO_PAGES, Page, managed_pages
from include.platforms.signing_in import Choice

NOT_THE_PAGES = (
    "This access token is a person's and not a Page's, and the Page's could not be fetched with it: give the person's "
    "long-lived token as refresh_token, too."
)
OTHER_PAGE = "This access token is of the Page '{name}' ({id}), and not of the Page {wanted}."


def choices(calls: Calls, given: Mapping[str, Any] | None = None) -> tuple[Choice, ...]:
    """Return the Pages a person's token can act for; raise `AccountTrouble` saying why there are none."""
    found = managed_pages(Graph(calls=calls, meanings=MEANINGS))
    if not found:
        raise AccountTrouble(NO_PAGES)
    return tuple(
        Choice(choice_id=page.id, title=page.name or page.id, kind="Page", given={"page_id": page.id}, own_token=True)
        for page in found
    )


def choose_page(graph: Graph, said: Mapping[str, Any]) -> Page:
    """Return the Page that is meant, of all the token can act for: the `page_id` that was said, or the only one.

    A `platform_user_id` counts where it is one of the Pages; else it is the person's own.
    Raises `AccountTrouble` naming the choices when there are several, and saying why there may be none.
    """
    found = managed_pages(graph)
    choices = ", ".join(f"{page.name} ({page.id})" for page in found)
    page_id = said.get("page_id")
    for wanted in (page_id, said.get("platform_user_id")):
        mine = next((page for page in found if wanted and page.id == str(wanted)), None)
        if mine is not None:
            return mine
        if page_id:
            also = f" It shows: {choices}." if found else ""
            raise AccountTrouble(f"Facebook does not show the Page {page_id} for this login.{also} {NO_PAGES}")
    if not found:
        raise AccountTrouble(NO_PAGES)
    if len(found) > 1:
        raise AccountTrouble(f"This login has several Pages; say which with page_id: {choices}.")
    return found[0]


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return who the connected Page is, for the accounts page; a person's token is exchanged for the Page's.

    `given` may name the Page (`page_id`). `cannot_post` is a sentence when the person lacks the task. Raises
    `AccountTrouble` when the access is over or the Page is not clear.
    """
    said = given or {}
    client = Client(calls=calls, page_id=str(said.get("page_id") or ""))
    who = client.own_page()
    if who is None:
        page = choose_page(Graph(calls=calls, meanings=MEANINGS), said)
        who = _as_page(calls, client, page)
    else:
        page = Page(id=who.id, name=who.name or "")
        if said.get("page_id") not in (None, who.id):
            raise AccountTrouble(OTHER_PAGE.format(name=page.name, id=page.id, wanted=said["page_id"]))
    return {
        "platform_user_id": page.id,
        "page_id": page.id,
        "username": who.username,
        "display_name": who.name or page.name or None,
        "picture": who.picture_address,
        "followers": who.followers_count,
        "account_type": "page",
        "login": "facebook",
        "cannot_post": None if page.may_post else NO_TASK_EXPLAINED,
    }


def _as_page(calls: Calls, client: Client, page: Page) -> PageNode:
    """Let the token source fetch the Page's token, and ask again with it."""
    if calls.tokens is None:
        raise AccountTrouble(NOT_THE_PAGES)
    try:
        calls.tokens.refresh(calls.tokens.token())
    except AccountTrouble as trouble:
        raise AccountTrouble(f"{NOT_THE_PAGES} {trouble.message}", code=trouble.code) from None
    who = client.own_page()
    if who is None or who.id != page.id:
        raise AccountTrouble(NOT_THE_PAGES)
    return who

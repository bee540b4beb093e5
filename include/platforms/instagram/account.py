"""Who an account is: found behind a Page (Facebook Login) or told by itself (Instagram Login)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected
from include.platforms.http import Calls
from include.platforms.instagram.auth import login_of
from include.platforms.instagram.client import Client
from include.platforms.instagram.errors import MEANINGS, PROFESSIONAL_ONLY, explained
from include.platforms.instagram.rules import BYTES_NEED_FACEBOOK, is_personal
from include.platforms.meta_graph.graph import Graph
from include.platforms.meta_graph.pages import NO_PAGES, Page, instagram_account, managed_pages
from include.platforms.signing_in import Choice

USER_FIELDS = "id,username,name,profile_picture_url,followers_count"
ME_FIELDS = "user_id,username,name,account_type,profile_picture_url,followers_count"


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return who the connected account is and whether it may publish now, for the accounts page and the Publisher.

    `given` may hold `login`, `page_id` and `ig_user_id`: they are checked with Meta, and what is missing is found. Its
    `upload` is how this account's videos get to Meta, kept as it was said. `cannot_post` is a sentence when nothing can
    be published just now. Raises `AccountTrouble` when the access is over, the account is a personal one, a choice
    among several has to be made, or the login cannot upload as wanted.
    """
    given = given or {}
    login = login_of(given, calls.tokens.token() if calls.tokens else "")
    upload = given.get("upload")
    if login == "instagram" and upload == "bytes":
        raise AccountTrouble(BYTES_NEED_FACEBOOK)
    try:
        profile = _through_instagram(calls, given) if login == "instagram" else _through_facebook(calls, given)
    except PlatformError as error:
        raise explained(error) from None
    profile |= {"login": login, "advice": _advice(login, profile)} | ({"upload": upload} if upload else {})
    return profile | {"cannot_post": _cannot_post(calls, profile)}


def _through_instagram(calls: Calls, given: Mapping[str, Any]) -> dict[str, Any]:
    graph = Graph(calls=calls, base="instagram_graph", meanings=MEANINGS)
    me = graph.get("me", endpoint="user.read", params={"fields": ME_FIELDS})
    if is_personal(me):
        raise AccountTrouble(PROFESSIONAL_ONLY)
    user = str(me.get("user_id") or me.get("id") or "")
    _compare(given.get("ig_user_id") or given.get("platform_user_id"), {user, str(me.get("id"))})
    return _profile(me, user, page_id=None)


def _through_facebook(calls: Calls, given: Mapping[str, Any]) -> dict[str, Any]:
    graph = Graph(calls=calls, meanings=MEANINGS)
    user, page_id = given.get("ig_user_id") or given.get("platform_user_id"), given.get("page_id")
    if page_id:
        linked = instagram_account(graph, str(page_id))
        if linked is None:
            raise AccountTrouble(f"No Business or Creator account is linked to the Page {page_id}. {PROFESSIONAL_ONLY}")
        _compare(user, {linked})
        user = linked
    if not user:
        page_id, user = _the_only_one(graph)
    me = graph.get(str(user), endpoint="user.read", params={"fields": USER_FIELDS})
    return _profile(me, str(me.get("id") or user), page_id=str(page_id) if page_id else None)


STORIES = (
    "Instagram documents stories by API for business accounts only; if one is refused, switch the account to Business "
    "in Instagram's settings (Account type and tools)."
)
HOSTING = (
    "With Instagram Login Meta fetches each video from us: RELEASE_DESK_PUBLIC_ADDRESS, or a bucket, must be reachable."
)


def _advice(login: str, profile: Mapping[str, Any]) -> str | None:
    """Return what to know about an account of this kind and login."""
    told = [STORIES] if "creator" in str(profile["account_type"] or "") else []
    return " ".join(told + ([HOSTING] if login == "instagram" else [])) or None


def choices(calls: Calls, given: Mapping[str, Any] | None = None) -> tuple[Choice, ...]:
    """Return the professional accounts behind a person's Pages; an Instagram Login is for the one that signed in.

    Raises `AccountTrouble` when there is none, saying what to do.
    """
    if login_of(given, calls.tokens.token() if calls.tokens else "") == "instagram":
        me = _through_instagram(calls, {})
        title = str(me["display_name"] or me["ig_user_id"])
        return (Choice(choice_id=me["ig_user_id"], title=title, kind="account", given={"login": "instagram"}),)
    graph = Graph(calls=calls, meanings=MEANINGS)
    try:
        return tuple(_choice(graph, page, user) for page, user in _linked(graph).items())
    except PlatformError as error:
        raise explained(error) from None


def _choice(graph: Graph, page: Page, user: str) -> Choice:
    me = graph.get(user, endpoint="user.read", params={"fields": USER_FIELDS})
    picture = me.get("profile_picture_url")
    return Choice(
        choice_id=user,
        title=f"{me.get('username') or user} (Page {page.name or page.id})",
        kind="account",
        picture=str(picture) if picture else None,
        given={"login": "facebook", "ig_user_id": user, "page_id": page.id},
        own_token=True,
    )


def _linked(graph: Graph) -> dict[Page, str]:
    """Return the Pages with a professional account, and that account; never empty."""
    pages = managed_pages(graph)
    if not pages:
        raise AccountTrouble(NO_PAGES)
    linked = {page: user for page in pages if (user := instagram_account(graph, page.id))}
    if not linked:
        names = ", ".join(page.name or page.id for page in pages)
        raise AccountTrouble(f"No Business or Creator account is linked to any Page ({names}). {PROFESSIONAL_ONLY}")
    return linked


def _the_only_one(graph: Graph) -> tuple[str, str]:
    """Return the Page and the Instagram account to use when there is only one."""
    linked = _linked(graph)
    if len(linked) > 1:
        choices = "; ".join(f"{user} (Page {page.name})" for page, user in linked.items())
        raise AccountTrouble(f"Several Instagram accounts are behind this login. Name one as ig_user_id: {choices}.")
    [(page, user)] = linked.items()
    return page.id, user


def _compare(wanted: Any, found: set[str]) -> None:
    if wanted and str(wanted) not in found:
        told = ", ".join(sorted(found - {"", "None"}))
        raise AccountTrouble(f"The credentials belong to the Instagram account {told}, not to {wanted}.")


def _profile(me: Mapping[str, Any], user: str, *, page_id: str | None) -> dict[str, Any]:
    return {
        "platform_user_id": user,
        "ig_user_id": user,
        "page_id": page_id,
        "username": me.get("username"),
        "display_name": me.get("name") or me.get("username"),
        "picture": me.get("profile_picture_url"),
        "followers": me.get("followers_count"),
        "account_type": str(me["account_type"]).lower() if me.get("account_type") else None,
    }


def _cannot_post(calls: Calls, profile: Mapping[str, Any]) -> str | None:
    """Return why nothing can be published now: a missing permission, or the limit."""
    client = Client.of(calls, profile, {})
    try:
        limit = client.limit()
    except (AccountTrouble, QuotaExhausted, Rejected) as trouble:
        if isinstance(trouble, AccountTrouble) and str(trouble.code or "").startswith(("190", "102")):
            raise
        return trouble.message
    if not limit.is_used_up:
        return None
    return f"The publishing limit is used up: {limit.quota_usage} of {limit.quota_total} posts in 24 hours."

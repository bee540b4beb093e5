"""Who an account is: a member, or a page (organisation) whose administrator the member is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected
from include.platforms.http import Calls
from include.platforms.linkedin import versions
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.payloads import ORGANIZATION, PERSON, UserInfo
from include.platforms.signing_in import Choice

FORBIDDEN = 403


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return who the connected account is, for the accounts page and the Publisher.

    `given` may hold `author_urn` (a member's or an organisation's) and `platform_user_id`: they are checked with
    LinkedIn. Without an author the member posts, unless the member also administers organisations. Raises
    `AccountTrouble` when the access is over, does not belong to whom it should, or a choice has to be made.
    """
    given = given or {}
    client = Client(calls, versions.living(datetime.now(UTC).date()))
    member = client.user_info()
    author = _author(client, member, str(given.get("author_urn") or ""))
    profile = _page(client, author) if author.startswith(ORGANIZATION) else _member(member)
    _compare(given.get("platform_user_id"), {member.sub, author, str(profile["platform_user_id"])})
    return profile | {"author_urn": author, "member_urn": f"{PERSON}{member.sub}", "cannot_post": None}


def choices(calls: Calls, given: Mapping[str, Any] | None = None) -> tuple[Choice, ...]:
    """Return whom a sign-in may post as: the member with `login` "member" (the usual), else their pages.

    Raises `AccountTrouble` when the member administers no page, or LinkedIn does not say which.
    """
    client = Client(calls, versions.living(datetime.now(UTC).date()))
    member = client.user_info()
    if (given or {}).get("login") != "organization":
        urn = f"{PERSON}{member.sub}"
        title = member.name or urn
        return (
            Choice(choice_id=urn, title=title, kind="member", picture=member.picture, given={"author_urn": urn}),
        )  # fmt: skip
    found = _administered(client, must=True)
    if not found:
        raise AccountTrouble(
            f"{member.name or 'This member'} administers no page on LinkedIn. Sign in as somebody who does, or connect "
            "the member (login: member)."
        )
    titles = {urn: str(_page(client, urn)["display_name"] or urn) for urn in found}
    return tuple(
        Choice(choice_id=urn, title=title, kind="page", given={"author_urn": urn}) for urn, title in titles.items()
    )


def _author(client: Client, member: UserInfo, wanted: str) -> str:
    myself = f"{PERSON}{member.sub}"
    if wanted == myself:
        return myself
    if wanted and not wanted.startswith(ORGANIZATION):
        raise AccountTrouble(f"The credentials belong to {myself}, who cannot post as {wanted}.")
    pages = _administered(client, must=bool(wanted))
    if wanted in pages:
        return wanted
    choices = ", ".join([f"{myself} ({member.name or 'the member'})", *pages])
    if wanted:
        raise AccountTrouble(f"The member does not administer {wanted} on LinkedIn. Possible as author_urn: {choices}.")
    if pages:
        raise AccountTrouble(f"Several authors are behind this sign-in. Name one as author_urn: {choices}.")
    return myself


def _administered(client: Client, *, must: bool) -> tuple[str, ...]:
    """Return the member's organisations; none when we may not ask, unless we `must` know."""
    try:
        return client.administered()
    except AccountTrouble as trouble:
        if trouble.status != FORBIDDEN:
            raise
        if must:
            raise AccountTrouble(
                "LinkedIn does not say which pages this member administers. Connect the account again with "
                "rw_organization_admin, w_organization_social and r_organization_social (Community Management API).",
                code=trouble.code,
                status=trouble.status,
                request_id=trouble.request_id,
            ) from None
        return ()


def _member(member: UserInfo) -> dict[str, Any]:
    return {
        "platform_user_id": member.sub,
        "username": None,  # LinkedIn does not tell a member's public name (reference B.1)
        "display_name": member.name,
        "picture": member.picture,
        "followers": None,
        "account_type": "member",
        "advice": "LinkedIn shows apps no list of a member's posts and few figures; a page has both.",
    }


def _page(client: Client, author: str) -> dict[str, Any]:
    """Return what is known of a page; what we may not read is left out."""
    known: dict[str, Any] = {}
    followers: int | None = None
    try:
        known = client.organization(author)
        followers = client.followers(author)
    except (AccountTrouble, Rejected, QuotaExhausted) as error:
        _must_be_forbidden(error)
    return {
        "platform_user_id": author.removeprefix(ORGANIZATION),
        "username": known.get("vanityName"),
        "display_name": known.get("localizedName"),
        "picture": None,
        "followers": followers,
        "account_type": "organization",
        "advice": None,
    }


def _must_be_forbidden(error: PlatformError) -> None:
    if isinstance(error, AccountTrouble) and error.status != FORBIDDEN:
        raise error


def _compare(wanted: Any, found: set[str]) -> None:
    if wanted and str(wanted) not in found:
        told = ", ".join(sorted(found))
        raise AccountTrouble(f"The credentials belong to the LinkedIn account {told}, not to {wanted}.")

"""How LinkedIn signs people in (B.1): no PKCE; refresh tokens for partners' apps only, and they are never extended."""

from __future__ import annotations

from typing import Any

from include.sandbox.accounts import account_named, make_usual_account
from include.sandbox.linkedin_answers import ORGANIZATION, PERSON
from include.sandbox.platforms import BadAccount
from include.sandbox.signing_in import Lives, OAuthError, SignIn
from include.sandbox.things import Grant, Token
from include.sandbox.world import World, new_id

MEMBER_SCOPES = ("openid", "profile", "email", "w_member_social")
PAGE_SCOPES = ("openid", "profile", "w_organization_social", "r_organization_social", "rw_organization_admin")
CODE_SECONDS = 1800


class LinkedInSignIn(SignIn):
    """LinkedIn's sign-in."""

    authorize_path = "/linkedin/www/oauth/v2/authorization"
    token_path = "/linkedin/www/oauth/v2/accessToken"  # noqa: S105  (an address)
    revoke_path = "/linkedin/www/oauth/v2/revoke"
    token_prefixes = ("AQX", "AQW")
    revoke_needs_app = True

    def lives(self, world: World) -> Lives:
        """Return how long new tokens live."""
        return Lives(access=world.switches.linkedin_token_seconds, refresh=world.switches.linkedin_refresh_seconds)

    def code_seconds(self, world: World) -> float:
        """Return how long a code lives."""
        return CODE_SECONDS

    def denied(self) -> dict[str, str]:
        """Return LinkedIn's words for a refusal."""
        return {"error": "user_cancelled_authorize", "error_description": "The user cancelled the authorization"}

    def over(self) -> OAuthError:
        """Make the error for a code that was used or is too old."""
        return OAuthError("invalid_grant", "Unable to retrieve access token: authorization code not found")

    def repeats_refresh(self) -> bool:
        """Answer the old refresh token, whose life goes on counting down."""
        return True

    def answer_token(self, world: World, grant: Grant, access: Token, refresh: Token | None) -> dict[str, Any]:
        """Return the body; a refresh token is for partners only."""
        now = world.now()
        body: dict[str, Any] = {
            "access_token": access.id, "expires_in": round(access.expires_at - now), "scope": ",".join(grant.scopes),
        }  # fmt: skip
        if refresh and world.switches.linkedin_partner:
            body |= {"refresh_token": refresh.id, "refresh_token_expires_in": round(refresh.expires_at - now)}
        return body


def make_linkedin_account(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make an account that posts as a page it administers (the usual) or, with `posts_as` member, as itself.

    Only pages' posts can be read back: `r_member_social` is closed, but may be asked for by name.
    """
    posts_as = wanted.get("posts_as") or "organization"
    if posts_as not in ("organization", "member"):
        raise BadAccount("A LinkedIn account posts_as organization or member.")
    as_page = posts_as == "organization"
    known = account_named(world, "linkedin", wanted["name"]).traits.get("organizations")
    pages = wanted.get("organizations") or (known or [new_id(8, "123456789")] if as_page else [])
    if not isinstance(pages, list) or not all(isinstance(page, str) and page.isdecimal() for page in pages):
        raise BadAccount("organizations are a list of numbers, as texts.")
    given = make_usual_account(
        world,
        {**wanted, "scopes": wanted.get("scopes") or (PAGE_SCOPES if as_page else MEMBER_SCOPES),
         "organizations": pages, "posts_as": posts_as},
    )  # fmt: skip
    if not world.switches.linkedin_partner:
        given["refresh_token"] = None
    member = given["platform_user_id"]
    return {**given, "author_urn": ORGANIZATION + pages[0] if as_page else PERSON + member}

"""How Google signs people in for YouTube (youtube.md 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from include.sandbox.signing_in import Lives, OAuthError, SignIn

if TYPE_CHECKING:
    from include.sandbox.things import Grant, Token
    from include.sandbox.world import World

TESTING_SECONDS = 7 * 86400.0
LASTING_SECONDS = 182 * 86400.0


class YouTubeSignIn(SignIn):
    """Google's code flow: PKCE optional, a refresh token with the first consent only."""

    authorize_path = "/youtube/accounts/o/oauth2/v2/auth"
    token_path = "/youtube/oauth/token"  # noqa: S105  (an address)
    revoke_path = "/youtube/oauth/revoke"
    challenge_methods = ("S256", "plain", None)
    basic = True
    token_prefixes = ("ya29.a0", "1//0e")
    refresh_always = False

    def lives(self, world: World) -> Lives:
        """Return how long new tokens live; an app "in testing" has refresh tokens for a week."""
        refresh = TESTING_SECONDS if world.switches.youtube_testing_mode else LASTING_SECONDS
        return Lives(access=world.switches.youtube_token_seconds, refresh=refresh)

    def max_refresh_tokens(self, world: World) -> int | None:
        """Return Google's limit for one person and app (youtube.md 1.5: 100)."""
        return world.switches.youtube_max_refresh_tokens

    def wants_refresh(self, given: dict[str, str]) -> bool:
        """Tell whether `access_type=offline` was asked."""
        return given.get("access_type") == "offline"

    def new_code(self) -> str:
        """Make a one-time code."""
        from include.sandbox.world import new_id

        return "4/0A" + new_id(70)

    def code_seconds(self, world: World) -> float:
        """Return how long a code lives."""
        return world.switches.youtube_code_seconds

    def granted(self, scopes: list[str]) -> dict[str, str]:
        """Return the scopes as Google's redirect names them."""
        return {"scope": " ".join(scopes)}

    def over(self) -> OAuthError:
        """Make the error for a code that was used or is too old."""
        return OAuthError("invalid_grant", "Bad Request")

    def wrong_redirect(self) -> OAuthError:
        """Make the error for another redirect address."""
        return OAuthError("redirect_uri_mismatch", "Bad Request")

    def dead_refresh(self) -> OAuthError:
        """Make the error for a dead refresh token."""
        return OAuthError("invalid_grant", "Token has been expired or revoked.")

    def rotates(self, world: World) -> bool:
        """Tell what the switch says: usually not."""
        return world.switches.youtube_rotate_refresh_tokens

    def answer_token(self, world: World, grant: Grant, access: Token, refresh: Token | None) -> dict[str, Any]:
        """Return the body; the refresh token's life is told in testing mode only."""
        body: dict[str, Any] = {"access_token": access.id, "expires_in": round(access.expires_at - world.now())}
        if refresh:
            body["refresh_token"] = refresh.id
            if world.switches.youtube_testing_mode:
                body["refresh_token_expires_in"] = round(refresh.expires_at - world.now())
        return {**body, "scope": " ".join(grant.scopes), "token_type": "Bearer"}

"""How TikTok signs people in (A.1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from include.sandbox.signing_in import Lives, OAuthError, Refused, SignIn

if TYPE_CHECKING:
    from include.sandbox.things import Code, Grant, Token
    from include.sandbox.world import World

MAX_REDIRECT_CHARACTERS = 512
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class TikTokSignIn(SignIn):
    """TikTok's code flow: `client_key`, commas between scopes, PKCE in hex and a must for desktop apps."""

    authorize_path = "/tiktok/www/v2/auth/authorize/"
    token_path = "/tiktok/v2/oauth/token/"  # noqa: S105  (an address)
    revoke_path = "/tiktok/v2/oauth/revoke/"
    client_parameter = "client_key"
    separator = ","
    token_prefixes = ("act.", "rft.")
    revoke_needs_app = True

    def lives(self, world: World) -> Lives:
        """Return how long new tokens live."""
        return Lives(access=world.switches.tiktok_token_seconds, refresh=world.switches.tiktok_refresh_seconds)

    def check_redirect(self, redirect: str) -> None:
        """Refuse queries and fragments, long addresses, and localhost without a port."""
        parts = urlsplit(redirect)
        odd = parts.query or parts.fragment or len(redirect) >= MAX_REDIRECT_CHARACTERS
        if odd or (parts.hostname in LOOPBACK and parts.port is None):
            raise Refused("redirect_uri: It has no query or fragment, and with localhost a port is mandatory.")

    def check_asking(self, given: dict[str, str], *, loopback: bool) -> None:
        """Want PKCE of desktop apps."""
        if loopback and not given.get("code_challenge"):
            raise Refused("invalid_request: code_challenge is required for desktop apps.")

    def new_code(self) -> str:
        """Make a one-time code; it needs decoding once."""
        from include.sandbox.world import new_id

        return new_id(60) + "*!" + new_id(4)

    def code_seconds(self, world: World) -> float:
        """Return how long a code lives."""
        return world.switches.tiktok_code_seconds

    def denied(self) -> dict[str, str]:
        """Return TikTok's words for a refusal."""
        return {"error_description": "User cancelled the authorization"}

    def granted(self, scopes: list[str]) -> dict[str, str]:
        """Return the scopes as TikTok's redirect names them."""
        return {"scopes": ",".join(scopes)}

    def error_answer(self, world: World, error: OAuthError) -> Response:
        """Answer TikTok's flat error object with its log id."""
        from include.sandbox.tiktok_answers import new_log_id

        status = error.status if error.status != 400 else world.switches.tiktok_oauth_error_status
        body = {"error": error.error, "error_description": error.description, "log_id": new_log_id(world)}
        return JSONResponse(body, status)

    def malformed(self) -> OAuthError:
        """Make the error for a body that is no form or lacks something."""
        return OAuthError("invalid_request", "The request parameters are malformed.")

    def over(self) -> OAuthError:
        """Make the error for a code that was used or is too old."""
        return OAuthError("invalid_grant", "Authorization code is expired.")

    def wrong_redirect(self) -> OAuthError:
        """Make the error for another redirect address."""
        return OAuthError("invalid_grant", "Redirect_uri is not matched with the uri when requesting code.")

    def wrong_verifier(self, verifier: str | None) -> OAuthError:
        """Make the error for a verifier that does not fit."""
        return OAuthError("invalid_request", "Code verifier or code challenge is invalid.")

    def dead_refresh(self) -> OAuthError:
        """Make the error for a dead refresh token."""
        return OAuthError("invalid_grant", "Refresh token is invalid or expired.")

    def unknown_token(self) -> OAuthError:
        """Make the error for revoking a token nobody knows."""
        return OAuthError("invalid_grant", "The access token is invalid.")

    def challenge_of(self, code: Code, verifier: str) -> str:
        """Return lower-case hex, under the same name S256."""
        return hashlib.sha256(verifier.encode()).hexdigest()

    def rotates(self, world: World) -> bool:
        """Tell what the switch says: usually it does."""
        return world.switches.tiktok_rotate_refresh_tokens

    def repeats_refresh(self) -> bool:
        """Answer the old refresh token when it stays."""
        return True

    def answer_token(self, world: World, grant: Grant, access: Token, refresh: Token | None) -> dict[str, Any]:
        """Return the body with the person's id."""
        now = world.now()
        body: dict[str, Any] = {
            "open_id": grant.account, "scope": ",".join(grant.scopes), "access_token": access.id,
            "expires_in": round(access.expires_at - now),
        }  # fmt: skip
        if refresh:
            body |= {"refresh_token": refresh.id, "refresh_expires_in": round(refresh.expires_at - now)}
        return {**body, "token_type": "Bearer"}

    def revoked(self) -> Response:
        """Answer an empty 200."""
        return Response(status_code=200)

"""How one platform's sign-in differs from the usual OAuth 2 code flow; `consent.py` and `oauth.py` do the rest."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from include.sandbox.things import Code, Grant, Token
    from include.sandbox.world import World

Json = dict[str, Any]


class Refused(Exception):
    """The authorization request is wrong in a way that must not be sent back to the redirect address."""


class OAuthError(Exception):
    """An answer of the token endpoint: `error` and a description."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Lives:
    """How long an access token and a refresh token live, in seconds."""

    access: float
    refresh: float


class SignIn:
    """The code flow as RFC 6749 and 7636 have it; a platform overrides what it does differently.

    The three paths are whole paths of ours (`/youtube/oauth/token`); None where the platform has no such address.
    """

    authorize_path: str | None = None
    token_path: str | None = None
    revoke_path: str | None = None
    client_parameter = "client_id"
    separator = " "
    """Between scopes."""
    challenge_methods: tuple[str | None, ...] = ("S256",)
    basic = False
    """Whether the app may prove itself with HTTP Basic."""
    token_prefixes = ("at.", "rt.")
    """How access and refresh tokens begin."""
    refresh_always = True
    """Whether every consent gives a refresh token, or the first only."""
    revoke_needs_app = False

    def lives(self, world: World) -> Lives:
        """Return how long new tokens live."""
        return Lives(access=3600, refresh=182 * 86400)

    def max_refresh_tokens(self, world: World) -> int | None:
        """Return how many refresh tokens a person has with an app before the oldest die silently; None: no limit."""
        return None

    # The consent page

    def check_redirect(self, redirect: str) -> None:
        """Raise `Refused` for a redirect address that is registered but not allowed all the same."""

    def check_asking(self, given: dict[str, str], *, loopback: bool) -> None:
        """Raise `Refused` for an authorization request that lacks something."""

    def wants_refresh(self, given: dict[str, str]) -> bool:
        """Tell whether an authorization request asks for a refresh token."""
        return True

    def new_code(self) -> str:
        """Make a one-time code."""
        from include.sandbox.world import new_id

        return new_id(80)

    def code_seconds(self, world: World) -> float:
        """Return how long a code lives."""
        return 600

    def denied(self) -> dict[str, str]:
        """Return what is said besides `error=access_denied`."""
        return {}

    def granted(self, scopes: list[str]) -> dict[str, str]:
        """Return how the redirect says which scopes were allowed."""
        return {}

    # The token endpoint

    def error_answer(self, world: World, error: OAuthError) -> Response:
        """Answer an error of the token endpoint."""
        return JSONResponse({"error": error.error, "error_description": error.description}, error.status)

    def malformed(self) -> OAuthError:
        """Make the error for a body that is no form, or lacks what everybody has to say."""
        return OAuthError("invalid_request", "Missing required parameter: grant_type")

    def over(self) -> OAuthError:
        """Make the error for a code that was used or is too old."""
        return OAuthError("invalid_grant", "The authorization code is used or expired.")

    def wrong_redirect(self) -> OAuthError:
        """Make the error for a redirect address that is not the one the code was made for."""
        return OAuthError("invalid_grant", "The redirect_uri does not match.")

    def wrong_verifier(self, verifier: str | None) -> OAuthError:
        """Make the error for a PKCE verifier that does not fit."""
        return OAuthError("invalid_grant", "Invalid code verifier." if verifier else "Missing code verifier.")

    def dead_refresh(self) -> OAuthError:
        """Make the error for a refresh token that opens nothing any more."""
        return OAuthError("invalid_grant", "The refresh token is invalid or expired.")

    def unknown_token(self) -> OAuthError:
        """Make the error for revoking a token nobody knows."""
        return OAuthError("invalid_token", "Token expired or revoked")

    def challenge_of(self, code: Code, verifier: str) -> str:
        """Return the challenge a verifier stands for."""
        if code.challenge_method != "S256":
            return verifier
        return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

    def rotates(self, world: World) -> bool:
        """Tell whether a refresh ends the old refresh token and gives a new one."""
        return False

    def repeats_refresh(self) -> bool:
        """Tell whether a refresh that does not rotate still answers the old refresh token."""
        return False

    def answer_token(self, world: World, grant: Grant, access: Token, refresh: Token | None) -> Json:
        """Return the body with new tokens."""
        now = world.now()
        body: Json = {
            "access_token": access.id, "expires_in": round(access.expires_at - now),
            "scope": self.separator.join(grant.scopes), "token_type": "Bearer",
        }  # fmt: skip
        return {**body, "refresh_token": refresh.id} if refresh else body

    def revoked(self) -> Response:
        """Answer that a token was revoked."""
        return JSONResponse({})

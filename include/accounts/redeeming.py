"""What came back from a consent page becomes tokens: the code is exchanged, and what was allowed is compared."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from include import settings
from include.accounts.accounts import Credentials
from include.accounts.advice import not_allowed
from include.accounts.attempts import Attempt, ConsentRefused
from include.platforms import get, title
from include.platforms.errors import OutcomeUnknown, TryAgain
from include.platforms.http import Calls
from include.platforms.tokens import Tokens

REFUSALS = frozenset({"access_denied", "user_cancelled_login", "user_cancelled_authorize"})
"""What platforms answer when a person said no (RFC 6749, 4.1.2.1; LinkedIn has its own words)."""
MAX_TOLD_CHARACTERS = 200


def redeem(attempt: Attempt, parameters: Mapping[str, str]) -> tuple[Credentials, tuple[str, ...]]:
    """Return the tokens a callback stands for, and the useful scopes that were not given.

    Raises `ConsentRefused` for a person's no, a lost answer and a needed scope that is missing, `PlatformError` for
    what the platform refuses.
    """
    tokens = _exchange(attempt, _code(attempt, parameters))
    granted = tokens.scopes or _told_scopes(parameters)
    missing = _missing(attempt, granted)
    credentials = Credentials(
        access_token=SecretStr(tokens.access_token),
        refresh_token=SecretStr(tokens.refresh_token) if tokens.refresh_token else None,
        expires_at=tokens.expires_at,
        refresh_expires_at=tokens.refresh_expires_at,
        scopes=list(granted),
    )
    return credentials, missing


def _code(attempt: Attempt, parameters: Mapping[str, str]) -> str:
    place, error = title(attempt.platform), parameters.get("error")
    if error in REFUSALS:
        raise ConsentRefused(f"You did not allow access on {place}'s page. Nothing was connected.")
    code = parameters.get("code")
    if error or not code:
        told = parameters.get("error_description") or parameters.get("error_message") or error or "no reason given"
        reason = "".join(letter for letter in told if letter.isprintable())[:MAX_TOLD_CHARACTERS]
        raise ConsentRefused(f"{place} ended the sign-in ({reason.rstrip('.')}). Nothing was connected; start again.")
    return code


def _exchange(attempt: Attempt, code: str) -> Tokens:
    """Turn the code into tokens; it is never sent again once the platform may have seen it (RFC 6749, 4.1.2)."""
    app = settings.app(attempt.platform, attempt.login)
    place = title(attempt.platform)
    with Calls(platform=attempt.platform, bases=settings.endpoints()[attempt.platform]) as calls:
        try:
            tokens: Tokens = get(attempt.platform).exchange_code(
                calls,
                app.client_id,
                app.client_secret.get_secret_value(),
                code=code,
                redirect_uri=attempt.redirect_uri,
                verifier=attempt.verifier,
                login=attempt.login,
            )
            return tokens
        except OutcomeUnknown:
            raise ConsentRefused(
                f"{place}'s answer got lost after you had allowed access. Nothing was changed here; start again."
            ) from None
        except TryAgain:
            raise ConsentRefused(
                f"{place} cannot hand out access just now. Nothing was changed here; start again in a few minutes."
            ) from None


def _told_scopes(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Return the scopes of the callback itself, for a token answer that names none."""
    told = parameters.get("scope") or parameters.get("scopes") or ""
    return tuple(scope for scope in told.replace(",", " ").split() if scope)


def _missing(attempt: Attempt, granted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the useful scopes that were not given; refuse when a needed one is among them.

    A platform that names no scopes at all has given those we asked for (RFC 6749, 5.1).
    """
    if not granted:
        return ()
    module, said = get(attempt.platform), {"login": attempt.login}
    needed = [scope for scope in module.needed_scopes(said) if scope not in granted]
    if needed:
        raise ConsentRefused(not_allowed(attempt.platform, needed, module.PURPOSES), missing_scopes=tuple(needed))
    asked = module.asked_scopes(said) if hasattr(module, "asked_scopes") else module.SCOPES
    return tuple(scope for scope in asked if scope not in granted)

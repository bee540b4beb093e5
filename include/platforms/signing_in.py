"""What a consent can lead to: one of several channels, Pages or authors, and how permissions are named to people."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One channel, Page, profile or author a sign-in may act for.

    `given` is what credentials for it would say (`page_id`, `author_urn` …): `whoami` takes it. `own_token` tells that
    it is acted for with a token of its own (a Page's), which `refresh_tokens` fetches.
    """

    choice_id: str
    title: str
    kind: str
    """What it is, in a word for a person: channel, Page, account, member, organisation."""
    picture: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    own_token: bool = False


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier: SHA-256 in base64url without padding (RFC 7636, 4.2, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode().rstrip("=")


def named(scopes: Iterable[str], purposes: Mapping[str, str]) -> str:
    """Return scopes for a person: what each is for, with its own short name in brackets."""
    return ", ".join(f"{purposes[scope]} ({short(scope)})" if scope in purposes else short(scope) for scope in scopes)


def short(scope: str) -> str:
    """Return a scope's name without the address before it (Google's are addresses)."""
    return scope.rsplit("/", 1)[-1]

"""The kinds of things the sandbox keeps for every platform: plain data, each with an `id`; times are Unix stamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class App:
    """A registered client (YouTube: a project with its quota). `loopback` allows any http address of this machine."""

    id: str
    platform: str
    secret: str
    redirect_uris: list[str] = field(default_factory=list)
    loopback: bool = True


@dataclass(kw_only=True)
class Account:
    """A channel or creator. `traits` are per-account switches, see the platform's description."""

    id: str
    platform: str
    name: str
    handle: str
    created_at: float
    traits: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Grant:
    """What a person allowed an app to do; it ends for good with `revoked`."""

    id: str
    platform: str
    app: str
    account: str
    scopes: list[str]
    created_at: float
    revoked: bool = False


@dataclass(kw_only=True)
class Token:
    """An access or refresh token; `id` is the token itself, `use` says which."""

    id: str
    use: str
    grant: str
    created_at: float
    expires_at: float


@dataclass(kw_only=True)
class Code:
    """A one-time authorization code and what it was bound to."""

    id: str
    platform: str
    app: str
    account: str
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    challenge_method: str | None
    offline: bool
    expires_at: float
    used_by: str | None = None


@dataclass(kw_only=True)
class Count:
    """A counter of a bucket in a period; `id` names both."""

    id: str
    value: int = 0

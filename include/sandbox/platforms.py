"""What a platform is to the sandbox: one description each, found by name, read by everything that is not a platform.

To add one: write `include/sandbox/<name>.py` with a `PLATFORM`, and put the name into `NAMES`. Nothing else changes.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from include.sandbox.audience import Crowd
from include.sandbox.signing_in import SignIn

if TYPE_CHECKING:
    from include.sandbox.workshop import Workshop
    from include.sandbox.world import World

Json = dict[str, Any]
ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]

NAMES = (
    "youtube", "tiktok", "instagram", "facebook", "linkedin", "supabase", "blotato", "upload_post", "social_blade",
    "vidiq",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One kind of thing on World's shelves: a dataclass with an `id`; its class name is unique in the sandbox.

    With `file` it is an upload with fields `sha256` and `facts` (both None at first), which `Workshop.take` fills in,
    also after a restart. `file` names its file below `World.files`, `arrived` tells when its last byte came (None
    before); `watch_key` is how `/watch/…`, `/files/…` and `/pictures/…` name it.
    """

    kind: type[Any]
    file: Callable[[Any], str] | None = None
    arrived: Callable[[Any], float | None] = lambda thing: None
    watch_key: Callable[[Any], str] = lambda thing: str(thing.id)
    thumbnail: Callable[[World, Any], tuple[Path, str] | None] = lambda world, thing: None
    """A picture that was set for it, with its media type; without one the first picture of the video is shown."""


class BadAccount(ValueError):
    """An account that cannot be made, with the reason."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """All the sandbox has to know about a platform.

    `endpoint_name` names the endpoint of a request ("videos.insert.put") or answers None when the address is not the
    platform's; an unknown address below the platform is "unknown". `bases` are its keys of `config/endpoints.yaml`
    with our paths. `app` is the id and secret of its ready-made app, `new_app_id` makes another.
    """

    name: str
    place: str
    """Its name as people write it."""
    routes: Callable[[], list[BaseRoute]]
    bases: Mapping[str, str]
    endpoint_name: Callable[[Scope], str | None]
    error_handlers: Mapping[type[Exception], ErrorHandler] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()

    # Accounts
    traits: Mapping[str, Any] = field(default_factory=dict)
    """Switches of one account with their defaults."""
    scopes: tuple[str, ...] = ()
    usual_scopes: tuple[str, ...] = ()
    app: tuple[str, str] | None = None
    """None: no app is registered here; there are accounts only with `make_account`."""
    new_app_id: Callable[[], str] = lambda: str(secrets.randbelow(10**12))
    new_account_id: Callable[[], str] = lambda: str(secrets.randbelow(10**17))
    sign_in: SignIn = field(default_factory=SignIn)
    """How people sign in; the usual `SignIn` has no addresses."""
    make_account: Callable[[World, Json], Json] | None = None
    """Replaces the usual way of making an account with credentials (`accounts.make_usual_account`)."""

    # A request
    peeks: bool = False
    """Whether `endpoint_name` wants the beginning of a POST's body, as `scope["sandbox.peek"]` (below `/{name}/`)."""
    account_of: Callable[[World, Scope], str | None] | None = None
    """The id of the account a request is for, where tokens are not `Token`s in `Authorization: Bearer`."""
    expire_token: Callable[[World, Scope], None] | None = None
    """Let the token a request carries be over (the fault `expire_token`), where tokens are not `Token`s."""
    account_by_upload: Callable[[World, Scope], str | None] = lambda world, scope: None
    """The id of the account an upload address belongs to, for calls that carry no token."""
    forget_upload: Callable[[World, Scope], None] = lambda world, scope: None
    """Forget the upload a request is about (the fault `forget_session`)."""

    # Time and what came out
    resume: Callable[[World, Workshop], None] = lambda world, workshop: None
    """Go on, after a restart, with what was begun behind the server's back."""
    settle: Callable[[World], None] = lambda world: None
    """Let time pass for everything the platform keeps."""
    published: Callable[[World, str], Iterable[tuple[float, Json]]] = lambda world, address: ()
    """When and what was published, in the shape of `published.entry`; the string is the sandbox's own address."""
    crowds: Callable[[World], Iterable[tuple[str, str, Crowd]]] = lambda world: ()
    """Account id, video id and crowd of everything public: what all its numbers come from (`/sandbox/truth`)."""
    plant: Callable[[World, str, int, float], list[str]] | None = None
    """Make so many videos of an account, without bytes, from a time on, a minute after each other; return their ids."""
    good: frozenset[str] = frozenset()
    bad: frozenset[str] = frozenset()
    """States (of `published`) that are an end."""


@cache
def platform(name: str) -> Platform:
    """Return a platform's description, importing it when first asked; raises `KeyError` for an unknown name."""
    if name not in NAMES:
        raise KeyError(name)
    found: Platform = importlib.import_module(f"include.sandbox.{name}").PLATFORM
    return found


@cache
def all_platforms() -> tuple[Platform, ...]:
    """Return every platform, in the order of `NAMES`."""
    return tuple(platform(name) for name in NAMES)


def kept_as(kind: type[Any]) -> Kept:
    """Return how things of a kind are kept; raises `KeyError` for a kind no platform keeps."""
    return _kinds()[kind]


@cache
def _kinds() -> dict[type[Any], Kept]:
    return {kept.kind: kept for one in all_platforms() for kept in one.kept}

"""Who may do what with which node: the checks of every graph call, in order (meta.md 9.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from include.sandbox import facebook_remarks, instagram_remarks, meta_usage
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, no_object
from include.sandbox.meta_things import (
    FbComment,
    FbVideo,
    IgComment,
    IgContainer,
    IgMedia,
    IgProfile,
    MetaPage,
    MetaPerson,
    MetaToken,
)
from include.sandbox.meta_tokens import app_of, bad_token, check_proof
from include.sandbox.world import World

KINDS: dict[str, type[Any]] = {
    "person": MetaPerson, "page": MetaPage, "profile": IgProfile, "container": IgContainer, "media": IgMedia,
    "comment": IgComment, "video": FbVideo, "fb_comment": FbComment,
}  # fmt: skip
"""The names of node kinds in the table of calls."""
FINDERS: dict[str, Callable[[World, str], Any]] = {
    "comment": lambda world, key: instagram_remarks.find(world, key) if key.startswith("180") else None,
    "fb_comment": lambda world, key: facebook_remarks.find(world, key) if "_" in key else None,
}
"""Kinds of nodes that are not all on a shelf."""
REMOVED = ("date_format",)


def pass_gate(ask: Ask) -> None:
    """Check removed parameters, the token and its limits; sets `ask.token`."""
    for name in REMOVED:
        if name in ask.params:
            raise invalid(f"{name} is no longer supported.")
    if not ask.path and "ids" in ask.params:
        raise invalid("The ids parameter is no longer supported.")
    if ask.given_token is None:
        raise no_token(ask)
    token = ask.world.shelf(MetaToken).get(ask.given_token)
    if error := bad_token(ask.world, token):
        raise error
    use_token(ask, token)
    if error := meta_usage.count(ask):
        raise error


def use_token(ask: Ask, token: MetaToken | None) -> None:
    """Check the proof and that the token is of this host's login; sets `ask.token`."""
    app = app_of(ask.world, token.app) if token else None
    if token is None or app is None:
        raise GraphError(190, "Error validating application. Application has been deleted.")
    check_proof(ask, token.id, app)
    if (token.kind == "instagram") != (ask.host == "instagram_graph"):
        raise GraphError(
            190,
            "Invalid OAuth access token - Cannot parse access token",
            status=ask.world.switches.meta_token_error_status,
        )
    ask.token = token


def no_token(ask: Ask) -> GraphError:
    """Make the error for a call without a token."""
    if ask.path[:1] == ["me"]:
        return GraphError(
            2500, "An active access token must be used to query information about the current user."
        )  # fmt: skip
    return GraphError(104, "An access token is required to request this resource.")


def node_of(ask: Ask) -> tuple[str, Any]:
    """Return kind and thing of the node a path names; raises 100/33 for what the caller cannot see."""
    key = ask.path[0]
    if key == "me":
        return me(ask)
    if "_" in key:
        key = next((one.id for one in ask.world.shelf(FbVideo) if one.post == key), key)
    if ask.host == "instagram_graph":
        key = next((one.id for one in ask.world.shelf(IgProfile) if one.scoped_id == key), key)
    for kind, thing_kind in KINDS.items():
        thing = FINDERS[kind](ask.world, key) if kind in FINDERS else ask.world.shelf(thing_kind).get(key)
        if thing is not None and may_see(ask, kind, thing):
            return kind, thing
    if not key.isdigit() and "_" not in key:
        raise GraphError(
            803, f"(#803) Some of the aliases you requested do not exist: {key}", kind="OAuthException", status=404
        )
    raise no_object(ask.path[0], ask.method)


def me(ask: Ask) -> tuple[str, Any]:
    """Return what the token itself stands for."""
    kind = {"user": "person", "page": "page", "instagram": "profile"}[ask.caller.kind]
    thing = ask.world.shelf(KINDS[kind]).get(ask.caller.subject)
    if thing is None:
        raise no_object("me", ask.method)
    return kind, thing


def may_see(ask: Ask, kind: str, thing: Any) -> bool:
    """Tell whether the caller's token reaches a thing: its own person's, and with a Page token that Page's only."""
    token, world = ask.caller, ask.world
    if kind == "person":
        return token.kind == "user" and token.subject == thing.id
    if kind in ("page", "video", "fb_comment"):
        video = world.shelf(FbVideo).get(thing.video) if kind == "fb_comment" else thing
        return video is not None and (thing.id if kind == "page" else video.page) in pages_of(ask)
    profile = world.shelf(IgProfile).get(profile_of(ask, kind, thing))
    if profile is None:
        return False
    if token.kind == "instagram":
        return profile.id == token.subject
    return profile.page is not None and profile.page in pages_of(ask)


def pages_of(ask: Ask) -> set[str]:
    """Return the Pages the caller's token reaches."""
    token = ask.caller
    if token.kind == "page":
        return {token.subject}
    if token.kind == "instagram":
        return set()
    return {one.id for one in ask.world.shelf(MetaPage) if one.person == token.person}


def profile_of(ask: Ask, kind: str, thing: Any) -> str:
    """Return the Instagram account something belongs to."""
    if kind == "profile":
        return str(thing.id)
    if kind == "comment":
        media = ask.world.shelf(IgMedia).get(thing.media)
        return media.profile if media else ""
    return str(thing.profile)

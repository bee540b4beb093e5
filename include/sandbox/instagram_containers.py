"""`POST /{ig-user-id}/media`: everything is checked but the bytes, which are fetched or still to come (meta.md 2.1)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from include.sandbox.accounts import trait
from include.sandbox.instagram_fetching import fetch_error, fetch_refused, get_everything
from include.sandbox.instagram_life import STATUS_TEXTS, phases_of, settle, state_of
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, instagram_error, invalid
from include.sandbox.meta_fields import View, attribute, flag, read_fields, show, whole
from include.sandbox.meta_people import account
from include.sandbox.meta_things import IgContainer, IgProfile, new_container_id
from include.sandbox.meta_tokens import need

MAX_CAPTION, MAX_HASHTAGS, MAX_MENTIONS, MAX_COLLABORATORS = 2200, 30, 20, 3
HASHTAG = re.compile(r"(?<![\w&])#\w*[^\W\d]\w*")
MENTION = re.compile(r"(?<![\w.])@[A-Za-z0-9_.]+")
KINDS = ("REELS", "STORIES", "CAROUSEL", "IMAGE", "VIDEO")
DAY = 86_400
KEPT = (
    "caption", "thumb_offset", "location_id", "audio_name", "cover_url", "video_url", "image_url",
    "trial_params", "alt_text",
)  # fmt: skip


async def create(ask: Ask, profile: IgProfile) -> Any:
    """Make a container; nobody sees one before `media_publish`."""
    need(ask, "instagram_content_publish", "instagram_business_content_publish")
    check_account(ask, profile)
    kind = read_kind(ask)
    source = read_source(ask, kind)
    params = read_params(ask, profile, kind)
    check_rate(ask, profile)
    container = ask.world.shelf(IgContainer).keep(
        IgContainer(
            id=new_container_id(), profile=profile.id, app=ask.caller.app, kind=kind, source=source, params=params,
            created_at=ask.world.now(), fail=ask.fail,
        )
    )  # fmt: skip
    if source == "resumable":
        if params.get("cover_url"):
            ask.workshop.run(get_everything(ask.world, ask.workshop, container))
        uri = f"{ask.base}/{ask.product}/rupload/ig-api-upload/{ask.version}/{container.id}"
        return {"id": container.id, "uri": uri}
    if ask.world.switches.instagram_fetch_errors_at_once:
        await get_everything(ask.world, ask.workshop, container)
        if container.failed:
            ask.world.shelf(IgContainer).drop(container.id)
            raise fetch_error(container)
    else:
        ask.workshop.run(get_everything(ask.world, ask.workshop, container))
    return {"id": container.id}


def check_account(ask: Ask, profile: IgProfile) -> None:
    """Refuse a blocked account."""
    blocked = trait(account(ask, profile), "blocked")
    if blocked:
        told = "The account is restricted. Log in to the Instagram app and follow the instructions."
        raise instagram_error(25, 2207050, "The Instagram account is restricted.", told)


def read_kind(ask: Ask) -> str:
    """Return the media type; raises 100/2207023 for one that does not exist."""
    kind = ask.text("media_type") or ("IMAGE" if ask.text("image_url") else "VIDEO")
    if kind not in KINDS or kind == "CAROUSEL":
        raise instagram_error(100, 2207023, f"The media type {kind} is unknown.")
    if kind == "VIDEO":
        told = "Use media_type=REELS to publish a video to your Instagram feed, see the documentation of Reels."
        raise instagram_error(100, 2207067, "The VIDEO value for media_type is no longer supported.", told)
    if kind == "STORIES" and ask.text("collaborators"):
        raise invalid("param collaborators is not allowed")
    return kind


def read_source(ask: Ask, kind: str) -> str:
    """Return how the bytes come: url or resumable; raises for none, for both, and for resumable where it is not."""
    address = ask.text("video_url") or ask.text("image_url")
    if ask.text("upload_type") == "resumable":
        if ask.host == "instagram_graph" and not ask.world.switches.instagram_login_resumable:
            raise invalid("upload_type=resumable is not supported with Instagram Login.")
        if address:
            raise invalid("video_url cannot be used with upload_type=resumable.")
        return "resumable"
    if ask.text("upload_type"):
        raise invalid("Param upload_type must be resumable")
    if address is None:
        raise invalid(f"The parameter {'image' if kind == 'IMAGE' else 'video'}_url is required")
    if not urlsplit(address).netloc:
        raise fetch_refused("The address is no web address.")
    return "url"


def read_params(ask: Ask, profile: IgProfile, kind: str) -> dict[str, Any]:
    """Check texts, people, places and pictures; return what is kept."""
    params: dict[str, Any] = {name: ask.text(name) for name in KEPT if ask.text(name)}
    for name in ("share_to_feed", "is_ai_generated", "is_paid_partnership"):
        if (value := flag(ask.params, name)) is not None:
            params[name] = value
    if kind == "STORIES":
        params.pop("caption", None)
    check_caption(params.get("caption", ""))
    if (offset := whole(ask.params, "thumb_offset")) is not None and offset < 0:
        raise instagram_error(1, 2207057, "The thumbnail offset must be between 0 and the duration of the video.")
    check_place(ask, params.get("location_id"))
    params["collaborators"] = read_collaborators(ask)
    params["user_tags"] = read_user_tags(ask, kind)
    check_trial(ask, profile)
    return {name: value for name, value in params.items() if value not in (None, [])}


def check_caption(caption: str) -> None:
    """Count characters, hashtags and mentions."""
    if len(caption) > MAX_CAPTION:
        raise instagram_error(36004, 2207010, "The caption is too long.", "The caption has more than 2,200 characters.")
    if len(HASHTAG.findall(caption)) > MAX_HASHTAGS:
        raise instagram_error(36004, 2207010, "The caption has too many tags.", "A caption has up to 30 hashtags.")
    if len(MENTION.findall(caption)) > MAX_MENTIONS:
        raise instagram_error(100, 2207040, "Cannot use more than 20 @ tags.", "You can use up to 20 @ tags.")


def check_place(ask: Ask, place: str | None) -> None:
    """Want the id of a Page that has a location."""
    known = ask.world.switches.meta_places
    if place is not None and (not place.isdigit() or (known is not None and place not in known)):
        raise GraphError(100, "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")


def read_collaborators(ask: Ask) -> list[str]:
    """Return the user names of collaborators: three at most."""
    found = ask.data("collaborators", list) or []
    if len(found) > MAX_COLLABORATORS or not all(isinstance(one, str) and one for one in found):
        raise invalid("Param collaborators must be an array of at most 3 user names.")
    return [one.removeprefix("@") for one in found]


def read_user_tags(ask: Ask, kind: str) -> list[dict[str, Any]]:
    """Return tagged people; on pictures each has a place between 0 and 1."""
    found = ask.data("user_tags", list) or []
    for one in found:
        if not isinstance(one, dict) or not isinstance(one.get("username"), str):
            raise invalid("Param user_tags must be an array of objects with username, x and y.")
        places = [one.get(name) for name in ("x", "y") if name in one]
        if kind == "IMAGE" and len(places) != 2:
            raise invalid("Param user_tags of a picture needs x and y.")
        if not all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in places):
            raise invalid("x and y of user_tags are between 0 and 1.")
    return found


def check_trial(ask: Ask, profile: IgProfile) -> None:
    """Refuse trial reels of accounts that may not have them."""
    trial = ask.data("trial_params", dict)
    if trial is None:
        return
    if trial.get("graduation_strategy") not in ("MANUAL", "SS_PERFORMANCE"):
        raise invalid("Param trial_params[graduation_strategy] must be one of {MANUAL, SS_PERFORMANCE}")
    if not trait(account(ask, profile), "trial_reels"):
        raise instagram_error(-1, 2207081, "The account is not eligible for trial reels.")


def check_rate(ask: Ask, profile: IgProfile) -> None:
    """Refuse more containers than an account may make in 24 hours (meta.md 2.1: 400)."""
    since = ask.world.now() - DAY
    made = sum(one.profile == profile.id and one.created_at > since for one in ask.world.shelf(IgContainer))
    if made >= ask.world.switches.instagram_containers_per_day:
        raise instagram_error(9, 2207042, "The user reached the maximum number of containers.")


async def read(ask: Ask, container: IgContainer) -> Any:
    """`GET /{container-id}`; polling faster than every 5 s is noted in the call log."""
    need(ask, "instagram_content_publish", "instagram_business_content_publish")
    now = ask.world.now()
    if now - container.asked_at < 5:
        ask.note.append("polled faster than every 5 seconds")
    container.asked_at = now
    await ask.workshop.looked_at([container])
    settle(ask.world, container)
    return await show(ask, CONTAINER, container, read_fields(ask.text("fields")))


def status_code(ask: Ask, container: IgContainer, field: Any) -> str:
    """Return the state a caller is told."""
    return state_of(ask.world, container)


def status(ask: Ask, container: IgContainer, field: Any) -> str:
    """Return the state as a sentence; an error ends in its number."""
    state = state_of(ask.world, container)
    return STATUS_TEXTS[state].format(code=container.failed)


def video_status(ask: Ask, container: IgContainer, field: Any) -> dict[str, Any]:
    """Return the phases, where a stuck upload shows."""
    return phases_of(ask.world, container)


def copyright_status(ask: Ask, container: IgContainer, field: Any) -> dict[str, Any]:
    """Return that nothing was found, once it was looked for."""
    done = container.finished_at is not None
    return {"status": "completed", "matches_found": False} if done else {"status": "in_progress"}


CONTAINER = View(
    node="ShadowIGMediaBuilder",
    fields={
        "id": attribute("id"),
        "status_code": status_code,
        "status": status,
        "video_status": video_status,
        "copyright_check_status": copyright_status,
    },
)

"""`media_publish` with all its outcomes, and `content_publishing_limit` (meta.md 2.4 to 2.6, 9.3)."""

from __future__ import annotations

from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.instagram_containers import check_account
from include.sandbox.instagram_life import settle, state_of
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, instagram_error, invalid, missing
from include.sandbox.meta_fields import read_fields, whole
from include.sandbox.meta_people import account
from include.sandbox.meta_things import IgContainer, IgMedia, IgProfile, new_media_id
from include.sandbox.meta_tokens import need
from include.sandbox.workshop import Workshop
from include.sandbox.world import World, new_id

DAY = 86_400
PRODUCTS = {"REELS": "REELS", "STORIES": "STORY", "IMAGE": "FEED"}
LIMIT_FIELDS = ("config", "quota_usage")


def not_ready() -> GraphError:
    """Make the error for a container that cannot be published now: 9007/2207027."""
    return instagram_error(
        9007, 2207027, "Media ID is not available", "The media is not ready for publishing, please wait for a moment",
        title="Media not ready",
    )  # fmt: skip


def unknown_container() -> GraphError:
    """Make the error for a container that does not exist (any more): 24/2207008."""
    told = "The media container does not exist or has expired. Create a new one."
    return instagram_error(24, 2207008, "The requested resource does not exist", told, title="Cannot Find Media")


async def publish(ask: Ask, profile: IgProfile) -> Any:
    """`POST /{ig-user-id}/media_publish`."""
    need(ask, "instagram_content_publish", "instagram_business_content_publish")
    check_account(ask, profile)
    key = ask.text("creation_id")
    if key is None:
        raise missing("creation_id")
    container = ask.world.shelf(IgContainer).get(key)
    if container is None or container.profile != profile.id:
        raise unknown_container()
    await ask.workshop.looked_at([container])
    settle(ask.world, container)
    if container.published_at is not None:
        return again(ask, container)
    state = state_of(ask.world, container)
    if state == "EXPIRED":
        raise unknown_container()
    if state != "FINISHED":
        raise not_ready()
    if used(ask.world, profile, DAY) >= quota_total(ask, profile):
        told = "The account has published as many posts as it may in 24 hours."
        raise instagram_error(9, 2207042, "The maximum number of posts was reached.", told)
    return {"id": bring_out(ask.world, ask.workshop, container).id}


def again(ask: Ask, container: IgContainer) -> Any:
    """Answer a second `media_publish` as the switch says, because nobody knows (meta.md 2.6, 8)."""
    how = ask.world.switches.instagram_publish_again
    if how == "same_id":
        return {"id": container.media}
    if how == "publish":
        return {"id": bring_out(ask.world, ask.workshop, container).id}
    raise unknown_container() if how == "not_found" else not_ready()


def bring_out(world: World, workshop: Workshop, container: IgContainer) -> IgMedia:
    """Publish a container: its media and its own state reach the file together."""
    now = world.now()
    media = IgMedia(
        id=new_media_id(), container=container.id, profile=container.profile, product=PRODUCTS[container.kind],
        shortcode=new_id(11), params=container.params, created_at=now, file=f"instagram-{container.id}",
        size=container.size, sha256=container.sha256, facts=container.facts, cover=container.cover,
    )  # fmt: skip
    container.published_at, container.media = now, media.id
    with world.together():
        world.shelf(IgMedia).keep(media)
        world.shelf(IgContainer).keep(container)
    if media.sha256 is None or media.facts is None:
        workshop.take(media)
    return media


def used(world: World, profile: IgProfile, seconds: float) -> int:
    """Count what the API published in the last seconds; whether stories count is a switch."""
    since = world.now() - seconds
    stories = world.switches.instagram_stories_count
    return sum(
        one.profile == profile.id and one.created_at > since and (stories or one.product != "STORY")
        for one in world.shelf(IgMedia)
    )


def quota_total(ask: Ask, profile: IgProfile) -> int:
    """Return how many posts a day the account may publish."""
    own = trait(account(ask, profile), "quota_total")
    return int(own if own is not None else ask.world.switches.instagram_quota_total)


async def limit(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}/content_publishing_limit`: only `quota_usage` unless more is asked."""
    need(ask, "instagram_content_publish", "instagram_business_content_publish")
    wanted = [one.name for one in read_fields(ask.text("fields"))] or ["quota_usage"]
    if odd := set(wanted) - set(LIMIT_FIELDS):
        raise invalid(f"Tried accessing nonexisting field ({sorted(odd)[0]}) on node type (IGContentPublishingLimit)")
    since = whole(ask.params, "since")
    seconds: float = DAY
    if since is not None:
        seconds = ask.world.now() - since
        if not 0 <= seconds <= DAY + 60:
            raise invalid("since must be within the last 24 hours")
    known = {
        "quota_usage": used(ask.world, profile, seconds),
        "config": {"quota_total": quota_total(ask, profile), "quota_duration": DAY},
    }
    return {"data": [{name: known[name] for name in wanted}]}

"""Published posts: listings, the media node, comments on and off, deletion (meta.md 2.8)."""

from __future__ import annotations

from typing import Any

from include.sandbox.instagram_insights import expanded
from include.sandbox.instagram_remarks import counted
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_crowds import of_media
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_fields import Field, View, attribute, flag, read_fields, show
from include.sandbox.meta_paging import between, listing, nested
from include.sandbox.meta_people import account
from include.sandbox.meta_things import IgMedia, IgProfile, stamp
from include.sandbox.meta_tokens import need
from include.sandbox.world import World

DAY = 86_400
BASIC = ("instagram_basic", "instagram_business_basic")
ONLY_FACEBOOK = frozenset(
    {"ig_id", "saved_count", "shares_count", "reposts_count", "total_like_count", "total_comments_count",
     "total_views_count", "media_audio_type", "copyright_check_information"}
)  # fmt: skip
"""Fields the class of Instagram Login lacks (meta.md 2.8)."""


def counter(name: str) -> Any:
    """Return a reader of what the crowd did so far: counter fields are of now."""
    return lambda ask, media, field: of_media(media).until(ask.world.now())[name]


def comments_count(ask: Ask, media: IgMedia, field: Field) -> int:
    """Count comments and replies, also those that are not listed."""
    return counted(ask.world, media, ask.world.now())


def permalink(ask: Ask, media: IgMedia, field: Field) -> str:
    """Return the address of a post as Instagram forms it."""
    if media.product == "STORY":
        return f"https://instagram.com/stories/{account_of(ask, media).handle}/{media.id[1:]}"
    return f"https://www.instagram.com/{'reel' if media.product == 'REELS' else 'p'}/{media.shortcode}/"


def account_of(ask: Ask, media: IgMedia) -> Any:
    """Return the account of a post."""
    profile = ask.world.shelf(IgProfile).get(media.profile)
    return account(ask, profile)


def doubtful(name: str, value: Any) -> Any:
    """Return a reader of a field that may be missing with Instagram Login (meta.md 1, unconfirmed)."""

    def shown(ask: Ask, media: IgMedia, field: Field) -> Any:
        if ask.host == "instagram_graph" and not ask.world.switches.instagram_login_knows_captions:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type (IGMediaForIGOnlyAPI)")
        return value(media)

    return shown


async def comments(ask: Ask, media: IgMedia, field: Field) -> Any:
    """Return `comments{…}` inside a node."""
    from include.sandbox.instagram_comments import COMMENT, top_level

    return await nested(ask, COMMENT, top_level(ask.world, media), field)


def media_type(ask: Ask, media: IgMedia, field: Field) -> str:
    """Return VIDEO, also for a reel, or IMAGE."""
    return "IMAGE" if (media.facts or {}).get("kind") == "image" else "VIDEO"


MEDIA = View(
    node="IGMedia",
    fields={
        "id": attribute("id"),
        "ig_id": lambda ask, media, field: media.id[1:],
        "caption": doubtful("caption", lambda media: media.params.get("caption")),
        "media_type": media_type,
        "media_product_type": doubtful("media_product_type", lambda media: media.product),
        "media_url": lambda ask, media, field: f"{ask.base}/files/instagram/{media.id}",
        "thumbnail_url": lambda ask, media, field: f"{ask.base}/pictures/instagram/{media.id}",
        "permalink": permalink,
        "shortcode": attribute("shortcode"),
        "username": lambda ask, media, field: account_of(ask, media).handle,
        "timestamp": lambda ask, media, field: stamp(media.created_at),
        "owner": lambda ask, media, field: {"id": media.profile},
        "like_count": counter("likes"),
        "comments_count": comments_count,
        "is_comment_enabled": lambda ask, media, field: media.comments_on,
        "is_shared_to_feed": lambda ask, media, field: media.params.get("share_to_feed", True),
        "is_ai_generated": lambda ask, media, field: media.params.get("is_ai_generated", False),
        "alt_text": lambda ask, media, field: media.params.get("alt_text"),
        "saved_count": counter("saves"),
        "shares_count": counter("shares"),
        "reposts_count": lambda ask, media, field: counter("shares")(ask, media, field) // 4,
        "total_like_count": counter("likes"),
        "total_comments_count": comments_count,
        "total_views_count": counter("views"),
        "comments": comments,
        "insights": expanded,
    },
)


def check_fields(ask: Ask) -> None:
    """Refuse the fields Instagram Login does not have."""
    if ask.host == "instagram_graph":
        for one in read_fields(ask.text("fields")):
            if one.name in ONLY_FACEBOOK:
                raise invalid(f"Tried accessing nonexisting field ({one.name}) on node type (IGMediaForIGOnlyAPI)")


async def read(ask: Ask, media: IgMedia) -> Any:
    """`GET /{media-id}`."""
    need(ask, *BASIC)
    check_fields(ask)
    return await show(ask, MEDIA, media, read_fields(ask.text("fields")))


def shown_posts(world: World, profile: IgProfile, *, stories: bool) -> list[IgMedia]:
    """Return an account's posts (or live stories), the newest first; a new one shows after a moment if so switched."""
    now, lag = world.now(), world.switches.instagram_listing_lag_seconds
    mine = [one for one in world.shelf(IgMedia) if one.profile == profile.id and now >= one.created_at + lag]
    fitting = [one for one in mine if (one.product == "STORY") == stories]
    live = [one for one in fitting if not stories or now < one.created_at + DAY]
    return sorted(live, key=lambda one: -one.created_at)


async def list_media(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}/media`: the newest first, no stories."""
    need(ask, *BASIC)
    check_fields(ask)
    return await listing(ask, MEDIA, between(ask.params, shown_posts(ask.world, profile, stories=False)))


async def list_stories(ask: Ask, profile: IgProfile) -> Any:
    """`GET /{ig-user-id}/stories`: those of the last 24 hours."""
    need(ask, *BASIC)
    check_fields(ask)
    return await listing(ask, MEDIA, shown_posts(ask.world, profile, stories=True))


async def update(ask: Ask, media: IgMedia) -> Any:
    """`POST /{media-id}`: only `comment_enabled` can be changed."""
    need(ask, "instagram_manage_comments", "instagram_business_manage_comments")
    wanted = flag(ask.params, "comment_enabled")
    if wanted is None:
        raise invalid("The parameter comment_enabled is required")
    media.comments_on = wanted
    ask.world.shelf(IgMedia).keep(media)
    return {"success": True}


async def delete(ask: Ask, media: IgMedia) -> Any:
    """`DELETE /{media-id}`: with Facebook Login; stories cannot be deleted."""
    need(ask, "instagram_manage_contents")
    if media.product == "STORY":
        raise GraphError(-1, "Fatal", 2207073, title="Media Type Not Supported")
    ask.world.shelf(IgMedia).drop(media.id)
    return {"success": True, "deleted_id": media.id}

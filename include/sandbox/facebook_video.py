"""The video node: read, changed, deleted; and the lists it stands in (meta.md 5.3, 5.5, 5.7, 5.8)."""

from __future__ import annotations

from typing import Any

from include.sandbox.facebook_insights import expanded_post, expanded_video
from include.sandbox.facebook_life import DRAFT, PUBLISHED, SCHEDULED, settle, status_of
from include.sandbox.facebook_publishing import check_window, read_objects, scheduled_time
from include.sandbox.facebook_remarks import counted
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_crowds import of_video
from include.sandbox.meta_errors import invalid
from include.sandbox.meta_fields import Field, View, attribute, constant, flag, read_fields, show
from include.sandbox.meta_paging import between, listing
from include.sandbox.meta_people import account
from include.sandbox.meta_things import FbVideo, MetaPage, stamp
from include.sandbox.meta_tokens import need
from include.sandbox.workshop import file_of, poster_of

PRIVACY = {"value": "EVERYONE", "description": "Public", "friends": "", "networks": "", "allow": "", "deny": ""}


def parameter(name: str) -> Any:
    """Return a reader of something the publishing call said."""
    return lambda ask, video, field: video.params.get(name)


def permalink(ask: Ask, video: FbVideo, field: Field) -> str:
    """Return the relative address: a reel's, or that of a video since all are shown as reels (meta.md 5)."""
    as_reel = video.kind == "reel" or ask.world.switches.facebook_videos_have_reel_addresses
    return f"/reel/{video.id}/" if as_reel else f"/{video.page}/videos/{video.id}/"


def shown_time(video: FbVideo) -> float:
    """Return when a video counts as made: a backdated one earlier."""
    return float(video.params.get("backdated_time") or video.published_at or video.created_at)


def backdated(ask: Ask, video: FbVideo, field: Field) -> str | None:
    """Return the older date a video was given."""
    return stamp(shown_time(video)) if "backdated_time" in video.params else None


def scheduled(ask: Ask, video: FbVideo, field: Field) -> str | None:
    """Return the time a scheduled video goes out."""
    at = video.params.get("scheduled_publish_time")
    return stamp(float(at)) if at is not None and video.wanted == SCHEDULED else None


def seen(ask: Ask, video: FbVideo, name: str) -> int:
    """Return what its crowd did so far; nothing before it is out."""
    return of_video(video).until(ask.world.now())[name] if video.published_at is not None else 0


def summary(name: str) -> Any:
    """Return a reader of `comments.summary(true).limit(0)` and the like: the total alone."""

    def shown(ask: Ask, post: Post, field: Field) -> dict[str, Any]:
        comments = name == "comments"
        total = counted(ask.world, post.video, ask.world.now()) if comments else seen(ask, post.video, name)
        return {"data": [], "summary": {"total_count": total}}

    return shown


def page_account(ask: Ask, video: FbVideo) -> Any:
    """Return the account of a video's Page."""
    return account(ask, ask.world.shelf(MetaPage).get(video.page))


VIDEO = View(
    node="Video",
    fields={
        "id": attribute("id"),
        "title": parameter("title"),
        "description": parameter("description"),
        "created_time": lambda ask, video, field: stamp(shown_time(video)),
        "updated_time": lambda ask, video, field: stamp(video.published_at or video.created_at),
        "backdated_time": backdated,
        "length": lambda ask, video, field: (video.facts or {}).get("duration"),
        "published": lambda ask, video, field: video.published_at is not None,
        "scheduled_publish_time": scheduled,
        "permalink_url": permalink,
        "post_id": lambda ask, video, field: video.post.partition("_")[2] if video.post else None,
        "post_views": lambda ask, video, field: seen(ask, video, "views"),
        "views": lambda ask, video, field: seen(ask, video, "views"),
        "video_insights": expanded_video,
        "source": lambda ask, video, field: f"{ask.base}/files/facebook/{video.id}",
        "picture": lambda ask, video, field: f"{ask.base}/pictures/facebook/{video.id}",
        "from": lambda ask, video, field: {"name": page_account(ask, video).name, "id": video.page},
        "status": lambda ask, video, field: status_of(ask.world, video),
        "privacy": constant(PRIVACY),
        "embeddable": lambda ask, video, field: video.params.get("embeddable", True),
        "is_crosspost_video": lambda ask, video, field: video.origin is not None,
        "is_crossposting_eligible": lambda ask, video, field: video.published_at is not None,
        "is_instagram_eligible": constant(False),
        "content_category": lambda ask, video, field: video.params.get("content_category", "OTHER"),
        "content_tags": parameter("content_tags"),
        "custom_labels": parameter("custom_labels"),
        "place": lambda ask, video, field: {"id": video.params["place"]} if "place" in video.params else None,
        "expiration": parameter("expiration"),
        "is_reference_only": constant(False),
        "copyright_monitoring_status": constant("NOT_MONITORED"),
    },
    usual=("updated_time", "description", "id"),
)  # fmt: skip


class Post:
    """A video as a post of the Page, for listings; one that waits has no post's id yet."""

    def __init__(self, video: FbVideo) -> None:
        self.id = video.post or f"{video.page}_{video.id}"
        self.video = video
        self.created_at = shown_time(video)


POST = View(
    node="Post",
    fields={
        "id": attribute("id"),
        "message": lambda ask, post, field: post.video.params.get("description"),
        "story": lambda ask, post, field: None,
        "created_time": lambda ask, post, field: stamp(post.created_at),
        "updated_time": lambda ask, post, field: stamp(post.created_at),
        "permalink_url": lambda ask, post, field: f"https://www.facebook.com{permalink(ask, post.video, field)}",
        "is_published": lambda ask, post, field: post.video.published_at is not None,
        "scheduled_publish_time": lambda ask, post, field: post.video.params.get("scheduled_publish_time"),
        "from": lambda ask, post, field: {"name": page_account(ask, post.video).name, "id": post.video.page},
        "status_type": constant("added_video"),
        "shares": lambda ask, post, field: {"count": seen(ask, post.video, "shares")},
        "comments": summary("comments"),
        "reactions": summary("likes"),
        "insights": lambda ask, post, field: expanded_post(ask, post.video, field),
    },
    usual=("created_time", "message", "id"),
)


async def read(ask: Ask, video: FbVideo) -> Any:
    """`GET /{video-id}`, or the post of that video when it was named by its post's id."""
    need(ask, "pages_read_engagement")
    await ask.workshop.looked_at([video])
    settle(ask.world, video)
    if video.post == ask.path[0]:
        return await show(ask, POST, Post(video), read_fields(ask.text("fields")))
    return await show(ask, VIDEO, video, read_fields(ask.text("fields")))


async def update(ask: Ask, video: FbVideo) -> Any:
    """`POST /{video-id}`: texts, labels, time, crossposting, date."""
    need(ask, "pages_manage_posts")
    settle(ask.world, video)
    params = dict(video.params)
    for asked, kept in (("name", "title"), ("title", "title"), ("description", "description")):
        if (text := ask.text(asked)) is not None:
            params[kept] = text
    params |= read_objects(ask)
    read_crossposting(ask, params)
    read_backdating(ask, params)
    read_moment(ask, video, params)
    video.params = params
    ask.world.shelf(FbVideo).keep(video)
    settle(ask.world, video)
    return {"success": True}


def read_crossposting(ask: Ask, params: dict[str, Any]) -> None:
    """Note which Pages may show the video, too."""
    for one in ask.data("allow_crossposting_for_pages", list) or []:
        if not isinstance(one, dict) or "page_id" not in one:
            raise invalid("Param allow_crossposting_for_pages must be an array of objects with page_id and allow.")
        allowed = params.setdefault("allow_crossposting_for_pages", {})
        allowed[str(one["page_id"])] = bool(one.get("allow", True))
    for name in ("allow_bm_crossposting", "embeddable"):
        if (value := flag(ask.params, name)) is not None:
            params[name] = value


def read_backdating(ask: Ask, params: dict[str, Any]) -> None:
    """Note an older date; one in the future is refused."""
    text = ask.text("backdated_time")
    if text is None:
        return
    if not text.isdigit() or int(text) > ask.world.now():
        raise invalid("Param backdated_time must be a time in the past.")
    granularity = ask.text("backdated_time_granularity")
    if granularity not in (None, "year", "month", "day", "hour", "min"):
        raise invalid("Param backdated_time_granularity must be one of {year, month, day, hour, min, none}")
    params["backdated_time"] = int(text)


def read_moment(ask: Ask, video: FbVideo, params: dict[str, Any]) -> None:
    """Reschedule, or publish a draft or scheduled video now."""
    waiting = video.finished_at is not None and video.wanted in (SCHEDULED, DRAFT)
    at = scheduled_time(ask)
    if at is not None:
        if not waiting:
            raise invalid("The video is published already.")
        check_window(ask, video.kind, at)
        params["scheduled_publish_time"] = at
        video.wanted = SCHEDULED
    if flag(ask.params, "published") is True and waiting:
        video.wanted, video.finished_at = PUBLISHED, ask.world.now()


async def delete(ask: Ask, video: FbVideo) -> Any:
    """`DELETE /{video-id}`: the video and its bytes go."""
    need(ask, "pages_manage_posts")
    ask.world.shelf(FbVideo).drop(video.id)
    for path in (file_of(ask.world, video), poster_of(ask.world, video)):
        path.unlink(missing_ok=True)
    return {"success": True}


async def videos_of(ask: Ask, page: MetaPage) -> list[FbVideo]:
    """Return a Page's finished videos, the newest first; a new one shows after a moment if so switched."""
    mine = [one for one in ask.world.shelf(FbVideo) if one.page == page.id]
    await ask.workshop.looked_at(mine)
    before = ask.world.now() - ask.world.switches.facebook_listing_lag_seconds
    settled = [settle(ask.world, one) for one in mine]
    known = [one for one in settled if one.finished_at is not None and one.finished_at <= before]
    return sorted(reversed(known), key=lambda one: -shown_time(one))


async def list_reels(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}/video_reels`: published and waiting ones."""
    need(ask, "pages_read_engagement")
    reels = [one for one in await videos_of(ask, page) if one.kind == "reel"]
    return await listing(ask, VIDEO, between(ask.params, reels))


async def list_videos(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}/videos`: whether reels are among them is a switch."""
    need(ask, "pages_read_engagement")
    kinds = ("video", "reel") if ask.world.switches.facebook_videos_list_reels else ("video",)
    return await listing(
        ask, VIDEO, between(ask.params, [one for one in await videos_of(ask, page) if one.kind in kinds])
    )


async def list_published(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}/published_posts` (and `/posts`): without reels (meta.md 5.3)."""
    need(ask, "pages_read_engagement")
    posts = [Post(one) for one in await videos_of(ask, page) if one.kind == "video" and one.post]
    return await listing(ask, POST, between(ask.params, posts))


async def list_scheduled(ask: Ask, page: MetaPage) -> Any:
    """`GET /{page-id}/scheduled_posts`."""
    need(ask, "pages_read_engagement")
    waiting = [one for one in await videos_of(ask, page) if one.wanted == SCHEDULED and one.kind == "video"]
    return await listing(ask, POST, [Post(one) for one in waiting])

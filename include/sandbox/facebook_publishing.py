"""What both ways of publishing a Page's video have in common: who may, when, with which words (meta.md 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.facebook_life import DRAFT, PUBLISHED, SCHEDULED, settle
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid
from include.sandbox.meta_fields import flag, whole
from include.sandbox.meta_people import account, tasks_of
from include.sandbox.meta_things import FbVideo, MetaPage
from include.sandbox.meta_tokens import has
from include.sandbox.workshop import file_of

DAY = 86_400
SOONEST_SECONDS = 600
LATEST_SECONDS = {"video": 183 * DAY, "reel": 29 * DAY, "story": 0}
"""Six months and 29 days (clarifications, Facebook 5.1 and 5.3)."""
MAX_TITLE = 255
CATEGORIES = {
    "BEAUTY_FASHION", "BUSINESS", "CARS_TRUCKS", "COMEDY", "CUTE_ANIMALS", "ENTERTAINMENT", "FAMILY", "FOOD_HEALTH",
    "HOME", "LIFESTYLE", "MUSIC", "NEWS", "OTHER", "POLITICS", "SCIENCE", "SPORTS", "TECHNOLOGY", "VIDEO_GAMING",
}  # fmt: skip
FLAGS = ("no_story", "secret", "embeddable", "social_actions", "is_ai_generated")


def may_publish(ask: Ask, page: MetaPage) -> None:
    """Want a Page token with the right permissions and task, and a Page that is not blocked."""
    token = ask.caller
    if token.kind != "page":
        raise GraphError(210, "(#210) A page access token is required to request this resource.")
    if not (has(ask.world, token, "pages_manage_posts") and has(ask.world, token, "pages_read_engagement")):
        raise GraphError(200, "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts "
                         "permission with page token.")  # fmt: skip
    if not {"CREATE_CONTENT", "MANAGE"}.intersection(tasks_of(ask, page)):
        raise invalid("No permission to publish the video")
    trouble = trait(account(ask, page), "trouble")
    if trouble is not None:
        abusive = "The action attempted has been deemed abusive or is otherwise disallowed."
        text = abusive if int(trouble) == 368 else "Publishing is not possible now."
        raise GraphError(int(trouble), f"(#{trouble}) {text}")


def read_texts(ask: Ask, kind: str) -> dict[str, Any]:
    """Check and return texts, flags, targeting, place and times; raises #100."""
    params: dict[str, Any] = {name: ask.text(name) for name in ("title", "description", "place") if ask.text(name)}
    if len(params.get("title", "")) > MAX_TITLE:
        raise invalid("Param title must be at most 255 characters.")
    for name in FLAGS:
        if (value := flag(ask.params, name)) is not None:
            params[name] = value
    params |= read_objects(ask)
    if kind == "video" and (source := ask.text("source_instagram_media_id")):
        params["source_instagram_media_id"] = source
    check_place(ask, params.get("place"))
    return params


def read_objects(ask: Ask) -> dict[str, Any]:
    """Check and return what is more than text: targeting, labels, category."""
    found: dict[str, Any] = {}
    for name in ("targeting", "feed_targeting", "expiration"):
        if (value := ask.data(name, dict)) is not None:
            found[name] = value
    for name in ("content_tags", "custom_labels"):
        if (value := ask.data(name, list)) is not None:
            found[name] = [str(one) for one in value]
    if any(not one.isdigit() for one in found.get("content_tags", [])):
        raise invalid("Param content_tags must be an array of ids of interests.")
    if (category := ask.text("content_category")) is not None:
        if category not in CATEGORIES:
            raise invalid(f"Param content_category must be one of {{{', '.join(sorted(CATEGORIES))}}}")
        found["content_category"] = category
    return found


def check_place(ask: Ask, place: str | None) -> None:
    """Want the id of a place's Page."""
    known = ask.world.switches.meta_places
    if place is not None and (not place.isdigit() or (known is not None and place not in known)):
        raise invalid("Param place must be a valid place tag ID")


def wanted_state(ask: Ask, kind: str) -> tuple[str, int | None]:
    """Return what a publishing call wants, and when; raises for a time outside the window."""
    at = scheduled_time(ask)
    if kind == "video":
        published = flag(ask.params, "published")
        content = ask.text("unpublished_content_type")
        if published is not False:
            if content not in (None, "PUBLISHED"):
                raise invalid("unpublished_content_type needs published=false.")
            if at is not None:
                raise invalid("You cannot specify a scheduled publish time on a published post.")
            return PUBLISHED, None
        state = SCHEDULED if at is not None else DRAFT
    else:
        state = ask.text("video_state") or ""
        if state not in (PUBLISHED, SCHEDULED, DRAFT):
            raise invalid("Param video_state must be one of {DRAFT, PUBLISHED, SCHEDULED}")
    if state == SCHEDULED:
        check_window(ask, kind, at)
        return state, at
    return state, None


def scheduled_time(ask: Ask) -> int | None:
    """Return the asked time as Unix seconds; Meta's SDK sends a `datetime` as text."""
    text = ask.text("scheduled_publish_time")
    if text is not None and not text.lstrip("-").isdigit():
        try:
            return int(datetime.fromisoformat(text).timestamp())
        except ValueError:
            raise invalid("Param scheduled_publish_time must be a Unix time stamp") from None
    return whole(ask.params, "scheduled_publish_time")


def check_window(ask: Ask, kind: str, at: int | None) -> None:
    """Want a time of more than 10 minutes and not too many days ahead."""
    if at is None:
        raise invalid("Missing parameter: scheduled_publish_time")
    ahead = at - ask.world.now()
    if not SOONEST_SECONDS < ahead <= LATEST_SECONDS[kind]:
        days = LATEST_SECONDS[kind] // DAY
        raise invalid(f"The specified scheduled publish time is invalid: it is 10 minutes to {days} days from now.")


def finish(ask: Ask, video: FbVideo, params: dict[str, Any], state: str, at: int | None) -> None:
    """Note the publishing call with all it says; what is processed already goes out at once."""
    if video.finished_at is None:
        video.params |= params
        video.wanted, video.finished_at = state, ask.world.now()
        if at is not None:
            video.params["scheduled_publish_time"] = at
    video.finishes += 1
    video.fail = video.fail or ask.fail
    ask.world.shelf(FbVideo).keep(video)
    settle(ask.world, video)


def take_file(ask: Ask, video: FbVideo) -> None:
    """Note that every byte of a video is there, and let the file be looked at."""
    video.size = video.total = file_of(ask.world, video).stat().st_size
    video.uploaded_at = ask.world.now()
    video.fail = video.fail or ask.fail
    ask.world.shelf(FbVideo).keep(video)
    ask.workshop.take(video)

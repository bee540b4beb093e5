"""`POST /{page-id}/video_reels` and `/video_stories`: start, bytes on rupload, finish (meta.md 5.3, 5.6)."""

from __future__ import annotations

from typing import Any

from include.sandbox.accounts import trait
from include.sandbox.facebook_life import PUBLISHED, settle
from include.sandbox.facebook_publishing import finish, may_publish, read_texts, wanted_state
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing, no_object
from include.sandbox.meta_people import account
from include.sandbox.meta_things import FbVideo, MetaPage, new_video_id

DAY = 86_400
PHASES = ("start", "finish")


async def post_reel(ask: Ask, page: MetaPage) -> Any:
    """Answer one phase of a reel."""
    return phase_of(ask, page, "reel")


async def post_story(ask: Ask, page: MetaPage) -> Any:
    """Answer one phase of a video story."""
    return phase_of(ask, page, "story")


def phase_of(ask: Ask, page: MetaPage, kind: str) -> Any:
    """Start or finish."""
    may_publish(ask, page)
    phase = ask.text("upload_phase")
    if phase not in PHASES:
        raise missing("upload_phase") if phase is None else invalid("Param upload_phase must be one of {start, finish}")
    return start(ask, page, kind) if phase == "start" else end(ask, page, kind)


def start(ask: Ask, page: MetaPage, kind: str) -> Any:
    """Open an upload."""
    if kind == "reel":
        check_limit(ask, page)
    video = FbVideo(id=new_video_id(), page=page.id, kind=kind, created_at=ask.world.now(), fail=ask.fail)
    ask.world.shelf(FbVideo).keep(video)
    url = f"{ask.base}/{ask.product}/rupload/video-upload/{ask.version}/{video.id}"
    return {"video_id": video.id, "upload_url": url}


def check_limit(ask: Ask, page: MetaPage) -> None:
    """Refuse more reels than a Page may publish in 24 hours (meta.md 5.3: 30)."""
    own = trait(account(ask, page), "reels_per_day")
    limit = ask.world.switches.facebook_reels_per_day if own is None else own
    since = ask.world.now() - DAY
    mine = [one for one in ask.world.shelf(FbVideo) if (one.page, one.kind) == (page.id, "reel")]
    if sum(one.finished_at is not None and one.finished_at > since for one in mine) >= limit:
        message = "(#613) Calls to this api have exceeded the rate limit. A page can publish 30 reels in 24 hours."
        raise GraphError(613, message, 1390008, status=ask.world.switches.meta_limit_error_status)


def end(ask: Ask, page: MetaPage, kind: str) -> Any:
    """Publish, schedule or keep a reel whose bytes are there; once more changes nothing, but is counted."""
    key = ask.text("video_id")
    if key is None:
        raise missing("video_id")
    video = ask.world.shelf(FbVideo).get(key)
    if video is None or video.page != page.id or video.kind != kind:
        raise no_object(key, "post")
    if video.uploaded_at is None:
        message = "There was a problem uploading your video file. Please try again with another file."
        raise GraphError(6000, f"(#6000) {message}", 1363130)
    params = read_texts(ask, kind)
    state, at = (PUBLISHED, None) if kind == "story" else wanted_state(ask, kind)
    if video.finished_at is None and kind == "reel":
        check_limit(ask, page)
    finish(ask, video, params, state, at)
    shown = settle(ask.world, video).post
    return {"success": True, "post_id": shown.partition("_")[2]} if shown else {"success": True}

"""videos.list, videos.update, videos.delete and videos.batchGetStats (youtube.md 3.4, 4)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.workshop import file_of, poster_of
from include.sandbox.world import iso
from include.sandbox.youtube_answers import (
    GoogleError,
    answer,
    bad_parameter,
    body_of,
    exactly_one,
    ids_of,
    listing,
    page_of,
    parts_of,
    with_etag,
)
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_life import can_see, settle
from include.sandbox.youtube_metadata import VIDEO_PARTS, read_resource
from include.sandbox.youtube_numbers import counters
from include.sandbox.youtube_things import PlaylistEntry, Video
from include.sandbox.youtube_video import View, resource_of

MAX_IDS = 50


def address_of(request: Request) -> str:
    """Return the sandbox's own address as the caller reached it."""
    return str(request.base_url).rstrip("/")


def not_found(what: str = "video", parameter: str = "id") -> GoogleError:
    """Make the 404 of a video or playlist."""
    return GoogleError(
        404, f"{what}NotFound", f"The {what} identified by the <code>{parameter}</code> parameter could not be found.",
        domain=f"youtube.{what}", where=("parameter", parameter),
    )  # fmt: skip


def forbidden(domain: str = "youtube.video", reason: str = "forbidden") -> GoogleError:
    """Make the 403 for what belongs to somebody else."""
    return GoogleError(403, reason, "Forbidden", domain=domain)


def owned(caller: Caller, video_id: str | None, parameter: str = "id") -> Video:
    """Return the caller's own video; raises 404 for none, 403 for a foreign one that can be seen."""
    video = caller.world.shelf(Video).get(video_id)
    if video is None or not can_see(caller.account, settle(caller.world, video)):
        raise not_found(parameter=parameter)
    if video.channel != caller.account.id:
        raise forbidden()
    return video


async def list_videos(request: Request) -> Response:
    """`GET /youtube/v3/videos`."""
    caller = enter(request, "videos.list")
    parts = parts_of(request, VIDEO_PARTS)
    chosen = exactly_one(request, "id", "chart", "myRating")
    if chosen != "id":
        found, extra = page_of(request, [])  # nothing is popular here and nobody rates
        return listing(request, "youtube#videoListResponse", found, extra)
    ids = ids_of(request, "id")
    if len(ids) > MAX_IDS:
        raise bad_parameter("invalidParameter", f"Too many ids: {len(ids)}, at most {MAX_IDS}.", "id")
    videos = [video for key in dict.fromkeys(ids) if (video := caller.world.shelf(Video).get(key))]
    await caller.workshop.looked_at(videos)
    items = [
        resource_of(View(world=caller.world, account=caller.account, video=video, address=address_of(request)), parts)
        for video in videos
        if can_see(caller.account, settle(caller.world, video))
    ]
    extra = {"pageInfo": {"totalResults": len(items), "resultsPerPage": len(items)}}
    return listing(request, "youtube#videoListResponse", items, extra)


async def update_video(request: Request) -> Response:
    """`PUT /youtube/v3/videos`: every part that is named is replaced."""
    caller = enter(request, "videos.update")
    parts = parts_of(request, VIDEO_PARTS)
    body = await body_of(request)
    video = owned(caller, body.get("id"))
    video.resource = read_resource(body, parts, caller.world.now(), video)
    if video.locked_private:
        video.resource["status"]["privacyStatus"] = "private"
    caller.world.shelf(Video).keep(video)
    settle(caller.world, video)
    view = View(world=caller.world, account=caller.account, video=video, address=address_of(request))
    return answer(request, resource_of(view, parts))


async def delete_video(request: Request) -> Response:
    """`DELETE /youtube/v3/videos`: the video, its bytes and its places in playlists go."""
    caller = enter(request, "videos.delete")
    video = owned(caller, request.query_params.get("id"))
    caller.world.shelf(Video).drop(video.id)
    for entry in caller.world.shelf(PlaylistEntry):
        if entry.video == video.id:
            caller.world.shelf(PlaylistEntry).drop(entry.id)
    for path in (file_of(caller.world, video), poster_of(caller.world, video)):
        path.unlink(missing_ok=True)
    return Response(status_code=204)


async def batch_stats(request: Request) -> Response:
    """`GET /youtube/v3/videos:batchGetStats`: counters, in a quota bucket of its own."""
    caller = enter(request, "videos.batchGetStats")
    parts = parts_of(request, {"id", "snippet", "statistics", "contentDetails"})
    ids = ids_of(request, "id")
    if not ids or len(ids) > MAX_IDS:
        raise bad_parameter("invalidParameter", f"Give 1 to {MAX_IDS} ids.", "id")
    items = []
    for key in dict.fromkeys(ids):
        video = caller.world.shelf(Video).get(key)
        if video is None or not can_see(caller.account, settle(caller.world, video)):
            continue
        item = {"kind": "youtube#videoStats", "id": video.id}
        now = counters(caller.world, video)
        shown = {
            "snippet": {"publishTime": resource_time(caller, video)},
            "statistics": {
                "viewCount": str(now["views"]), "likeCount": str(now["likes"]), "commentCount": str(now["comments"]),
            },
            "contentDetails": {"duration": f"{round((video.facts or {}).get('duration', 0))}s"},
        }  # fmt: skip
        if not video.resource["status"]["publicStatsViewable"]:
            del shown["statistics"]["likeCount"]
        items.append(with_etag({**item, **{part: shown[part] for part in parts if part in shown}}))
    return listing(request, "youtube#batchGetStatsResponse", items, {})


def resource_time(caller: Caller, video: Video) -> str:
    """Return when a video was published, or uploaded when it never was."""
    return iso(video.published_at or video.created_at)

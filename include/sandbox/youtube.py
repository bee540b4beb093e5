"""YouTube in the sandbox: its description, and everything it answers at every address its clients use."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox.endpoints import query
from include.sandbox.platforms import Kept, Platform
from include.sandbox.world import World, new_id
from include.sandbox.youtube_answers import GoogleError, answer_error
from include.sandbox.youtube_channels import list_categories, list_channels
from include.sandbox.youtube_comments import (
    delete_comment,
    insert_reply,
    insert_thread,
    list_comments,
    list_threads,
    moderate,
    rewrite,
)
from include.sandbox.youtube_endpoints import endpoint_name
from include.sandbox.youtube_gate import GOOGLE
from include.sandbox.youtube_life import settle_all
from include.sandbox.youtube_numbers import crowds, plant
from include.sandbox.youtube_playlist_items import delete_item, insert_item, list_items
from include.sandbox.youtube_playlists import (
    delete_playlist,
    insert_playlist,
    list_playlists,
    update_playlist,
)
from include.sandbox.youtube_published import published
from include.sandbox.youtube_reporting import (
    create_job,
    download,
    list_jobs,
    list_reports,
    list_types,
    one_job,
    one_report,
)
from include.sandbox.youtube_reports import query_reports
from include.sandbox.youtube_sign_in import YouTubeSignIn
from include.sandbox.youtube_things import (
    Playlist,
    PlaylistEntry,
    ReportJob,
    Session,
    Video,
    YouTubeComment,
    YouTubeCommentState,
)
from include.sandbox.youtube_thumbnails import set_thumbnail
from include.sandbox.youtube_uploads import put_bytes, start_upload
from include.sandbox.youtube_videos import batch_stats, delete_video, list_videos, update_video

CALLS = {
    ("GET", "videos"): list_videos,
    ("PUT", "videos"): update_video,
    ("DELETE", "videos"): delete_video,
    ("GET", "videos:batchGetStats"): batch_stats,
    ("GET", "channels"): list_channels,
    ("GET", "videoCategories"): list_categories,
    ("GET", "playlists"): list_playlists,
    ("POST", "playlists"): insert_playlist,
    ("PUT", "playlists"): update_playlist,
    ("DELETE", "playlists"): delete_playlist,
    ("GET", "playlistItems"): list_items,
    ("POST", "playlistItems"): insert_item,
    ("DELETE", "playlistItems"): delete_item,
    ("GET", "commentThreads"): list_threads,
    ("POST", "commentThreads"): insert_thread,
    ("GET", "comments"): list_comments,
    ("POST", "comments"): insert_reply,
    ("DELETE", "comments"): delete_comment,
    ("POST", "comments/setModerationStatus"): moderate,
}
BULK = "/youtube/reporting/v1"
UPLOAD_ROOTS = (
    "/youtube/upload", "/youtube/resumable/upload", "/upload", "/resumable/upload",
)  # fmt: skip
"""Below our own base, and at the root of the host, where Google's own Python client always puts uploads."""


def youtube_routes() -> list[BaseRoute]:
    """Return every YouTube route except sign-in."""
    routes: list[BaseRoute] = [
        Route(f"/youtube/youtube/v3/{name}", call, methods=[method]) for (method, name), call in CALLS.items()
    ]
    for root in UPLOAD_ROOTS:
        videos, thumbnails = f"{root}/youtube/v3/videos", f"{root}/youtube/v3/thumbnails/set"
        routes.append(Route(videos, start_upload, methods=["POST"]))
        routes.append(Route(videos, put_bytes, methods=["PUT"]))
        routes.append(Route(thumbnails, set_thumbnail, methods=["POST"]))
        routes.append(Route(thumbnails, put_bytes, methods=["PUT"]))
    routes.append(Route("/youtube/analytics/v2/reports", query_reports, methods=["GET", "POST"]))
    routes += [
        Route(f"{BULK}/reportTypes", list_types, methods=["GET"]),
        Route(f"{BULK}/jobs", list_jobs, methods=["GET"]),
        Route(f"{BULK}/jobs", create_job, methods=["POST"]),
        Route(f"{BULK}/jobs/{{job}}", one_job, methods=["GET", "DELETE"]),
        Route(f"{BULK}/jobs/{{job}}/reports", list_reports, methods=["GET"]),
        Route(f"{BULK}/jobs/{{job}}/reports/{{report}}", one_report, methods=["GET"]),
        Route(f"{BULK}/media/CHANNEL/{{channel}}/jobs/{{job}}/reports/{{report}}", download, methods=["GET"]),
        Route("/sandbox/youtube/comment", rewrite, methods=["POST"]),
    ]
    routes.append(Route("/youtube/watch", lead_to_page, methods=["GET"]))
    routes.append(Route("/youtube/shorts/{key}", lead_to_page, methods=["GET"]))
    return routes


async def lead_to_page(request: Request) -> Response:
    """Lead addresses as YouTube forms them to the page of the video."""
    key = request.query_params.get("v") or request.path_params.get("key", "")
    return RedirectResponse(f"/watch/youtube/{key}", 303)


def account_by_upload(world: World, scope: Scope) -> str | None:
    """Return the channel an upload session belongs to."""
    session = world.shelf(Session).get(query(scope, "upload_id"))
    return session.channel if session else None


def forget_upload(world: World, scope: Scope) -> None:
    """Forget the session a request is about."""
    if session := world.shelf(Session).get(query(scope, "upload_id")):
        session.forgotten = True
        world.shelf(Session).keep(session)


def thumbnail_of(world: World, video: Video) -> tuple[Path, str] | None:
    """Return the thumbnail that was set for a video."""
    return (world.pictures / f"youtube-{video.id}.thumbnail", video.thumbnail) if video.thumbnail else None


USUAL_SCOPES = tuple(
    GOOGLE + name
    for name in (
        "youtube.force-ssl", "youtube.upload", "youtube.readonly", "yt-analytics.readonly",
        "yt-analytics-monetary.readonly",
    )
)  # fmt: skip
OTHER_SCOPES = tuple(GOOGLE + name for name in ("youtube", "youtubepartner", "youtubepartner-channel-audit"))
PLATFORM = Platform(
    name="youtube",
    place="YouTube",
    routes=youtube_routes,
    bases={
        "api": "/youtube", "upload": "/youtube/upload", "analytics": "/youtube/analytics",
        "reporting": "/youtube/reporting", "authorize": "/youtube/accounts", "token": "/youtube/oauth",
    },
    endpoint_name=endpoint_name,
    error_handlers={GoogleError: answer_error},
    kept=(
        Kept(kind=Session),
        Kept(
            kind=Video, file=lambda video: str(video.file), arrived=lambda video: float(video.created_at),
            thumbnail=thumbnail_of,
        ),
        Kept(kind=Playlist),
        Kept(kind=PlaylistEntry),
        Kept(kind=ReportJob),
        Kept(kind=YouTubeComment),
        Kept(kind=YouTubeCommentState),
    ),
    # `verified`: videos over 15 minutes; `forced_privacy`: whatever was asked, it becomes this.
    traits={
        "has_channel": True, "verified": True, "custom_thumbnails": True, "monetized": False,
        "subscribers": 1234, "uploads_per_day": None, "forced_privacy": None,
    },
    scopes=USUAL_SCOPES + OTHER_SCOPES,
    usual_scopes=USUAL_SCOPES,
    app=("407408718192-sandbox.apps.googleusercontent.com", "GOCSPX-sandbox-secret"),
    new_app_id=lambda: new_id(12, "123456789") + "-x.apps.googleusercontent.com",
    new_account_id=lambda: "UC" + new_id(22),
    sign_in=YouTubeSignIn(),
    account_by_upload=account_by_upload,
    forget_upload=forget_upload,
    settle=settle_all,
    published=published,
    crowds=crowds,
    plant=plant,
    good=frozenset({"processed"}),
    bad=frozenset({"failed", "rejected"}),
)  # fmt: skip

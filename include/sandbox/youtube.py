"""Everything YouTube answers, at every address its clients use."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from include.sandbox.youtube_channels import list_categories, list_channels
from include.sandbox.youtube_playlist_items import delete_item, insert_item, list_items
from include.sandbox.youtube_playlists import (
    delete_playlist,
    insert_playlist,
    list_playlists,
    update_playlist,
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
}
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
    return routes

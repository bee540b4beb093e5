"""Everything TikTok answers. Its addresses end in a slash, and only so."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from include.sandbox.tiktok_posting import creator_info, direct_init, inbox_init
from include.sandbox.tiktok_reading import cancel, fetch_status, list_videos, query_videos, user_info
from include.sandbox.tiktok_uploads import put_chunk


def tiktok_routes() -> list[BaseRoute]:
    """Return every TikTok route except sign-in."""
    publish = "/tiktok/v2/post/publish"
    return [
        Route(f"{publish}/creator_info/query/", creator_info, methods=["POST"]),
        Route(f"{publish}/video/init/", direct_init, methods=["POST"]),
        Route(f"{publish}/inbox/video/init/", inbox_init, methods=["POST"]),
        Route(f"{publish}/status/fetch/", fetch_status, methods=["POST"]),
        Route(f"{publish}/cancel/", cancel, methods=["POST"]),
        Route("/tiktok/v2/user/info/", user_info, methods=["GET"]),
        Route("/tiktok/v2/video/list/", list_videos, methods=["POST"]),
        Route("/tiktok/v2/video/query/", query_videos, methods=["POST"]),
        Route("/tiktok/upload/video/", put_chunk, methods=["PUT"]),
    ]

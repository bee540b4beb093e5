"""Names for Meta's endpoints, by address, shape of id, and what a publishing call's body begins with."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.types import Scope

from include.sandbox.endpoints import query

VERSION = re.compile(r"^v\d+\.\d+/")
PHASE = re.compile(rb'upload_phase(?:"\r\n(?:[^\r\n]+\r\n)*\r\n|=|"\s*:\s*")(\w+)')
GRAPH = ("graph/", "graph-video/", "graph-ig/")
FIXED = {
    "oauth/access_token": "oauth.token", "debug_token": "debug_token", "oauth/revoke": "oauth.revoke",
    "access_token": "oauth.token", "refresh_access_token": "oauth.token", "me": "me.read", "": "batch",
    "me/accounts": "accounts.list", "me/permissions": "oauth.permissions", "me/businesses": "businesses.list",
}  # fmt: skip
SHAPES = (
    (re.compile(r"17841\d{12}"), "user"),
    (re.compile(r"1788\d{13}"), "container"),
    (re.compile(r"179\d{14}"), "media"),
    (re.compile(r"180\d{14}"), "comment"),
    (re.compile(r"10\d{13}"), "page"),
    (re.compile(r"12\d{14}"), "video"),
    (re.compile(r"10\d{13}_\d+"), "post"),
    (re.compile(r"\d+_\d+"), "comment"),
    (re.compile(r"upload:.*"), "upload"),
)
"""What an id names, by its shape (`meta_things.py` makes them so)."""
EDGES = {
    ("POST", "media"): "media.create", ("GET", "media"): "media.list", ("POST", "media_publish"): "media.publish",
    ("GET", "content_publishing_limit"): "publishing_limit.read", ("GET", "stories"): "stories.list",
    ("GET", "published_posts"): "published_posts.list", ("GET", "posts"): "published_posts.list",
    ("GET", "scheduled_posts"): "scheduled_posts.list", ("POST", "thumbnails"): "thumbnails.set",
    ("GET", "thumbnails"): "thumbnails.list", ("POST", "comments"): "comments.create",
    ("GET", "comments"): "comments.list", ("POST", "replies"): "replies.create", ("GET", "replies"): "replies.list",
    ("GET", "owned_pages"): "owned_pages.list", ("GET", "client_pages"): "client_pages.list",
    ("POST", "uploads"): "uploads.start", ("GET", "video_insights"): "video.insights",
    ("GET", "videos"): "videos.list", ("GET", "video_reels"): "video_reels.list",
}  # fmt: skip
PHASED = {"videos", "video_reels", "video_stories"}
VERBS = {"GET": "read", "POST": "update", "DELETE": "delete"}


def endpoint_namer(product: str) -> Callable[[Scope], str | None]:
    """Return what names the requests below one product's addresses."""

    def endpoint_name(scope: Scope) -> str | None:
        path = scope["path"]
        start = f"/{product}/"
        return name_of(scope, path.removeprefix(start)) if path.startswith(start) else None

    return endpoint_name


def name_of(scope: Scope, path: str) -> str:
    """Name a request by its address below the product."""
    host = next((one for one in GRAPH if path.startswith(one)), None)
    if host is None:
        return other_host(path)
    parts = VERSION.sub("", path.removeprefix(host) + "/").strip("/")
    parts = "" if re.fullmatch(r"v\d+\.\d+", parts) else parts
    if parts in FIXED:
        return "oauth.revoke" if (parts, scope["method"]) == ("me/permissions", "DELETE") else FIXED[parts]
    return node_name(scope, *parts.partition("/")[::2])


def other_host(path: str) -> str:
    """Name dialogs, uploads and Instagram's own token endpoint."""
    if "oauth/authorize" in path or "dialog/oauth" in path:
        return "oauth.authorize"
    if path.startswith("api-ig/"):
        return "oauth.token"
    if path.startswith("rupload/ig-api-upload/"):
        return "container.upload"
    return "video_reels.bytes" if path.startswith("rupload/video-upload/") else "unknown"


def node_name(scope: Scope, key: str, edge: str) -> str:
    """Name a call about a node or one of its edges."""
    method = scope["method"]
    if method == "POST" and edge in PHASED:
        found = PHASE.search(scope.get("sandbox.peek", b""))
        phase = found.group(1).decode() if found else query(scope, "upload_phase")
        return f"{edge}.{phase or 'create'}"
    if (method, edge) in EDGES:
        return EDGES[(method, edge)]
    kind = next((name for shape, name in SHAPES if shape.fullmatch(key)), None)
    if kind is None:
        return "unknown"
    return f"{kind}.{edge}" if edge else f"{kind}.{VERBS.get(method, 'unknown')}"

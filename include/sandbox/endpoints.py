"""Names for what is called ("videos.insert.put"), found from method and address: faults and tests go by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.types import Scope

YOUTUBE_TABLE = {
    ("POST", "/upload/youtube/v3/videos"): "videos.insert.start",
    ("PUT", "/upload/youtube/v3/videos"): "videos.insert.put",
    ("POST", "/upload/youtube/v3/thumbnails/set"): "thumbnails.set",
    ("PUT", "/upload/youtube/v3/thumbnails/set"): "thumbnails.set.put",
    ("POST", "/oauth/token"): "oauth.token",
    ("POST", "/oauth/revoke"): "oauth.revoke",
    ("GET", "/accounts/o/oauth2/v2/auth"): "oauth.authorize",
    ("POST", "/accounts/o/oauth2/v2/auth"): "oauth.authorize",
}
YOUTUBE_VERBS = {"GET": "list", "POST": "insert", "PUT": "update", "DELETE": "delete"}
TIKTOK_TABLE = {
    "/v2/oauth/token/": "oauth.token",
    "/v2/oauth/revoke/": "oauth.revoke",
    "/www/v2/auth/authorize/": "oauth.authorize",
    "/v2/post/publish/creator_info/query/": "creator_info.query",
    "/v2/post/publish/video/init/": "video.init",
    "/v2/post/publish/inbox/video/init/": "inbox.init",
    "/v2/post/publish/status/fetch/": "status.fetch",
    "/v2/post/publish/cancel/": "publish.cancel",
    "/v2/user/info/": "user.info",
    "/v2/video/list/": "video.list",
    "/v2/video/query/": "video.query",
    "/upload/video/": "video.put",
}
UPLOADS = re.compile(r"^(?:/resumable)?/upload/youtube/v3/")
RESOURCE = re.compile(r"^/youtube/v3/([A-Za-z]+)$")
ACTION = re.compile(r"^/youtube/v3/([A-Za-z]+):([A-Za-z]+)$")
STATUS_QUERY = re.compile(r"^bytes \*/")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Whose address was called (None: the sandbox's own pages) and what it is called."""

    platform: str | None
    name: str


def header(scope: Scope, name: str) -> str | None:
    """Return the first header of that (lower-case) name, or None."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == wanted), None)


def query(scope: Scope, name: str) -> str | None:
    """Return the first query parameter of that name, or None."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name)
    return values[0] if values else None


def endpoint_of(scope: Scope) -> Endpoint:
    """Name the endpoint a request is for; unknown addresses below a platform are called "unknown"."""
    path, method = scope["path"], scope["method"]
    if path.startswith("/youtube/"):
        return Endpoint(platform="youtube", name=youtube_name(method, path.removeprefix("/youtube"), scope))
    if UPLOADS.match(path):
        return Endpoint(platform="youtube", name=youtube_name(method, path, scope))
    if path.startswith("/tiktok/"):
        return Endpoint(platform="tiktok", name=TIKTOK_TABLE.get(path.removeprefix("/tiktok"), "unknown"))
    return Endpoint(platform=None, name="sandbox")


def youtube_name(method: str, path: str, scope: Scope) -> str:
    """Name a YouTube endpoint; a PUT that only asks how far an upload is counts as `videos.insert.status`."""
    path = path.removeprefix("/resumable")
    name = YOUTUBE_TABLE.get((method, path))
    if name == "videos.insert.put" and STATUS_QUERY.match(header(scope, "content-range") or ""):
        return "videos.insert.status"
    if name:
        return name
    if action := ACTION.match(path):
        return f"{action.group(1)}.{action.group(2)}"
    resource = RESOURCE.match(path)
    if resource and method in YOUTUBE_VERBS:
        return f"{resource.group(1)}.{YOUTUBE_VERBS[method]}"
    return "unknown"

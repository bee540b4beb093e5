"""Names for YouTube's endpoints."""

from __future__ import annotations

import re

from starlette.types import Scope

from include.sandbox.endpoints import header

YOUTUBE_TABLE = {
    ("POST", "/upload/youtube/v3/videos"): "videos.insert.start",
    ("PUT", "/upload/youtube/v3/videos"): "videos.insert.put",
    ("POST", "/upload/youtube/v3/thumbnails/set"): "thumbnails.set",
    ("PUT", "/upload/youtube/v3/thumbnails/set"): "thumbnails.set.put",
    ("GET", "/analytics/v2/reports"): "reports.query",
    ("POST", "/analytics/v2/reports"): "reports.query",
    ("POST", "/youtube/v3/comments/setModerationStatus"): "comments.setModerationStatus",
    ("POST", "/oauth/token"): "oauth.token",
    ("POST", "/oauth/revoke"): "oauth.revoke",
    ("GET", "/accounts/o/oauth2/v2/auth"): "oauth.authorize",
    ("POST", "/accounts/o/oauth2/v2/auth"): "oauth.authorize",
}
REPORTING = (
    ("GET", re.compile(r"^/reporting/v1/reportTypes$"), "reportTypes.list"),
    ("GET", re.compile(r"^/reporting/v1/jobs$"), "jobs.list"),
    ("POST", re.compile(r"^/reporting/v1/jobs$"), "jobs.create"),
    ("GET", re.compile(r"^/reporting/v1/jobs/[^/]+$"), "jobs.get"),
    ("DELETE", re.compile(r"^/reporting/v1/jobs/[^/]+$"), "jobs.delete"),
    ("GET", re.compile(r"^/reporting/v1/jobs/[^/]+/reports$"), "jobs.reports.list"),
    ("GET", re.compile(r"^/reporting/v1/jobs/[^/]+/reports/[^/]+$"), "jobs.reports.get"),
    ("GET", re.compile(r"^/reporting/v1/media/"), "media.download"),
)
YOUTUBE_VERBS = {"GET": "list", "POST": "insert", "PUT": "update", "DELETE": "delete"}
UPLOADS = re.compile(r"^(?:/resumable)?/upload/youtube/v3/")
RESOURCE = re.compile(r"^/youtube/v3/([A-Za-z]+)$")
ACTION = re.compile(r"^/youtube/v3/([A-Za-z]+):([A-Za-z]+)$")
STATUS_QUERY = re.compile(r"^bytes \*/")


def endpoint_name(scope: Scope) -> str | None:
    """Name a request to YouTube; Google's own Python client sends uploads to the root of the host."""
    path = scope["path"]
    if path.startswith("/youtube/"):
        return youtube_name(scope["method"], path.removeprefix("/youtube"), scope)
    return youtube_name(scope["method"], path, scope) if UPLOADS.match(path) else None


def youtube_name(method: str, path: str, scope: Scope) -> str:
    """Name a YouTube endpoint; a PUT that only asks how far an upload is counts as `videos.insert.status`."""
    path = path.removeprefix("/resumable")
    name = YOUTUBE_TABLE.get((method, path))
    if name == "videos.insert.put" and STATUS_QUERY.match(header(scope, "content-range") or ""):
        return "videos.insert.status"
    name = name or next((one for verb, shape, one in REPORTING if verb == method and shape.match(path)), None)
    if name:
        return name
    if action := ACTION.match(path):
        return f"{action.group(1)}.{action.group(2)}"
    resource = RESOURCE.match(path)
    if resource and method in YOUTUBE_VERBS:
        return f"{resource.group(1)}.{YOUTUBE_VERBS[method]}"
    return "unknown"

"""Who may call which YouTube method and what it costs: tokens, scopes, quota (youtube.md 1.7, 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request

from include.sandbox.accounts import live_grant, trait
from include.sandbox.endpoints import bearer
from include.sandbox.things import Account, Count
from include.sandbox.workshop import Workshop
from include.sandbox.world import World
from include.sandbox.youtube_answers import GoogleError

GOOGLE = "https://www.googleapis.com/auth/"
PACIFIC = ZoneInfo("America/Los_Angeles")
WRITE = frozenset(GOOGLE + name for name in ("youtube", "youtube.force-ssl", "youtubepartner"))
UPLOAD = WRITE | {GOOGLE + "youtube.upload"}
READ = WRITE | {GOOGLE + "youtube.readonly"}
FIGURES = frozenset({GOOGLE + "yt-analytics.readonly", GOOGLE + "yt-analytics-monetary.readonly"})
TALK = frozenset({GOOGLE + "youtube.force-ssl"})
REPORTS = FIGURES | {GOOGLE + name for name in ("youtube", "youtube.readonly", "youtubepartner")}


@dataclass(frozen=True, kw_only=True)
class Method:
    """One API method: which scopes open it, what it takes from which bucket, its name inside Google."""

    scopes: frozenset[str]
    cost: int
    rpc: str
    bucket: str = "queries"


METHODS = {
    "videos.insert": Method(scopes=UPLOAD, cost=1, rpc="V3DataVideoService.Insert", bucket="uploads"),
    "videos.list": Method(scopes=READ, cost=1, rpc="V3DataVideoService.List"),
    "videos.update": Method(scopes=WRITE, cost=50, rpc="V3DataVideoService.Update"),
    "videos.delete": Method(scopes=WRITE, cost=50, rpc="V3DataVideoService.Delete"),
    "videos.batchGetStats": Method(scopes=READ, cost=1, rpc="V3DataVideoService.BatchGetStats", bucket="batch_stats"),
    "thumbnails.set": Method(scopes=UPLOAD, cost=50, rpc="V3DataThumbnailService.Set"),
    "channels.list": Method(
        scopes=READ | {GOOGLE + "youtubepartner-channel-audit"}, cost=1, rpc="V3DataChannelService.List"
    ),
    "videoCategories.list": Method(scopes=READ, cost=1, rpc="V3DataVideoCategoryService.List"),
    "playlists.list": Method(scopes=READ, cost=1, rpc="V3DataPlaylistService.List"),
    "playlists.insert": Method(scopes=WRITE, cost=50, rpc="V3DataPlaylistService.Insert"),
    "playlists.update": Method(scopes=WRITE, cost=50, rpc="V3DataPlaylistService.Update"),
    "playlists.delete": Method(scopes=WRITE, cost=50, rpc="V3DataPlaylistService.Delete"),
    "playlistItems.list": Method(scopes=READ, cost=1, rpc="V3DataPlaylistItemService.List"),
    "playlistItems.insert": Method(scopes=WRITE, cost=50, rpc="V3DataPlaylistItemService.Insert"),
    "playlistItems.delete": Method(scopes=WRITE, cost=50, rpc="V3DataPlaylistItemService.Delete"),
    "commentThreads.list": Method(scopes=TALK, cost=1, rpc="V3DataCommentThreadService.List"),
    "commentThreads.insert": Method(scopes=TALK, cost=50, rpc="V3DataCommentThreadService.Insert"),
    "comments.list": Method(scopes=TALK, cost=1, rpc="V3DataCommentService.List"),
    "comments.insert": Method(scopes=TALK, cost=50, rpc="V3DataCommentService.Insert"),
    "comments.update": Method(scopes=TALK, cost=50, rpc="V3DataCommentService.Update"),
    "comments.delete": Method(scopes=TALK, cost=50, rpc="V3DataCommentService.Delete"),
    "comments.setModerationStatus": Method(scopes=TALK, cost=50, rpc="V3DataCommentService.SetModerationStatus"),
    "reports.query": Method(scopes=REPORTS, cost=0, rpc="AnalyticsService.QueryReports"),
    "reporting": Method(scopes=FIGURES, cost=0, rpc="ReportingService"),
}
BUCKET_NAMES = {"uploads": "Video Uploads", "search": "Search Queries", "batch_stats": "Batch Get Stats"}
QUOTA_MESSAGE = (
    "The request cannot be completed because you have exceeded your "
    '<a href="/youtube/v3/getting-started#quota">quota</a>.'
)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who called: the signed-in channel through which app, and where everything is."""

    account: Account
    app: str
    world: World
    workshop: Workshop


def place_of(request: Request) -> tuple[World, Workshop]:
    """Return the world and the workshop of the server that got the request."""
    return request.app.state.world, request.app.state.workshop


def sign_in(request: Request, method: str) -> Caller:
    """Return who is calling; raises 401 and 403 like Google. Costs nothing by itself."""
    world, workshop = place_of(request)
    token = bearer(request.scope) or request.query_params.get("access_token")
    if not token:
        raise GoogleError(401, "required", "Login Required.", where=("header", "Authorization"), named=True)
    grant = live_grant(world, token)
    account = world.accounts.get(grant.account) if grant else None
    if grant is None or account is None or grant.platform != "youtube":
        raise invalid_credentials()
    needed = METHODS[method]
    if not needed.scopes.intersection(grant.scopes):
        charge(world, grant.app, "queries", 1)
        raise scope_missing(needed)
    if not trait(account, "has_channel"):
        raise GoogleError(
            401,
            "youtubeSignupRequired",
            "Unauthorized",
            domain="youtube.header",
            where=("header", "Authorization"),
        )
    return Caller(account=account, app=grant.app, world=world, workshop=workshop)


def enter(request: Request, method: str) -> Caller:
    """Sign in and pay for a call; raises 401, 403, and 403 or 429 when a bucket is empty."""
    caller = sign_in(request, method)
    needed = METHODS[method]
    limit = caller.world.switches.youtube_queries_per_minute
    if not caller.world.windows.take(f"youtube {caller.account.id}", limit, 60, caller.world.now()):
        raise GoogleError(403, "userRateLimitExceeded", "User Rate Limit Exceeded", domain="usageLimits")
    charge(caller.world, caller.app, needed.bucket, needed.cost)
    return caller


def invalid_credentials() -> GoogleError:
    """Make the 401 for a token that does not open anything (youtube.md 12.2)."""
    return GoogleError(
        401, "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        inner="Invalid Credentials", where=("header", "Authorization"), named=True,
    )  # fmt: skip


def scope_missing(needed: Method) -> GoogleError:
    """Make the 403 for a token without the scope (youtube.md 12.2)."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "youtube.googleapis.com", "method": f"youtube.api.v3.{needed.rpc}"},
    }
    return GoogleError(
        403, "insufficientPermissions", "Request had insufficient authentication scopes.",
        inner="Insufficient Permission", named=True, details=[info],
    )  # fmt: skip


def charge(world: World, app: str, bucket: str, cost: int) -> None:
    """Take `cost` from today's bucket of the project; raises the body Google sends when it is empty (6.4)."""
    day = datetime.fromtimestamp(world.now(), UTC).astimezone(PACIFIC).date()
    key = f"quota {app} {bucket} {day}"
    count = world.counts.get(key) or Count(id=key)
    limit: int = getattr(world.switches, f"youtube_quota_{bucket}")
    if limit and count.value + cost > limit:
        raise quota_error(bucket, app)
    count.value += cost
    world.counts.keep(count)


def quota_error(bucket: str, app: str) -> GoogleError:
    """Make the 403 of the shared pool or the 429 of the buckets of their own."""
    if bucket == "queries":
        return GoogleError(403, "quotaExceeded", QUOTA_MESSAGE, domain="youtube.quota")
    number = app.split("-")[0]
    name = BUCKET_NAMES[bucket]
    message = (
        f"Quota exceeded for quota metric '{name}' and limit '{name} per day' of service 'youtube.googleapis.com' "
        f"for consumer 'project_number:{number}'."
    )
    return GoogleError(429, "rateLimitExceeded", message, named=True)

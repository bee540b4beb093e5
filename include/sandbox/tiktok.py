"""TikTok in the sandbox: its description, and everything it answers; its addresses end in a slash, and only so."""

from __future__ import annotations

import uuid

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox.endpoints import bearer, query
from include.sandbox.platforms import Kept, Platform
from include.sandbox.tiktok_answers import TikTokError, answer_error
from include.sandbox.tiktok_business import BusinessError, answer_business_error, business_get, token_of
from include.sandbox.tiktok_business_videos import business_videos
from include.sandbox.tiktok_crowds import crowds, plant
from include.sandbox.tiktok_posting import creator_info, direct_init, inbox_init
from include.sandbox.tiktok_published import published
from include.sandbox.tiktok_reading import cancel, fetch_status, list_videos, query_videos, user_info
from include.sandbox.tiktok_sign_in import TikTokSignIn
from include.sandbox.tiktok_state import settle_all
from include.sandbox.tiktok_things import Post
from include.sandbox.tiktok_uploads import put_chunk
from include.sandbox.world import World, new_id

ENDPOINTS = {
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
    "/business/open_api/v1.3/business/get/": "business.get",
    "/business/open_api/v1.3/business/video/list/": "business.video.list",
}


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
        Route("/tiktok/business/open_api/v1.3/business/get/", business_get, methods=["GET"]),
        Route("/tiktok/business/open_api/v1.3/business/video/list/", business_videos, methods=["GET"]),
        Route("/tiktok/upload/video/", put_chunk, methods=["PUT"]),
        Route("/tiktok/www/{who}/video/{key}", lead_to_page, methods=["GET"]),
    ]


async def lead_to_page(request: Request) -> Response:
    """Lead addresses as TikTok forms them to the page of the video."""
    world: World = request.app.state.world
    key = request.path_params["key"]
    post = next((one for one in world.shelf(Post) if str(one.post) == key), None)
    return RedirectResponse(f"/watch/tiktok/{post.upload if post else key}", 303)


def endpoint_name(scope: Scope) -> str | None:
    """Name a request to TikTok."""
    path = scope["path"]
    return ENDPOINTS.get(path.removeprefix("/tiktok"), "unknown") if path.startswith("/tiktok/") else None


def posts_of(world: World, scope: Scope) -> list[Post]:
    """Return the post an upload address belongs to, if any."""
    upload = query(scope, "upload_id")
    return [post for post in world.shelf(Post) if upload and post.upload == upload]


def account_by_upload(world: World, scope: Scope) -> str | None:
    """Return the creator an upload address belongs to."""
    return next((post.account for post in posts_of(world, scope)), None)


def account_of(world: World, scope: Scope) -> str | None:
    """Return the creator a request is for, by the token of either family of calls."""
    token = world.tokens.get(token_of(scope) or bearer(scope))
    grant = world.grants.get(token.grant) if token else None
    return grant.account if grant else None


def expire_token(world: World, scope: Scope) -> None:
    """Let the token a request carries be over."""
    if token := world.tokens.get(token_of(scope) or bearer(scope)):
        token.expires_at = 0
        world.tokens.keep(token)


def forget_upload(world: World, scope: Scope) -> None:
    """Forget the upload a request is about."""
    for post in posts_of(world, scope):
        post.forgotten = True
        world.shelf(Post).keep(post)


SCOPES = (
    "user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.upload", "video.publish",
)  # fmt: skip
INSIGHTS = ("user.insights", "video.insights")
"""Of the Business API; their names are not confirmed (A.12)."""
PLATFORM = Platform(
    name="tiktok",
    place="TikTok",
    routes=tiktok_routes,
    bases={"api": "/tiktok", "business": "/tiktok/business", "authorize": "/tiktok/www"},
    endpoint_name=endpoint_name,
    error_handlers={TikTokError: answer_error, BusinessError: answer_business_error},
    kept=(
        Kept(
            kind=Post, file=lambda post: f"tiktok-{post.upload}", arrived=lambda post: post.uploaded_at,
            watch_key=lambda post: str(post.upload),
        ),
    ),
    # `trouble`: one of TikTok's "cannot post now" codes. `business_insights`: whether the Business API knows the
    # account. `taken_away`: ids of videos that the creator deleted or made private in the app.
    traits={
        "private": False, "privacy_options": None, "comment_disabled": False, "duet_disabled": False,
        "stitch_disabled": False, "max_duration_seconds": None, "trouble": None,
        "business_insights": True, "taken_away": None,
    },
    scopes=SCOPES + INSIGHTS,
    usual_scopes=SCOPES + INSIGHTS,
    app=("sandboxclientkey", "sandbox-client-secret"),
    new_app_id=lambda: "aw" + new_id(12, "123456789"),
    new_account_id=lambda: str(uuid.uuid4()),
    sign_in=TikTokSignIn(),
    account_of=account_of,
    expire_token=expire_token,
    account_by_upload=account_by_upload,
    forget_upload=forget_upload,
    settle=settle_all,
    published=published,
    crowds=crowds,
    plant=plant,
    good=frozenset({"PUBLISH_COMPLETE", "SEND_TO_USER_INBOX"}),
    bad=frozenset({"FAILED"}),
)  # fmt: skip

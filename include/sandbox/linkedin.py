"""LinkedIn in the sandbox: its description, and everything it answers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox.endpoints import query
from include.sandbox.linkedin_answers import LinkedInError, answer_error
from include.sandbox.linkedin_crowds import crowds, plant
from include.sandbox.linkedin_members import followers_count, post_analytics, video_analytics_of_member
from include.sandbox.linkedin_people import list_acls, read_network, read_organization, user_info
from include.sandbox.linkedin_posts import change_post, create_post, delete_post, list_posts, read_post
from include.sandbox.linkedin_published import own_picture, published
from include.sandbox.linkedin_sign_in import MEMBER_SCOPES, PAGE_SCOPES, LinkedInSignIn, make_linkedin_account
from include.sandbox.linkedin_social import list_comments, read_many_metadata, read_metadata
from include.sandbox.linkedin_statistics import follower_statistics, share_statistics, video_analytics
from include.sandbox.linkedin_things import LinkedInPost, LinkedInVideo
from include.sandbox.linkedin_uploads import put_part, put_thumbnail
from include.sandbox.linkedin_videos import act, read_video
from include.sandbox.platforms import Kept, Platform
from include.sandbox.world import World, new_id

ENDPOINTS = {
    ("GET", "v2/userinfo"): "userinfo",
    ("GET", "rest/videos/*"): "videos.get",
    ("POST", "rest/posts"): "posts.create",
    ("GET", "rest/posts"): "posts.list",
    ("GET", "rest/posts/*"): "posts.get",
    ("POST", "rest/posts/*"): "posts.update",
    ("DELETE", "rest/posts/*"): "posts.delete",
    ("GET", "rest/organizationAcls"): "organizationAcls.list",
    ("GET", "rest/organizations/*"): "organizations.get",
    ("GET", "rest/networkSizes/*"): "networkSizes.get",
    ("GET", "rest/organizationalEntityShareStatistics"): "shareStatistics.list",
    ("GET", "rest/organizationalEntityFollowerStatistics"): "followerStatistics.list",
    ("GET", "rest/videoAnalytics"): "videoAnalytics.list",
    ("GET", "rest/memberCreatorPostAnalytics"): "memberPostAnalytics.list",
    ("GET", "rest/memberCreatorVideoAnalytics"): "memberVideoAnalytics.list",
    ("GET", "rest/memberFollowersCount"): "memberFollowers.list",
    ("GET", "rest/socialMetadata"): "socialMetadata.batchGet",
    ("GET", "rest/socialMetadata/*"): "socialMetadata.get",
    ("GET", "rest/socialActions/*/comments"): "comments.list",
    ("PUT", "dms-uploads/*/video"): "videos.put",
    ("PUT", "dms-uploads/*/thumbnail"): "videos.thumbnail",
    ("GET", "www/oauth/v2/authorization"): "oauth.authorize",
    ("POST", "www/oauth/v2/authorization"): "oauth.authorize",
    ("POST", "www/oauth/v2/accessToken"): "oauth.token",
    ("POST", "www/oauth/v2/revoke"): "oauth.revoke",
}


def linkedin_routes() -> list[BaseRoute]:
    """Return every LinkedIn route except sign-in."""
    rest = "/linkedin/rest"
    return [
        Route("/linkedin/v2/userinfo", user_info, methods=["GET"]),
        Route(f"{rest}/videos", act, methods=["POST"]),
        Route(f"{rest}/videos/{{urn}}", read_video, methods=["GET"]),
        Route(f"{rest}/posts", create_post, methods=["POST"]),
        Route(f"{rest}/posts", list_posts, methods=["GET"]),
        Route(f"{rest}/posts/{{urn}}", read_post, methods=["GET"]),
        Route(f"{rest}/posts/{{urn}}", change_post, methods=["POST"]),
        Route(f"{rest}/posts/{{urn}}", delete_post, methods=["DELETE"]),
        Route(f"{rest}/organizationAcls", list_acls, methods=["GET"]),
        Route(f"{rest}/organizations/{{number}}", read_organization, methods=["GET"]),
        Route(f"{rest}/networkSizes/{{urn}}", read_network, methods=["GET"]),
        Route(f"{rest}/organizationalEntityShareStatistics", share_statistics, methods=["GET"]),
        Route(f"{rest}/organizationalEntityFollowerStatistics", follower_statistics, methods=["GET"]),
        Route(f"{rest}/videoAnalytics", video_analytics, methods=["GET"]),
        Route(f"{rest}/memberCreatorPostAnalytics", post_analytics, methods=["GET"]),
        Route(f"{rest}/memberCreatorVideoAnalytics", video_analytics_of_member, methods=["GET"]),
        Route(f"{rest}/memberFollowersCount", followers_count, methods=["GET"]),
        Route(f"{rest}/socialMetadata", read_many_metadata, methods=["GET"]),
        Route(f"{rest}/socialMetadata/{{urn}}", read_metadata, methods=["GET"]),
        Route(f"{rest}/socialActions/{{urn}}/comments", list_comments, methods=["GET"]),
        Route("/linkedin/dms-uploads/{key}/video", put_part, methods=["PUT"]),
        Route("/linkedin/dms-uploads/{key}/thumbnail", put_thumbnail, methods=["PUT"]),
        Route("/linkedin/www/feed/update/{urn}/", lead_to_page, methods=["GET"]),
    ]


async def lead_to_page(request: Request) -> Response:
    """Lead addresses as LinkedIn forms them to the page of the video."""
    world: World = request.app.state.world
    post = world.shelf(LinkedInPost).get(request.path_params["urn"])
    video = world.shelf(LinkedInVideo).get(post.video) if post else None
    return RedirectResponse(f"/watch/linkedin/{video.key if video else 'unknown'}", 303)


def endpoint_name(scope: Scope) -> str | None:
    """Name a request to LinkedIn."""
    path = scope["path"]
    if not path.startswith("/linkedin/"):
        return None
    method, below = scope["method"], path.removeprefix("/linkedin/")
    if below == "rest/videos" and method == "POST":
        return f"videos.{query(scope, 'action') or 'unknown'}"
    parts = below.split("/")
    if parts[:2] == ["rest", "socialActions"] and len(parts) == 4:
        parts[2] = "*"
    elif len(parts) == 3:
        parts[1 if parts[0] == "dms-uploads" else 2] = "*"
    return ENDPOINTS.get((method, below)) or ENDPOINTS.get((method, "/".join(parts)), "unknown")


def video_of(world: World, scope: Scope) -> LinkedInVideo | None:
    """Return the video an upload address belongs to, if any."""
    parts = scope["path"].split("/")
    key = parts[3] if len(parts) > 3 and parts[2] == "dms-uploads" else None
    return next((video for video in world.shelf(LinkedInVideo) if video.key == key), None)


def account_by_upload(world: World, scope: Scope) -> str | None:
    """Return the member an upload address belongs to."""
    video = video_of(world, scope)
    return video.account if video else None


def forget_upload(world: World, scope: Scope) -> None:
    """Let the upload addresses of the video a request is about be dead."""
    if video := video_of(world, scope):
        video.forgotten = True
        world.shelf(LinkedInVideo).keep(video)


INSIGHTS = ("r_member_postAnalytics", "r_member_profileAnalytics")
"""Of the Community Management API, for members' own numbers (B.1)."""
SCOPES = tuple(dict.fromkeys([*MEMBER_SCOPES, *PAGE_SCOPES, "r_organization_admin", "r_member_social", *INSIGHTS]))
PLATFORM = Platform(
    name="linkedin",
    place="LinkedIn",
    routes=linkedin_routes,
    bases={"api": "/linkedin", "authorize": "/linkedin/www"},
    endpoint_name=endpoint_name,
    error_handlers={LinkedInError: answer_error},
    kept=(
        Kept(
            kind=LinkedInVideo, file=lambda video: f"linkedin-{video.key}", arrived=lambda video: video.finalised_at,
            watch_key=lambda video: str(video.key), thumbnail=own_picture,
        ),
        Kept(kind=LinkedInPost),
    ),
    # `organizations`: numbers of the pages the member administers; `posts_as`: organization or member.
    # `comments_gone`: ids of comments that were deleted. `comments_edited`: id → text, as somebody changed it.
    traits={
        "posts_as": "organization", "organizations": None, "comments_gone": None, "comments_edited": None,
    },
    scopes=SCOPES,
    usual_scopes=PAGE_SCOPES,
    app=("78sandboxlinkedin", "sandbox-linkedin-secret"),
    new_app_id=lambda: "78" + new_id(12, "abcdefghijklmnopqrstuvwxyz0123456789"),
    new_account_id=lambda: new_id(10, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
    sign_in=LinkedInSignIn(),
    make_account=make_linkedin_account,
    account_by_upload=account_by_upload,
    forget_upload=forget_upload,
    published=published,
    crowds=crowds,
    plant=plant,
    good=frozenset({"PUBLISHED"}),
    bad=frozenset({"PUBLISH_FAILED"}),
)  # fmt: skip

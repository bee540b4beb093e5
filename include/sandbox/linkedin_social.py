"""Reactions and comments below posts: socialMetadata and socialActions (B.5, and LinkedIn's Comments API)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.accounts import trait
from include.sandbox.audience import Remark, divided, remarks
from include.sandbox.linkedin_answers import PERSON, Caller, Json, LinkedInError, answer, enter, urn_in_path
from include.sandbox.linkedin_crowds import crowd_of
from include.sandbox.linkedin_query import paged, raw_query, urns_of
from include.sandbox.linkedin_things import LinkedInPost

READ = ("r_organization_social", "r_organization_social_feed", "r_member_social", "w_member_social_feed")
REACTIONS = {"LIKE": 70, "PRAISE": 12, "EMPATHY": 10, "INTEREST": 4, "APPRECIATION": 3, "ENTERTAINMENT": 1}
MAX_CHARACTERS = 1250


def readable(caller: Caller, urn: str) -> LinkedInPost:
    """Return a post whose author the member may read as; raises 404 and 403."""
    post = caller.world.shelf(LinkedInPost).get(urn)
    if post is None or post.deleted:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {urn[:60]}")
    caller.want_author(post.author, read=True)
    return post


def metadata_of(caller: Caller, post: LinkedInPost) -> Json:
    """Return reactions by kind and how many comments there are."""
    sums = crowd_of(caller.world, post).until(caller.world.now())
    kinds = divided(sums["likes"], REACTIONS, post.id)
    there = list(comments_of(caller, post))
    return {
        "entity": post.id, "commentsState": "OPEN",
        "reactionSummaries": {
            kind: {"reactionType": kind, "count": count} for kind, count in kinds.items() if count
        },
        "commentSummary": {
            "count": sums["comments"], "topLevelCount": sum(one["parentComment"] is None for one in there)
        },
    }  # fmt: skip


async def read_metadata(request: Request) -> Response:
    """`GET /rest/socialMetadata/{urn}`."""
    caller = enter(request, "socialMetadata.GET", *READ)
    return answer(caller.world, metadata_of(caller, readable(caller, urn_in_path(request))))


async def read_many_metadata(request: Request) -> Response:
    """`GET /rest/socialMetadata?ids=List(…)` with `X-RestLi-Method: BATCH_GET`; each post has its own status."""
    caller = enter(request, "socialMetadata.BATCH_GET", *READ)
    urns = urns_of(raw_query(request), "ids")
    if request.headers.get("x-restli-method") != "BATCH_GET" or not urns:
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "BATCH_GET with ids=List(…) is wanted")
    body: Json = {"results": {}, "statuses": {}, "errors": {}}
    for urn in urns:
        try:
            body["results"][urn] = metadata_of(caller, readable(caller, urn))
            body["statuses"][urn] = 200
        except LinkedInError as error:
            body["errors"][urn] = {"status": error.status, "message": error.message}
    return answer(caller.world, body)


def comments_of(caller: Caller, post: LinkedInPost) -> Iterator[Json]:
    """Yield every comment that is there, replies included; LinkedIn knows one level of replies."""
    said = remarks(crowd_of(caller.world, post), caller.world.now())
    account = caller.world.accounts.get(post.account)
    gone = set((trait(account, "comments_gone") if account else None) or ())
    edited = (trait(account, "comments_edited") if account else None) or {}
    thread = post.id.rsplit(":", 1)[-1]

    def key(remark: Remark) -> str:
        return f"{thread[-12:]}{remark.number:06d}"

    for remark in said:
        top = remark
        while top.parent is not None:
            top = said[top.parent]
        if key(remark) in gone or key(top) in gone:
            continue
        text, at = edited.get(key(remark)), int(remark.at * 1000)
        yield {
            "actor": PERSON + remark.author, "id": key(remark), "object": post.id,
            "commentUrn": f"urn:li:comment:(urn:li:activity:{thread},{key(remark)})",
            "created": {"actor": PERSON + remark.author, "time": at},
            "lastModified": {"actor": PERSON + remark.author, "time": at + 60_000 if text else at},
            "message": {"attributes": [], "text": text or remark.text[:MAX_CHARACTERS]},
            "parentComment": None if top is remark else f"urn:li:comment:(urn:li:activity:{thread},{key(top)})",
            "likesSummary": {"totalLikes": remark.likes, "aggregatedTotalLikes": remark.likes},
        }  # fmt: skip


async def list_comments(request: Request) -> Response:
    """`GET /rest/socialActions/{urn}/comments`: of a post those on its first level, of a comment its replies."""
    caller, raw = enter(request, "socialActions.comments.FINDER", *READ), raw_query(request)
    encoded = (request.scope.get("raw_path") or b"").decode("latin-1").partition("?")[0].split("/")[-2]
    if ":" in encoded:
        raise LinkedInError(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")
    urn = unquote(encoded)
    parent = urn if urn.startswith("urn:li:comment:(") else None
    post = readable(caller, of_thread(caller, urn) if parent else urn)
    every = list(comments_of(caller, post))
    answers: dict[str | None, int] = {}
    for one in every:
        answers[one["parentComment"]] = answers.get(one["parentComment"], 0) + 1
    if parent and parent not in {one["commentUrn"] for one in every}:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {urn[:60]}")
    shown = [shape(one, answers.get(one["commentUrn"], 0)) for one in every if one["parentComment"] == parent]
    return answer(caller.world, paged(shown, raw, f"/rest/socialActions/{encoded}/comments"))


def of_thread(caller: Caller, comment: str) -> str:
    """Return the URN of the post a comment stands below."""
    number = comment.removeprefix("urn:li:comment:(").partition(",")[0].rsplit(":", 1)[-1]
    found = (post.id for post in caller.world.shelf(LinkedInPost) if post.id.endswith(f":{number}"))
    return next(found, comment)


def shape(comment: Json, replies: int) -> Json:
    """Return a comment as the list shows it."""
    shown = {name: value for name, value in comment.items() if value is not None}
    if replies:
        shown["commentsSummary"] = {"totalFirstLevelComments": replies, "aggregatedTotalComments": replies}
    return shown

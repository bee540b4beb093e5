"""The addresses TikTok hands out for bytes: chunks in order, each as planned (A.6)."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.receiving import Intake, take_in
from include.sandbox.tiktok_things import Post
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World

RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
TYPES = {"video/mp4", "video/quicktime", "video/webm"}


async def put_chunk(request: Request) -> Response:
    """`PUT` one chunk: 206 when more are to come, 201 for the last."""
    world: World = request.app.state.world
    workshop: Workshop = request.app.state.workshop
    upload, secret = request.query_params.get("upload_id"), request.query_params.get("upload_token")
    post = next((one for one in world.shelf(Post) if one.upload == upload and one.secret == secret), None)
    if post is None or post.forgotten or post.failed:
        return Response("upload task not found", 404)
    if world.now() > post.created_at + world.switches.tiktok_upload_url_seconds:
        return Response("upload_url has expired", 403)
    wanted = read_range(request)
    if wanted is None or wanted[2] != post.total:
        return Response("malformed headers", 400)
    first, last, _ = wanted
    if intake := workshop.intakes.pop(post.upload, None):  # a newer request takes over; half a chunk is nothing
        intake.stopped = True
    if first != post.received or post.uploaded_at is not None:
        return Response(status_code=416, headers={"Content-Range": progress(world, post)})
    if last != planned_end(post) - 1:
        return Response("the chunk does not have the size announced at init", 400)
    if reason := request.scope.get("sandbox.fail"):
        post.fail = reason
    return await store(request, world, workshop, post, last - first + 1)


def read_range(request: Request) -> tuple[int, int, int] | None:
    """Read the headers of a chunk; None when they are malformed or contradict each other."""
    match = RANGE.fullmatch(request.headers.get("content-range", ""))
    length = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if match is None or not length.isdigit() or kind not in TYPES:
        return None
    first, last, total = (int(group) for group in match.groups())
    if last < first or last >= total or int(length) != last - first + 1:
        return None
    return first, last, total


def planned_end(post: Post) -> int:
    """Return where the next chunk has to end: the last one takes the rest."""
    number = post.received // post.chunk
    return post.total if number >= post.count - 1 else (number + 1) * post.chunk


async def store(request: Request, world: World, workshop: Workshop, post: Post, size: int) -> Response:
    """Take one chunk in; one that breaks off counts as nothing."""
    intake = Intake()
    workshop.intakes[post.upload] = intake
    await take_in(request, file_of(world, post), post.received, size, intake)
    if intake.stopped or not intake.whole or intake.stored != size:
        if workshop.intakes.get(post.upload) is intake:
            workshop.intakes.pop(post.upload)
        return Response("the chunk broke off", 400)
    workshop.intakes.pop(post.upload, None)
    post.received += size
    if post.received < post.total:
        world.shelf(Post).keep(post)
        return Response(status_code=206, headers={"Content-Range": progress(world, post)})
    post.uploaded_at = world.now()
    world.shelf(Post).keep(post)
    workshop.take(post)
    return Response(status_code=201, headers={"Content-Range": progress(world, post)})


def progress(world: World, post: Post) -> str:
    """Return the `Content-Range` that says how much is stored."""
    if not post.received:
        return f"bytes */{post.total}"
    end = post.received if world.switches.tiktok_206_header == "count" else post.received - 1
    return f"bytes 0-{end}/{post.total}"

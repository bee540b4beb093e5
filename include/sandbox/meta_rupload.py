"""rupload: bytes of Instagram containers and Facebook reels, raw and from an offset on (meta.md 2.2, 5.3)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.meta_errors import UploadError
from include.sandbox.meta_fetch import CannotFetch, fetch
from include.sandbox.meta_things import FbVideo, IgContainer, IgProfile, MetaToken
from include.sandbox.meta_tokens import bad_token
from include.sandbox.receiving import Intake, take_in
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World

MAX_BYTES = 4 << 30


async def receive(request: Request) -> Response:
    """`POST …/ig-api-upload/{version}/{id}` and `…/video-upload/{version}/{id}`."""
    world: World = request.app.state.world
    thing = target_of(world, request)
    check_token(world, request, thing)
    if fail := request.scope.get("sandbox.fail"):
        thing.fail = fail
        world.shelf(type(thing)).keep(thing)
    if is_over(world, thing):
        raise UploadError("ProcessingFailedError", "The upload session has expired.")
    if address := request.headers.get("file_url"):
        return await pull(request, world, thing, address)
    return await store(request, world, thing, *numbers(world, request, thing))


def target_of(world: World, request: Request) -> Any:
    """Return the container or reel an address is for."""
    key = request.path_params["key"]
    kind: type[Any] = IgContainer if "/ig-api-upload/" in request.url.path else FbVideo
    thing = world.shelf(kind).get(key)
    refused = isinstance(thing, IgContainer) and thing.source != "resumable"
    if thing is None or refused or (isinstance(thing, FbVideo) and thing.session is not None):
        raise UploadError("ProcessingFailedError", "The upload target does not exist.", status=404)
    return thing


def check_token(world: World, request: Request, thing: Any) -> None:
    """Want `Authorization: OAuth` with a token that reaches the target; Bearer is not accepted."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    token = world.shelf(MetaToken).get(given.strip()) if scheme.lower() == "oauth" else None
    if token is None or bad_token(world, token):
        raise UploadError("NotAuthorizedError", "unauthorized user request", status=401)
    if isinstance(thing, FbVideo):
        reached = token.subject == thing.page
    else:
        profile = world.shelf(IgProfile).get(thing.profile)
        reached = profile is not None and (
            token.subject in (profile.page, profile.id) or (token.kind == "user" and token.person == profile.person)
        )
    if not reached:
        raise UploadError("ProcessingFailedError", "unauthorized user request", status=403)


def is_over(world: World, thing: Any) -> bool:
    """Tell whether a target takes no bytes any more: it is a day old, or failed."""
    failed = thing.failed if isinstance(thing, IgContainer) else thing.upload_error
    return bool(failed) or world.now() > thing.created_at + world.switches.meta_upload_seconds


def numbers(world: World, request: Request, thing: Any) -> tuple[int, int]:
    """Return offset and whole size as the headers say; raises for those that contradict what is stored."""
    offset, size = request.headers.get("offset", ""), request.headers.get("file_size", "")
    if not offset.isdigit() or not size.isdigit() or not 0 < int(size) <= MAX_BYTES:
        raise UploadError("ProcessingFailedError", "The headers offset and file_size are required.")
    if thing.total not in (None, int(size)):
        raise UploadError("ProcessingFailedError", "The file_size differs from that of the first request.")
    return int(offset), int(size)


def bytes_of(world: World, thing: Any) -> int:
    """Return how many bytes are stored: the size of the file."""
    path = file_of(world, thing)
    return path.stat().st_size if path.exists() else 0


async def store(request: Request, world: World, thing: Any, offset: int, size: int) -> Response:
    """Take bytes in from the offset on; what arrived stays when the connection breaks."""
    workshop: Workshop = request.app.state.workshop
    if intake := workshop.intakes.pop(thing.id, None):  # a newer request takes over
        intake.stopped = True
    there = bytes_of(world, thing)
    if offset != there and not (thing.uploaded_at and offset == 0):
        raise UploadError("OffsetInvalidError", f"Offset {offset} does not match: {there} bytes are stored.")
    if thing.uploaded_at:
        return success()
    thing.total = size
    world.shelf(type(thing)).keep(thing)
    intake = workshop.intakes[thing.id] = Intake()
    await take_in(request, file_of(world, thing), there, size - there, intake)
    if workshop.intakes.get(thing.id) is intake:
        workshop.intakes.pop(thing.id)
    if bytes_of(world, thing) < size:
        text = f"{bytes_of(world, thing)} of {size} bytes arrived."
        raise UploadError("PartialRequestError", text, retriable=True)
    return complete(world, workshop, thing, size)


def complete(world: World, workshop: Workshop, thing: Any, size: int) -> Response:
    """Note that every byte is there, and let the file be looked at."""
    thing.uploaded_at, thing.size, thing.total = world.now(), size, size
    if str(thing.fail).startswith("1363008"):
        thing.stuck = True
    world.shelf(type(thing)).keep(thing)
    workshop.take(thing)
    return success()


def resume(world: World, workshop: Workshop) -> None:
    """After a restart, take what had every byte but was not noted yet."""
    kinds: tuple[type[Any], ...] = (IgContainer, FbVideo)
    for thing in (one for kind in kinds for one in world.shelf(kind)):
        waiting = thing.uploaded_at is None and thing.total is not None and not is_over(world, thing)
        if waiting and getattr(thing, "source", "resumable") == "resumable" and bytes_of(world, thing) == thing.total:
            complete(world, workshop, thing, thing.total)


def success() -> Response:
    """Answer that all is well."""
    return JSONResponse({"success": True, "message": "Upload successful."})


async def pull(request: Request, world: World, thing: Any, address: str) -> Response:
    """Fetch a hosted file (`file_url`) before answering; a reel's crawler heeds robots.txt."""
    workshop: Workshop = request.app.state.workshop
    path: Path = file_of(world, thing)
    robots = isinstance(thing, FbVideo)
    try:
        size = await asyncio.to_thread(
            fetch, address, path, seconds=world.switches.meta_fetch_seconds, most=MAX_BYTES, robots=robots
        )
    except CannotFetch as error:
        raise UploadError("ProcessingFailedError", f"The file could not be fetched: {error.detail}") from None
    return complete(world, workshop, thing, size)


def rupload_routes(product: str) -> list[BaseRoute]:
    """Return the upload addresses of one product."""
    return [
        Route(f"/{product}/rupload/{edge}/{{version}}/{{key}}", receive, methods=["POST"])
        for edge in ("ig-api-upload", "video-upload")
    ]

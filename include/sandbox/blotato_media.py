"""Media at Blotato: places for bytes, and copies of what lies at an address (reference C.3)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import shutil
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.asking import object_of
from include.sandbox.gateway_things import BlotatoMedia
from include.sandbox.keyed import KeyHolder
from include.sandbox.meta_fetch import CannotFetch, fetch
from include.sandbox.receiving import Intake, take_in
from include.sandbox.world import World, new_id

MAX_BYTES = 1 << 30
MAX_DATA_BYTES = 15_000_000
FETCH_SECONDS = 60


def media_file(media: BlotatoMedia) -> str:
    """Return what its file is called below `World.files`."""
    return f"blotato-media-{media.id}"


def new_media(world: World, holder: KeyHolder, name: str) -> BlotatoMedia:
    """Make a place for a file."""
    ending = Path(name).suffix or ".mp4"
    return world.shelf(BlotatoMedia).keep(
        BlotatoMedia(
            id=f"{new_id(20)}{ending}", user=holder.user, name=name, secret=new_id(32), created_at=world.now(),
            until=world.now() + world.switches.blotato_presigned_seconds,
        )
    )  # fmt: skip


def public_address(request: Request, media: BlotatoMedia) -> str:
    """Return where anybody may fetch it."""
    return f"{str(request.base_url).rstrip('/')}/blotato/database/{media.id}"


async def begin(request: Request, holder: KeyHolder) -> Response:
    """`POST /v2/media/uploads`: where to put the bytes, and where they will be."""
    world: World = request.app.state.world
    name = (await object_of(request)).get("filename")
    if not isinstance(name, str) or not name:
        return refusal("body must have required property 'filename'")
    media = new_media(world, holder, name)
    base = str(request.base_url).rstrip("/")
    presigned = f"{base}/blotato/storage/{media.id}?token={media.secret}"
    return JSONResponse({"presignedUrl": presigned, "publicUrl": public_address(request, media)})


async def put(request: Request) -> Response:
    """`PUT` of the raw bytes to the presigned address; the storage knows no API key and wants none."""
    world: World = request.app.state.world
    media = world.shelf(BlotatoMedia).get(request.path_params["key"])
    if media is None or request.query_params.get("token") != media.secret:
        return Response("Access denied", 403)
    if world.now() > media.until:
        return Response("Request has expired", 403)
    if "blotato-api-key" in request.headers:
        return Response("An API key does not belong here", 400)
    if not request.headers.get("content-type"):
        return Response("Content-Type is missing", 400)
    path, intake = world.files / media_file(media), Intake()
    path.unlink(missing_ok=True)
    await take_in(request, path, 0, MAX_BYTES, intake)
    if not intake.whole or intake.stored != int(request.headers.get("content-length", intake.stored)):
        return Response("Incomplete body", 400)
    media.arrived_at, media.size = world.now(), intake.stored
    world.shelf(BlotatoMedia).keep(media)
    return Response(status_code=200)


async def give(request: Request) -> Response:
    """The public address: gives out what arrived, for whoever knows it."""
    world: World = request.app.state.world
    media = world.shelf(BlotatoMedia).get(request.path_params["key"])
    if media is None or media.arrived_at is None:
        return Response("Not Found", 404)
    return Response((world.files / media_file(media)).read_bytes(), media_type="application/octet-stream")


async def copy_from(request: Request, holder: KeyHolder) -> Response:
    """`POST /v2/media`: copy what lies at an address, or a small file in the body itself."""
    world: World = request.app.state.world
    address = (await object_of(request)).get("url")
    if not isinstance(address, str):
        return refusal("body must have required property 'url'")
    media = new_media(world, holder, "copy.mp4")
    path = world.files / media_file(media)
    try:
        if address.startswith("data:"):
            content = base64.b64decode(address.partition(",")[2], validate=True)
            if len(content) > MAX_DATA_BYTES:
                return refusal("The file is too large")
            path.write_bytes(content)
        else:
            await asyncio.to_thread(fetch, address, path, seconds=FETCH_SECONDS, most=MAX_BYTES)
    except (CannotFetch, binascii.Error) as error:
        return refusal(f"Failed to fetch the media: {error}")
    media.arrived_at, media.size = world.now(), path.stat().st_size
    world.shelf(BlotatoMedia).keep(media)
    return JSONResponse({"url": public_address(request, media)}, 201)


async def bring(world: World, address: str, path: Path) -> int:
    """Bring what a post's address holds into a file; ours is copied, others are fetched. Raises `CannotFetch`."""
    mine = world.shelf(BlotatoMedia).get(address.rpartition("/blotato/database/")[2])
    if mine is not None and mine.arrived_at:
        await asyncio.to_thread(shutil.copyfile, world.files / media_file(mine), path)
        return mine.size
    return await asyncio.to_thread(fetch, address, path, seconds=FETCH_SECONDS, most=MAX_BYTES)


def refusal(message: str, status: int = 422) -> Response:
    """Answer a refusal in the shape clients have seen."""
    names = {401: "Unauthorized", 404: "Not Found", 422: "Unprocessable Entity", 429: "Too Many Requests"}
    return JSONResponse({"statusCode": status, "error": names[status], "message": message}, status)

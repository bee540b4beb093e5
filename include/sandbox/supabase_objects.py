"""Objects of Supabase Storage: put, told of, signed, sent, deleted (E.4)."""

from __future__ import annotations

import mimetypes
import os
import uuid
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from include.sandbox.receiving import Intake, take_in, write_all
from include.sandbox.supabase_answers import (
    KEY,
    StorageError,
    bucket_of,
    check_key,
    check_token,
    duplicate,
    limits,
    object_in,
    object_of,
    signed_token,
)
from include.sandbox.supabase_buckets import listed
from include.sandbox.supabase_things import Bucket, StoredObject
from include.sandbox.world import World, iso, new_id

MAX_STANDARD_BYTES = 5 * 10**9
ALIEN = "Either the object does not exist or you do not have access to it"


async def put_object(request: Request) -> Response:
    """`POST /object/{bucket}/{path}` makes an object, `PUT` replaces one; it appears when all bytes are there."""
    world = check_key(request)
    bucket = bucket_of(world, request.path_params["bucket"])
    path = checked_path(request.path_params["path"])
    there = world.shelf(StoredObject).get(f"{bucket.id}/{path}")
    if there and request.method == "POST" and request.headers.get("x-upsert") != "true":
        raise duplicate()
    file = f"supabase-{new_id(20)}"
    content_type, intake = await received(request, world, file, bucket)
    if not intake.whole:
        (world.files / file).unlink(missing_ok=True)
        raise StorageError(400, "InvalidRequest", "Error", "the body broke off")
    if problem := limits(bucket, intake.offered, content_type):
        (world.files / file).unlink(missing_ok=True)
        raise problem
    found = keep_object(
        world, bucket.id, path, file=file, size=intake.stored, content_type=content_type,
        cache_control=request.headers.get("cache-control", "no-cache"),
    )  # fmt: skip
    return JSONResponse({"Id": found.uuid, "Key": found.id})


async def received(request: Request, world: World, file: str, bucket: Bucket) -> tuple[str, Intake]:
    """Take a body in, raw or as the form's file; return its type and how much came."""
    kind = request.headers.get("content-type", "application/octet-stream")
    intake = Intake()
    if not kind.startswith("multipart/form-data"):
        announced = request.headers.get("content-length", "0")
        if problem := limits(bucket, int(announced), kind):
            raise problem
        await take_in(request, world.files / file, 0, MAX_STANDARD_BYTES, intake)
        return kind, intake
    async with request.form() as form:
        part = next((value for value in form.values() if isinstance(value, UploadFile)), None)
        if part is None:
            raise StorageError(400, "InvalidRequest", "Error", "the form has no file")
        target = os.open(world.files / file, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            while piece := await part.read(1 << 20):
                write_all(target, piece, intake.stored)
                intake.stored = intake.offered = intake.stored + len(piece)
        finally:
            os.close(target)
        intake.whole = True
        guessed = mimetypes.guess_type(part.filename or "")[0]
        return part.content_type or guessed or "application/octet-stream", intake


def keep_object(world: World, bucket: str, path: str, **known: Any) -> StoredObject:
    """Put an object on the shelf in place of the one before it, whose bytes go."""
    shelf, now = world.shelf(StoredObject), world.now()
    before = shelf.get(f"{bucket}/{path}")
    found = StoredObject(
        id=f"{bucket}/{path}", uuid=str(uuid.uuid4()), bucket=bucket, path=path, updated_at=now,
        created_at=before.created_at if before else now, **known,
    )  # fmt: skip
    shelf.keep(found)
    if before:
        (world.files / before.file).unlink(missing_ok=True)
    return found


def checked_path(path: str) -> str:
    """Return a path as it may be; raise `StorageError` for letters that are not allowed and for steps upwards."""
    if not KEY.fullmatch(path) or any(step in {"", ".", ".."} for step in path.split("/")):
        raise StorageError(400, "InvalidKey", "InvalidKey", f"Invalid key: {path}")
    return path


async def tell_object(request: Request) -> Response:
    """`GET /object/info/{bucket}/{path}`."""
    found = object_of(check_key(request), request.path_params["bucket"], request.path_params["path"])
    return JSONResponse(
        {
            "id": found.uuid, "name": found.path, "version": found.file, "bucket_id": found.bucket, "size": found.size,
            "content_type": found.content_type, "cache_control": found.cache_control, "etag": f'"{found.uuid}"',
            "metadata": {}, "created_at": iso(found.created_at), "last_modified": iso(found.updated_at),
        }
    )  # fmt: skip


async def get_object(request: Request) -> Response:
    """`GET /object/authenticated/{bucket}/{path}`."""
    world = check_key(request)
    return sent(world, object_of(world, request.path_params["bucket"], request.path_params["path"]))


async def get_public(request: Request) -> Response:
    """`GET /object/public/{bucket}/{path}`: of a public bucket; a private one is not there."""
    world: World = request.app.state.world
    bucket = bucket_of(world, request.path_params["bucket"])
    if not bucket.public:
        raise StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found")
    return sent(world, object_of(world, bucket.id, request.path_params["path"]))


async def sign_object(request: Request) -> Response:
    """`POST /object/sign/{bucket}/{path}`: an address relative to the base, for an object that is there."""
    world, wanted = check_key(request), await object_in(request)
    found = object_of(world, request.path_params["bucket"], request.path_params["path"])
    return JSONResponse({"signedURL": signed(world, found, seconds_in(wanted))})


async def sign_objects(request: Request) -> Response:
    """`POST /object/sign/{bucket}`: several at once."""
    world, wanted = check_key(request), await object_in(request)
    bucket, seconds = bucket_of(world, request.path_params["bucket"]), seconds_in(wanted)
    answers = []
    for path in wanted.get("paths") or []:
        found = world.shelf(StoredObject).get(f"{bucket.id}/{path}")
        url = signed(world, found, seconds) if found else None
        answers.append({"error": None if found else ALIEN, "path": path, "signedURL": url})
    return JSONResponse(answers)


def seconds_in(wanted: dict[str, Any]) -> int:
    """Read `expiresIn`: whole seconds from 1 on, a number or a text of digits."""
    seconds = wanted.get("expiresIn")
    if isinstance(seconds, str) and seconds.isdecimal():
        seconds = int(seconds)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
        raise StorageError(400, "InvalidRequest", "Error", "body/expiresIn must be integer >= 1")
    return seconds


def signed(world: World, found: StoredObject, seconds: int) -> str:
    """Return an object's signed address, relative to the base."""
    return f"/object/sign/{found.id}?token={signed_token(world, found.id, 'download', seconds)}"


async def get_signed(request: Request) -> Response:
    """`GET /object/sign/{bucket}/{path}?token=…`: whoever has the token."""
    world: World = request.app.state.world
    key = f"{request.path_params['bucket']}/{request.path_params['path']}"
    check_token(world, request.query_params.get("token"), key, "download")
    return sent(world, object_of(world, request.path_params["bucket"], request.path_params["path"]))


def sent(world: World, found: StoredObject) -> Response:
    """Send an object; ranges are served."""
    return FileResponse(
        world.files / found.file, media_type=found.content_type, headers={"cache-control": found.cache_control}
    )


async def delete_object(request: Request) -> Response:
    """`DELETE /object/{bucket}/{path}`."""
    world = check_key(request)
    drop(world, object_of(world, request.path_params["bucket"], request.path_params["path"]))
    return JSONResponse({"message": "Successfully deleted"})


async def delete_objects(request: Request) -> Response:
    """`DELETE /object/{bucket}`: exact names; unknown ones are passed over in silence."""
    world, wanted = check_key(request), await object_in(request)
    bucket = bucket_of(world, request.path_params["bucket"])
    found = [world.shelf(StoredObject).get(f"{bucket.id}/{path}") for path in wanted.get("prefixes") or []]
    there = [one for one in found if one]
    for one in there:
        drop(world, one)
    return JSONResponse([{**listed(one.path, one), "bucket_id": bucket.id} for one in there])


def drop(world: World, found: StoredObject) -> None:
    """Take an object and its bytes away."""
    world.shelf(StoredObject).drop(found.id)
    (world.files / found.file).unlink(missing_ok=True)

"""Supabase Storage's resumable uploads: TUS 1.0.0 with parts of 6 MiB; real statuses, plain text (E.4)."""

from __future__ import annotations

import base64
import binascii

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.receiving import Intake, take_in
from include.sandbox.supabase_answers import StorageError, UploadError, bucket_of, check_key, limits
from include.sandbox.supabase_objects import checked_path, keep_object
from include.sandbox.supabase_things import Resumable, StoredObject
from include.sandbox.workshop import Workshop
from include.sandbox.world import World, new_id

PART_BYTES = 6 << 20
TUS = {"Tus-Resumable": "1.0.0"}


async def start(request: Request) -> Response:
    """`POST /upload/resumable`: 201 and the address for the parts."""
    world = checked(request)
    length, told = request.headers.get("upload-length", ""), metadata(request)
    if not length.isdecimal() or {"bucketName", "objectName"} - set(told):
        raise UploadError(400, "Upload-Length, bucketName and objectName are required")
    kind = told.get("contentType", "application/octet-stream")
    try:
        bucket, path = bucket_of(world, told["bucketName"]), checked_path(told["objectName"])
    except StorageError as error:
        raise UploadError(error.status, error.body["message"]) from None
    upsert = request.headers.get("x-upsert") == "true"
    if world.shelf(StoredObject).get(f"{bucket.id}/{path}") and not upsert:
        raise UploadError(409, "The resource already exists")
    if problem := limits(bucket, int(length), kind):
        raise UploadError(problem.status, problem.body["message"])
    key = base64.urlsafe_b64encode(f"{bucket.id}/{path}/{new_id(16)}".encode()).rstrip(b"=").decode()
    upload = Resumable(
        id=key, bucket=bucket.id, path=path, file=f"supabase-{new_id(20)}", size=int(length), content_type=kind,
        cache_control=f"max-age={told.get('cacheControl', '3600')}", upsert=upsert, created_at=world.now(),
    )  # fmt: skip
    world.shelf(Resumable).keep(upload)
    address = f"{str(request.base_url).rstrip('/')}/supabase/upload/resumable/{key}"
    return Response(status_code=201, headers={**TUS, "Location": address})


async def add(request: Request) -> Response:
    """`PATCH` one part at the right place; what arrives of a broken one counts."""
    world = checked(request)
    upload, workshop = found(world, request), workshop_of(request)
    if request.headers.get("content-type") != "application/offset+octet-stream":
        raise UploadError(415, "Content-Type must be application/offset+octet-stream")
    if intake := workshop.intakes.pop(upload.id, None):  # the newer request takes over
        intake.stopped = True
    if request.headers.get("upload-offset") != str(upload.received):
        raise UploadError(409, "Upload-Offset conflict")
    expected = min(PART_BYTES, upload.size - upload.received)
    if request.headers.get("content-length") != str(expected):
        raise UploadError(400, f"a part has exactly {PART_BYTES} bytes, the last one the rest")
    intake = Intake()
    workshop.intakes[upload.id] = intake
    await take_in(request, world.files / upload.file, upload.received, expected, intake)
    if intake.stopped:
        raise UploadError(409, "another request took over")
    workshop.intakes.pop(upload.id, None)
    upload.received += intake.stored
    done = upload.received == upload.size
    with world.together():
        upload.over = done
        world.shelf(Resumable).keep(upload)
        if done:
            keep_object(
                world, upload.bucket, upload.path, file=upload.file, size=upload.size,
                content_type=upload.content_type, cache_control=upload.cache_control,
            )  # fmt: skip
    complete = {"Tus-Complete": "1"} if done else {}
    return Response(status_code=204, headers={**TUS, "Upload-Offset": str(upload.received), **complete})


async def tell(request: Request) -> Response:
    """`HEAD`: how far it is; needs no key."""
    upload = found(request.app.state.world, request)
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return Response(status_code=200, headers={**TUS, **headers})


def checked(request: Request) -> World:
    """Return the world for a request of the right version with the right key; raise `UploadError` else."""
    if request.headers.get("tus-resumable") != "1.0.0":
        raise UploadError(412, "Tus-Resumable: 1.0.0 is required")
    try:
        return check_key(request)
    except StorageError as error:
        raise UploadError(error.status, error.body["message"]) from None


def found(world: World, request: Request) -> Resumable:
    """Return the upload of an address; raise `UploadError` for an unknown one and one that is over."""
    upload = world.shelf(Resumable).get(request.path_params["upload"])
    if upload is None:
        raise UploadError(404, "upload not found")
    if upload.over or world.now() > upload.created_at + world.switches.supabase_upload_seconds:
        raise UploadError(410, "the upload is over")
    return upload


def metadata(request: Request) -> dict[str, str]:
    """Read `Upload-Metadata`: names with base64 values, separated by commas."""
    told = {}
    for pair in request.headers.get("upload-metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise UploadError(400, "Upload-Metadata is not base64") from None
    return told


def workshop_of(request: Request) -> Workshop:
    """Return the workshop, which knows who is storing bytes just now."""
    workshop: Workshop = request.app.state.workshop
    return workshop

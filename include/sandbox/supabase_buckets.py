"""Buckets of Supabase Storage, and what lists show of the objects in them (E.4)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.supabase_answers import StorageError, bucket_of, check_key, duplicate, object_in
from include.sandbox.supabase_things import Bucket, StoredObject
from include.sandbox.world import iso

SIZE_UNITS = {"KB": 1000, "MB": 1000**2, "GB": 1000**3}


async def create_bucket(request: Request) -> Response:
    """`POST /bucket`."""
    world, wanted = check_key(request), await object_in(request)
    name = str(wanted.get("name", ""))
    if not name:
        raise StorageError(400, "InvalidRequest", "Error", "body must have required property 'name'")
    key = str(wanted.get("id") or name)
    if world.shelf(Bucket).get(key):
        raise duplicate()
    bucket = Bucket(
        id=key, created_at=world.now(), public=bool(wanted.get("public")),
        file_size_limit=size_in_bytes(wanted.get("file_size_limit")),
        allowed_mime_types=wanted.get("allowed_mime_types"),
    )  # fmt: skip
    world.shelf(Bucket).keep(bucket)
    return JSONResponse({"name": name})


async def get_bucket(request: Request) -> Response:
    """`GET /bucket/{id}`."""
    bucket = bucket_of(check_key(request), request.path_params["bucket"])
    told = {"name": bucket.id, "owner": "", "created_at": iso(bucket.created_at)}
    return JSONResponse({**vars(bucket), **told, "updated_at": iso(bucket.created_at)})


def size_in_bytes(limit: Any) -> int | None:
    """Read a size as people write it: a number, or a text such as "2GB"."""
    if isinstance(limit, str) and limit[-2:].upper() in SIZE_UNITS:
        return int(float(limit[:-2]) * SIZE_UNITS[limit[-2:].upper()])
    return int(limit) if limit is not None else None


async def list_objects(request: Request) -> Response:
    """`POST /object/list/{bucket}`: one folder; folders in it have no id."""
    world, wanted = check_key(request), await object_in(request)
    bucket = bucket_of(world, request.path_params["bucket"])
    prefix = str(wanted.get("prefix") or "").strip("/")
    start = f"{prefix}/" if prefix else ""
    entries: dict[str, dict[str, Any]] = {}
    for found in world.shelf(StoredObject):
        if found.bucket == bucket.id and found.path.startswith(start):
            name, slash, _ = found.path.removeprefix(start).partition("/")
            entries[name] = {"name": name, "id": None, "metadata": None} if slash else listed(name, found)
    names = sorted(entries)[int(wanted.get("offset") or 0) :][: int(wanted.get("limit") or 100)]
    return JSONResponse([entries[name] for name in names])


def listed(name: str, found: StoredObject) -> dict[str, Any]:
    """Return an object as a list shows it."""
    metadata = {
        "size": found.size, "mimetype": found.content_type, "eTag": f'"{found.uuid}"',
        "cacheControl": found.cache_control,
    }  # fmt: skip
    times = {"created_at": iso(found.created_at), "updated_at": iso(found.updated_at)}
    return {"name": name, "id": found.uuid, **times, "last_accessed_at": iso(found.updated_at), "metadata": metadata}

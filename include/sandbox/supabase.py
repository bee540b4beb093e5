"""Supabase Storage in the sandbox: where files are hosted for platforms that fetch them; not a platform to post on."""

from __future__ import annotations

import re

from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from include.sandbox import supabase_buckets as buckets
from include.sandbox import supabase_objects as objects
from include.sandbox import supabase_tus as tus
from include.sandbox.platforms import Kept, Platform
from include.sandbox.supabase_answers import StorageError, UploadError, answer_error, answer_upload_error
from include.sandbox.supabase_things import Bucket, Resumable, StoredObject
from include.sandbox.world import World

BASE = "/supabase"
UPLOAD = re.compile(rf"{BASE}/upload/resumable/([\w-]+)")
ENDPOINTS = (
    ("POST", r"/bucket", "bucket.create"),
    ("GET", r"/bucket/.+", "bucket.get"),
    ("GET", r"/object/info/.+", "object.info"),
    ("GET", r"/object/(authenticated|public)/.+", "object.get"),
    ("POST", r"/object/sign/.+", "object.sign"),
    ("GET", r"/object/sign/.+", "object.signed"),
    ("POST", r"/object/list/.+", "object.list"),
    ("GET", r"/object/.+", "object.get"),
    ("DELETE", r"/object/.+", "object.delete"),
    ("POST|PUT", r"/object/.+", "object.put"),
    ("POST", r"/upload/resumable", "resumable.start"),
    ("PATCH", r"/upload/resumable/.+", "resumable.part"),
    ("HEAD", r"/upload/resumable/.+", "resumable.tell"),
)


def supabase_routes() -> list[BaseRoute]:
    """Return every route."""
    one = "{bucket}/{path:path}"
    return [
        Route(f"{BASE}/bucket", buckets.create_bucket, methods=["POST"]),
        Route(f"{BASE}/bucket/{{bucket}}", buckets.get_bucket, methods=["GET"]),
        Route(f"{BASE}/object/info/{one}", objects.tell_object, methods=["GET"]),
        Route(f"{BASE}/object/authenticated/{one}", objects.get_object, methods=["GET"]),
        Route(f"{BASE}/object/public/{one}", objects.get_public, methods=["GET"]),
        Route(f"{BASE}/object/list/{{bucket}}", buckets.list_objects, methods=["POST"]),
        Route(f"{BASE}/object/sign/{{bucket}}", objects.sign_objects, methods=["POST"]),
        Route(f"{BASE}/object/sign/{one}", objects.sign_object, methods=["POST"]),
        Route(f"{BASE}/object/sign/{one}", objects.get_signed, methods=["GET"]),
        Route(f"{BASE}/object/{{bucket}}", objects.delete_objects, methods=["DELETE"]),
        Route(f"{BASE}/object/{one}", objects.put_object, methods=["POST", "PUT"]),
        Route(f"{BASE}/object/{one}", objects.get_object, methods=["GET"]),  # storage3 and storage-js ask here
        Route(f"{BASE}/object/{one}", objects.delete_object, methods=["DELETE"]),
        Route(f"{BASE}/upload/resumable", tus.start, methods=["POST"]),
        Route(f"{BASE}/upload/resumable/{{upload}}", tus.add, methods=["PATCH"]),
        Route(f"{BASE}/upload/resumable/{{upload}}", tus.tell, methods=["HEAD"]),
    ]


def endpoint_name(scope: Scope) -> str | None:
    """Name a request to Supabase Storage."""
    if not scope["path"].startswith(f"{BASE}/"):
        return None
    asked = f"{scope['method']} {scope['path'].removeprefix(BASE)}"
    return next((name for methods, path, name in ENDPOINTS if re.fullmatch(f"({methods}) {path}", asked)), "unknown")


def forget_upload(world: World, scope: Scope) -> None:
    """Forget the resumable upload a request is about."""
    if matched := UPLOAD.fullmatch(scope["path"]):
        world.shelf(Resumable).drop(matched[1])


PLATFORM = Platform(
    name="supabase",
    place="Supabase Storage",
    routes=supabase_routes,
    bases={"storage": BASE},
    endpoint_name=endpoint_name,
    error_handlers={StorageError: answer_error, UploadError: answer_upload_error},
    kept=(Kept(kind=Bucket), Kept(kind=StoredObject), Kept(kind=Resumable)),
    forget_upload=forget_upload,
)

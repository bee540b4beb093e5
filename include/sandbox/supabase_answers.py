"""How Supabase Storage answers: the trap of status 400 for nearly everything, keys, and signed tokens (E.4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from include.sandbox.endpoints import bearer
from include.sandbox.supabase_things import Bucket, StoredObject
from include.sandbox.world import World

Json = dict[str, Any]
REAL_STATUSES = frozenset({429, 544})
"""Besides those from 500 on, the only ones that are also the status of the answer."""
KEY = re.compile(r"[A-Za-z0-9_/!.*'() &$=@;:+,?-]+")
_HEAD = {"alg": "HS256", "typ": "JWT"}


class StorageError(Exception):
    """An error of the ordinary routes; `status` is the one in the body."""

    def __init__(self, status: int, code: str, error: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"statusCode": str(status), "code": code, "error": error, "message": message}


class UploadError(Exception):
    """An error of a resumable upload: a real status and plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def no_key() -> StorageError:
    """Return the error for an object that is not there."""
    return StorageError(404, "NoSuchKey", "not_found", "Object not found")


def duplicate() -> StorageError:
    """Return the error for an object that is there."""
    return StorageError(409, "KeyAlreadyExists", "Duplicate", "The resource already exists")


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer a `StorageError`."""
    if not isinstance(error, StorageError):
        raise error
    real = error.status in REAL_STATUSES or error.status >= 500
    return JSONResponse(error.body, error.status if real else 400)


async def answer_upload_error(request: Request, error: Exception) -> Response:
    """Answer an `UploadError`."""
    if not isinstance(error, UploadError):
        raise error
    return PlainTextResponse(error.text, error.status, {"Tus-Resumable": "1.0.0"})


def check_key(request: Request) -> World:
    """Return the world when the request carries the project's service-role key; raise `StorageError` else."""
    world: World = request.app.state.world
    if "authorization" not in request.headers:
        message = "headers must have required property 'authorization'"
        raise StorageError(400, "InvalidRequest", "Error", message)
    if bearer(request.scope) != world.switches.supabase_service_key:
        raise StorageError(403, "AccessDenied", "Unauthorized", "Invalid Compact JWS")
    return world


def bucket_of(world: World, name: str) -> Bucket:
    """Return a bucket; raise `StorageError` when there is none."""
    found = world.shelf(Bucket).get(name)
    if found is None:
        raise StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found")
    return found


def object_of(world: World, bucket: str, path: str) -> StoredObject:
    """Return an object; raise `StorageError` when there is none."""
    found = world.shelf(StoredObject).get(f"{bucket_of(world, bucket).id}/{path}")
    if found is None:
        raise no_key()
    return found


def limits(bucket: Bucket, size: int, content_type: str) -> StorageError | None:
    """Return what a bucket has against a file, or None."""
    if bucket.file_size_limit is not None and size > bucket.file_size_limit:
        message = "The object exceeded the maximum allowed size"
        return StorageError(413, "EntityTooLarge", "Payload too large", message)
    allowed = bucket.allowed_mime_types
    if allowed is not None and content_type.partition(";")[0].strip() not in allowed:
        return StorageError(415, "InvalidMimeType", "invalid_mime_type", f"mime type {content_type} is not supported")
    return None


async def object_in(request: Request) -> Json:
    """Read a JSON object; raise `StorageError` for anything else."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise StorageError(400, "InvalidRequest", "Error", "body must be object")
    return body


def signed_token(world: World, url: str, scope: str, seconds: int) -> str:
    """Return a token (JWT, HS256) for one object."""
    now = int(world.now())
    claims = {"url": url, "scope": scope, "iat": now, "exp": now + seconds}
    text = ".".join(_encoded(json.dumps(part).encode()) for part in (_HEAD, claims))
    return f"{text}.{_encoded(_mac(world, text))}"


def check_token(world: World, token: str | None, url: str, scope: str) -> None:
    """Raise `StorageError` unless we signed the token for this object and it has not expired."""
    if token is None:
        raise StorageError(400, "InvalidRequest", "Error", "querystring must have required property 'token'")
    text, _, mac = token.rpartition(".")
    if not hmac.compare_digest(mac.encode(), _encoded(_mac(world, text)).encode()):
        raise StorageError(400, "InvalidJWT", "InvalidJWT", "signature verification failed")
    claims = json.loads(base64.urlsafe_b64decode(text.partition(".")[2] + "=="))
    if claims["exp"] <= world.now():
        raise StorageError(400, "InvalidJWT", "InvalidJWT", '"exp" claim timestamp check failed')
    if claims["url"] != url or claims["scope"] != scope:
        raise StorageError(400, "InvalidSignature", "InvalidSignature", "Invalid signature")


def _mac(world: World, text: str) -> bytes:
    key = hashlib.sha256(world.switches.supabase_service_key.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

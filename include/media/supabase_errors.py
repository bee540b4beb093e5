"""What Supabase Storage's errors mean. Trap: nearly all come as status 400; the real one is a text in the body.

Resumable uploads are the exception: their status is real and their body is plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import httpx

from include.platforms.errors import Rejected, TryAgain
from include.platforms.http import body_of, seconds_to_wait

MISSING_OBJECT = frozenset({"NoSuchKey", "not_found"})
MISSING_BUCKET = frozenset({"NoSuchBucket", "Bucket not found"})
NOT_ACCEPTED = frozenset({401, 403})
JWT_CODES = frozenset({"InvalidJWT", "InvalidSignature", "ExpiredToken", "AccessDenied"})
LARGEST = 413
WRONG_TYPE = 415
BUSY = 429


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An error as its body tells it."""

    status: int
    code: str
    error: str
    message: str

    @property
    def is_missing_bucket(self) -> bool:
        """Whether the bucket is what is missing."""
        return bool({self.code, self.error, self.message} & MISSING_BUCKET)


def read_refusal(response: httpx.Response) -> Refusal:
    """Read an error: JSON with `statusCode`, `code`, `error`, `message`, or plain text with a real status."""
    told: Any = body_of(response)
    if not isinstance(told, dict):
        return Refusal(status=response.status_code, code="", error="", message=response.text[:300].strip())
    status = str(told.get("statusCode", ""))
    return Refusal(
        status=int(status) if status.isdecimal() else response.status_code,
        code=str(told.get("code", "")),
        error=str(told.get("error", "")),
        message=str(told.get("message", ""))[:300],
    )


def gone(response: httpx.Response) -> bool:
    """Say whether an error means that the object is not there (and the bucket is)."""
    if response.is_success:
        return False
    refusal = read_refusal(response)
    return not refusal.is_missing_bucket and (refusal.status == 404 or refusal.code in MISSING_OBJECT)


def refused(response: httpx.Response, bucket: str) -> NoReturn:
    """Raise what an error means for us: `TryAgain` for a passing fault, else `Rejected` with what to do."""
    refusal = read_refusal(response)
    facts: dict[str, Any] = {"status": refusal.status, "code": refusal.code or None}
    if refusal.status == BUSY or refusal.status >= 500:
        after = seconds_to_wait(response)
        raise TryAgain(f"Supabase Storage is in trouble: {refusal.message}", after=after, **facts)
    if refusal.is_missing_bucket:
        sentence = f"The Supabase bucket {bucket} does not exist: make a private bucket of that name."
    elif refusal.status in NOT_ACCEPTED or refusal.code in JWT_CODES:
        sentence = f"Supabase does not accept our key for the bucket {bucket}: {refusal.message}"
    elif refusal.status == LARGEST:
        sentence = f"The file is larger than the Supabase bucket {bucket} or its project allows."
    elif refusal.status == WRONG_TYPE:
        sentence = f"The Supabase bucket {bucket} does not take this type of file: {refusal.message}"
    else:
        sentence = f"Supabase Storage refuses: {refusal.message}"
    raise Rejected(sentence, **facts)

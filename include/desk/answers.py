"""What the REST API's routes share: the problems each may answer with, for the documentation."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from include.desk.problems import MEDIA_TYPE

SCHEMA = {"$ref": "#/components/schemas/Problem"}

Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
"""A name of ours that a sentence may repeat: a token that was put here by mistake is refused without being shown."""

MEANINGS = {
    400: "The request cannot be read, or the sign-in at the platform led to nothing; the sentence says why.",
    401: "Nobody is signed in.",
    403: "You may not act for another user, or another site's page sent this.",
    404: "There is no such thing, or it is another user's: the answer is the same.",
    409: "It stands where this cannot be done (the sentence says where), or this Idempotency-Key is being worked on.",
    412: "It has changed since it was looked at: `If-Match` does not name what it is now.",
    413: "The body is too large; it was not read.",
    415: "The body is packed (Content-Encoding); it was not read.",
    416: "The file has no bytes there.",
    422: "Something in the request cannot be used, or the platform does not accept it; `problems` names each.",
    429: "You ask too often, or a limit of the platform is reached; `Retry-After` says until when.",
    502: "The platform failed, or its answer was lost.",
    503: "Something we need does not answer, or the installation is not set up for this.",
}
ALWAYS = (400, 401, 403, 413, 415, 422, 429, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return FastAPI's `responses` for these statuses; those of `ALWAYS` may always come."""
    told = {status: MEANINGS[status] for status in (*ALWAYS, *statuses)} | {500: "A mistake of ours, with a number."}
    return {
        status: {"description": meaning, "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
        for status, meaning in sorted(told.items())
    }

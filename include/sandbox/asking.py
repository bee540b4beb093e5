"""How the sandbox's own controls are asked: a JSON object, or a sentence that says what is wrong."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class BadControl(Exception):
    """A control was used wrongly; the sentence says how it should be."""


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer 400 with the sentence."""
    return JSONResponse({"error": str(error)}, 400)


async def object_of(request: Request) -> dict[str, Any]:
    """Read the request's JSON object."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise BadControl(f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadControl("The body must be a JSON object.")
    return body

"""Meta's error envelope (meta.md 0.5), and the errors every graph call may end with (7, 9.4)."""

from __future__ import annotations

import json
import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Json = dict[str, Any]
TRACE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class GraphError(Exception):
    """An error of the Graph API; everything of the envelope that is not None is sent."""

    def __init__(
        self,
        code: int,
        message: str,
        subcode: int | None = None,
        *,
        kind: str = "OAuthException",
        status: int = 400,
        title: str | None = None,
        told: str | None = None,
        transient: bool | None = None,
        data: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status
        self._body = {
            "message": message, "type": kind, "code": code, "error_subcode": subcode, "is_transient": transient,
            "error_user_title": title, "error_user_msg": told, "error_data": data,
        }  # fmt: skip

    def envelope(self, trace: str) -> Json:
        """Return the body."""
        known = {name: value for name, value in self._body.items() if value is not None}
        return {"error": {**known, "fbtrace_id": trace}}


def new_trace() -> str:
    """Make a `fbtrace_id`: A and 22 characters."""
    return "A" + "".join(secrets.choice(TRACE_LETTERS) for _ in range(22))


class UploadError(Exception):
    """An error of rupload (meta.md 2.2): `kind` such as OffsetInvalidError; its message may be JSON text."""

    def __init__(self, kind: str, message: str, *, retriable: bool = False, status: int = 400) -> None:
        super().__init__(message)
        self.kind, self.message, self.retriable, self.status = kind, message, retriable, status


async def answer_upload_error(request: Request, error: Exception) -> Response:
    """Turn a raised `UploadError` into `debug_info`."""
    if not isinstance(error, UploadError):
        raise error
    message = json.dumps({"success": False, "error": {"message": error.message}})
    info = {"retriable": error.retriable, "type": error.kind, "message": message}
    return JSONResponse({"debug_info": info}, error.status)


async def answer_graph_error(request: Request, error: Exception) -> Response:
    """Answer a `GraphError` raised outside the graph's own door (token endpoints)."""
    if not isinstance(error, GraphError):
        raise error
    trace = new_trace()
    return JSONResponse(error.envelope(trace), error.status, {"x-fb-trace-id": trace})


def invalid(message: str, subcode: int | None = None, **told: Any) -> GraphError:
    """Make the error for a wrong parameter: code 100."""
    return GraphError(100, f"(#100) {message}", subcode, **told)


def missing(name: str) -> GraphError:
    """Make the error for a parameter that has to be there."""
    return invalid(f"Missing parameter: {name}")


def no_object(key: str, method: str = "get") -> GraphError:
    """Make the error for what does not exist or may not be seen: 100/33."""
    return GraphError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{key}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        33,
        kind="GraphMethodException",
    )


def no_field(name: str, node: str) -> GraphError:
    """Make the error for an unknown field, which fails the whole call."""
    return invalid(f"Tried accessing nonexisting field ({name}) on node type ({node})")


def instagram_error(code: int, subcode: int, message: str, told: str = "", **more: Any) -> GraphError:
    """Make one of Instagram's 2207xxx errors (meta.md 2.9)."""
    return GraphError(
        code, message, subcode, transient=more.pop("transient", False), title=more.pop("title", message),
        told=told or message, **more,
    )  # fmt: skip

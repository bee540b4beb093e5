"""The Resumable Upload API: `/{app-id}/uploads`, then bytes to `/upload:…` (meta.md 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing, no_object
from include.sandbox.meta_fields import Handler, whole
from include.sandbox.meta_people import business_id
from include.sandbox.meta_things import MetaPerson, MetaUpload
from include.sandbox.meta_tokens import app_of
from include.sandbox.receiving import Intake, take_in
from include.sandbox.world import new_id

TYPES = {"video/mp4", "image/jpeg", "image/jpg", "image/png", "application/pdf"}


def app_node(ask: Ask) -> tuple[str, Any] | None:
    """Return the node of a path that names an app, an upload or a business."""
    key = ask.path[0]
    if app := app_of(ask.world, key):
        return "app", app
    if key.startswith("upload:"):
        upload = ask.world.shelf(MetaUpload).get(with_signature(ask))
        if upload is None or upload.person != ask.caller.person:
            raise no_object(key, ask.method)
        return "upload", upload
    return next((("business", one) for one in ask.world.shelf(MetaPerson) if business_id(one) == key), None)


def with_signature(ask: Ask) -> str:
    """Return the whole id of an upload, which goes on in the query."""
    return f"{ask.path[0]}?sig={ask.text('sig')}"


async def start(ask: Ask, app: Any) -> Any:
    """`POST /{app-id}/uploads`: with a user token."""
    if ask.caller.kind != "user" or ask.caller.app != app.id:
        raise GraphError(200, "(#200) This call needs a user access token of this app.")
    length = whole(ask.params, "file_length")
    if length is None or length < 1:
        raise missing("file_length")
    if ask.text("file_type") not in TYPES:
        raise invalid("Param file_type must be one of " + ", ".join(sorted(TYPES)))
    key = f"upload:{new_id(40)}?sig=ARZ{new_id(30)}"
    ask.world.shelf(MetaUpload).keep(
        MetaUpload(
            id=key, person=ask.caller.person, total=length, file="meta-" + new_id(20), created_at=ask.world.now(),
            handle="2:" + new_id(80),
        )
    )  # fmt: skip
    return {"id": key}


def received(ask: Ask, upload: MetaUpload) -> int:
    """Return how many bytes are stored."""
    path = ask.world.files / upload.file
    return path.stat().st_size if path.exists() else 0


async def send(ask: Ask, upload: MetaUpload) -> Any:
    """`POST /upload:…` with `file_offset`: bytes."""
    if ask.request is None:
        raise invalid("Bytes cannot be sent in a batch.")
    offset = ask.request.headers.get("file_offset", "")
    there = received(ask, upload)
    if not offset.isdigit() or int(offset) != there:
        raise invalid(f"Invalid file_offset: {there} bytes are stored.")
    intake = Intake()
    await take_in(ask.request, ask.world.files / upload.file, there, upload.total - there, intake)
    if received(ask, upload) < upload.total:
        raise GraphError(6001, "(#6001) The upload is not complete.", transient=True)
    return {"h": upload.handle}


async def look(ask: Ask, upload: MetaUpload) -> Any:
    """`GET /upload:…`: how far it is."""
    return {"id": upload.id, "file_offset": received(ask, upload)}


UPLOADS: Mapping[tuple[str, str, str], Handler] = {
    ("POST", "app", "uploads"): start,
    ("POST", "upload", ""): send,
    ("GET", "upload", ""): look,
}

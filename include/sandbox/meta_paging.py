"""Lists with cursors: `limit`, `after`, `before`, `since`, `until` (meta.md 8.2)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from include.sandbox.meta_errors import invalid
from include.sandbox.meta_fields import Field, View, read_fields, show, whole

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask

USUAL_LIMIT = 25
MAX_LIMIT = 100


def cursor_of(key: str) -> str:
    """Make the opaque cursor of a thing."""
    return "QVFI" + base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str) -> str:
    """Return the id in a cursor; raises #100 for one we never made."""
    try:
        text = cursor.removeprefix("QVFI")
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        raise invalid("Invalid cursors values") from None


async def listing(
    ask: Ask, view: View, things: Sequence[Any], *, most: int = MAX_LIMIT, usual: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return one page of things, each with the asked fields; `next` is there only when there is more."""
    wanted = read_fields(ask.text("fields")) or [Field(name=name) for name in usual or view.usual]
    window, more, fewer = cut(ask.params, things, most)
    data = [await show(ask, view, one, wanted) for one in window]
    if not data:
        return {"data": []}
    return {"data": data, "paging": paging(ask, window, more, fewer)}


def cut(params: dict[str, Any], things: Sequence[Any], most: int) -> tuple[list[Any], bool, bool]:
    """Return the page of things a call wants, and whether there are more after and before it."""
    limit = whole(params, "limit")
    size = min(limit if limit and limit > 0 else USUAL_LIMIT, most)
    keys = [one.id for one in things]
    start = 0
    if after := params.get("after"):
        start = keys.index(key_of(str(after))) + 1 if key_of(str(after)) in keys else len(keys)
    elif before := params.get("before"):
        end = keys.index(key_of(str(before))) if key_of(str(before)) in keys else 0
        start = max(0, end - size)
        size = end - start
    return list(things[start : start + size]), start + size < len(things), start > 0


def paging(ask: Ask, window: list[Any], more: bool, fewer: bool) -> dict[str, Any]:
    """Return cursors, and addresses of the neighbours, with the access token in clear as Meta has them."""
    before, after = cursor_of(window[0].id), cursor_of(window[-1].id)
    told: dict[str, Any] = {"cursors": {"before": before, "after": after}}
    if more:
        told["next"] = link(ask, after=after)
    if fewer:
        told["previous"] = link(ask, before=before)
    return told


def link(ask: Ask, **changes: str) -> str:
    """Return the call's address with other cursors."""
    kept = {name: value for name, value in ask.params.items() if name not in ("after", "before")}
    query = {"access_token": ask.given_token or "", **kept, **changes}
    return f"{ask.place}/{'/'.join(ask.path)}?{urlencode(query)}"


async def nested(ask: Ask, view: View, things: Sequence[Any], field: Field) -> dict[str, Any] | None:
    """Return a list inside a node (`comments.limit(5){text}`); None when it is empty, as Meta leaves it out."""
    limit = field.arguments.get("limit", "")
    window = list(things[: int(limit)] if limit.isdigit() else things[:USUAL_LIMIT])
    data = [await show(ask, view, one, field.below) for one in window]
    if not data:
        return None
    cursors = {"before": cursor_of(window[0].id), "after": cursor_of(window[-1].id)}
    more = {"next": link(ask, after=cursors["after"])} if len(things) > len(window) else {}
    return {"data": data, "paging": {"cursors": cursors, **more}}


def between(params: dict[str, Any], things: Sequence[Any], moment: str = "created_at") -> list[Any]:
    """Return the things between `since` and `until` (Unix seconds)."""
    since, until = whole(params, "since"), whole(params, "until")
    return [
        one
        for one in things
        if (since is None or getattr(one, moment) >= since) and (until is None or getattr(one, moment) <= until)
    ]

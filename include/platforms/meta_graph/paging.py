"""Lists of the Graph API, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.platforms.errors import TryAgain
from include.platforms.meta_graph.graph import Reader

MAX_PAGES = 1000
"""A list that goes on for longer than this is a fault of the cursors."""


def pages(
    graph: Reader, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None
) -> Iterator[list[dict[str, Any]]]:
    """Yield each page's `data`; pages may be short or empty, only a missing `next` is the end (meta.md 8.2).

    The next page is asked for by its cursor and never by Meta's `next` address, which holds the token. Raises the
    errors of `Graph.get`, and `TryAgain` when a cursor leads back to itself.
    """
    asked = dict(params or {})
    for _ in range(MAX_PAGES):
        answer = graph.get(path, endpoint=endpoint, params=asked)
        data = answer.get("data")
        yield [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
        paging = answer.get("paging") or {}
        after = (paging.get("cursors") or {}).get("after")
        if not paging.get("next") or not after:
            return
        if after == asked.get("after"):
            raise TryAgain("Meta's list leads back to the page it came from.")
        asked["after"] = after
    raise TryAgain("Meta's list does not end.")


def entries(
    graph: Reader, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield every entry of every page."""
    for page in pages(graph, path, endpoint=endpoint, params=params):
        yield from page

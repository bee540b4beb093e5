"""Up to fifty reads in one request; every part still counts as a call for Meta's limits (meta.md 8.3).

Reads only: what publishes is never put into a batch, because a lost part could not be told from one never begun.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from include.platforms.errors import PlatformError, TryAgain
from include.platforms.meta_graph.errors import error_for, error_of
from include.platforms.meta_graph.graph import Graph, fields_of

MAX_PARTS = 50
MAX_ROUNDS = 3
"""How often a part that Meta left out (null) is asked again."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """One GET of a batch."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)


def read_many(graph: Graph, reads: Sequence[Read], *, endpoint: str) -> list[dict[str, Any] | PlatformError]:
    """Return an answer or an error (not raised) for every read, in order; parts left out are asked again.

    Raises only when a whole batch fails: the errors of `Graph.get`.
    """
    answers: dict[int, dict[str, Any] | PlatformError] = {}
    for _ in range(MAX_ROUNDS):
        open_parts = [index for index in range(len(reads)) if index not in answers]
        for start in range(0, len(open_parts), MAX_PARTS):
            chosen = open_parts[start : start + MAX_PARTS]
            parts = graph.many(_form(graph, [reads[index] for index in chosen]), endpoint=endpoint)
            graph.heed(_headers(parts))
            for index, part in zip(chosen, parts, strict=False):
                if part is not None:
                    answers[index] = _answer(graph, part)
        if len(answers) == len(reads):
            break
    lost = TryAgain("Meta left this part of the batch out several times.")
    return [answers.get(index, lost) for index in range(len(reads))]


def _form(graph: Graph, reads: Sequence[Read]) -> dict[str, str]:
    parts = []
    for read in reads:
        query = urlencode(fields_of(read.params))
        parts.append({"method": "GET", "relative_url": f"{graph.version}/{read.path}" + (f"?{query}" if query else "")})
    return {"include_headers": "true", "batch": json.dumps(parts, separators=(",", ":"))}


def _headers(parts: Sequence[Any]) -> dict[str, str]:
    """Return the headers of the last part that has any: only parts tell how much of a limit is used (meta.md 7.2)."""
    told: Any = next((one["headers"] for one in reversed(parts) if isinstance(one, dict) and one.get("headers")), [])
    pairs = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return {str(each.get("name")).lower(): str(each.get("value")) for each in pairs}


def _answer(graph: Graph, part: Any) -> dict[str, Any] | PlatformError:
    status = part.get("code") if isinstance(part, dict) else None
    try:
        body = json.loads(part["body"])
    except (KeyError, TypeError, ValueError):
        body = None
    error = error_of(body)
    if error is None and isinstance(body, dict) and (status is None or status < 400):
        return body
    return error_for(error or {}, status=status, meanings=graph.meanings)

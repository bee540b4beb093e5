"""What Instagram and Facebook share about moderating comments: reply, look for a reply, hide, delete (meta.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from include.platforms.errors import OutcomeUnknown, Rejected
from include.platforms.meta_graph import paging
from include.platforms.meta_graph.errors import is_missing
from include.platforms.meta_graph.graph import Graph
from include.platforms.moderating import Action, Remark, same_words

LOOKED_AT = 500
"""Answers below one comment that are looked through for ours."""


def reply(graph: Graph, to: Remark, text: str, *, edge: str, endpoint: str) -> str:
    """Answer the top-level comment; return the new one's id. A lost answer is `OutcomeUnknown`."""
    answer = graph.post(f"{to.thread}/{edge}", endpoint=endpoint, form={"message": text})
    if not answer.get("id"):
        raise OutcomeUnknown("Meta's answer to the reply names no comment.")
    return str(answer["id"])


def find_reply(
    graph: Graph,
    to: Remark,
    text: str,
    *,
    edge: str,
    endpoint: str,
    params: Mapping[str, Any],
    text_field: str,
    is_own: Callable[[Mapping[str, Any]], bool],
) -> str | None:
    """Return the id of our own answer with these words, or None."""
    entries = paging.entries(graph, f"{to.thread}/{edge}", endpoint=endpoint, params=dict(params))
    for number, each in enumerate(entries):
        if number == LOOKED_AT:
            return None
        if is_own(each) and same_words(str(each.get(text_field) or ""), text):
            return str(each["id"])
    return None


def act(graph: Graph, on: Remark, action: Action, *, hides: str, endpoint: str) -> None:
    """Hide, show or delete a comment; `hides` is the field's name. Deleting one that is gone already is fine."""
    if action == "delete":
        try:
            graph.delete(on.comment_id, endpoint=f"{endpoint}.delete")
        except Rejected as error:
            if not is_missing(error):
                raise
        return
    graph.post(on.comment_id, endpoint=f"{endpoint}.hide", form={hides: action == "hide"})

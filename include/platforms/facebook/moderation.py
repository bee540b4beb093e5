"""Comments below our Page's videos: reply, hide, show, delete (meta.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.facebook.errors import MEANINGS
from include.platforms.http import Calls
from include.platforms.meta_graph import moderation
from include.platforms.meta_graph.graph import VERSION, Graph
from include.platforms.moderating import Action, Remark

ACTIONS: Mapping[Action, str] = {
    "reply": "a reply to the top-level comment", "hide": "hidden from others", "unhide": "shown again",
    "delete": "deleted",
}  # fmt: skip
MAX_CHARACTERS = 8_000
"""Facebook's own limit of a comment is not documented; its page takes 8,000."""
ENDPOINT = "comments"


def _page(account: Mapping[str, Any]) -> str:
    return str(account.get("page_id") or account.get("platform_user_id") or "")


def _graph(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any]) -> Graph:
    return Graph(
        calls=calls,
        version=str(settings.get("graph_version") or VERSION),
        own_ids=frozenset({_page(account)} - {""}),
        meanings=MEANINGS,
    )


def reply(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str) -> str:
    """Answer a comment; return the new one's id."""
    graph = _graph(calls, account, settings)
    return moderation.reply(graph, to, text, edge="comments", endpoint=f"{ENDPOINT}.reply")


def find_reply(
    calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str
) -> str | None:
    """Return the id of our own answer with these words, or None."""
    page = _page(account)
    return moderation.find_reply(
        _graph(calls, account, settings), to, text, edge="comments", endpoint=f"{ENDPOINT}.replies",
        text_field="message", is_own=lambda each: str((each.get("from") or {}).get("id")) == page,
        params={"fields": "id,message,from{id}", "order": "reverse_chronological", "limit": 100},
    )  # fmt: skip


def act(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], on: Remark, action: Action) -> None:
    """Hide, show or delete a comment; doing it again is fine."""
    moderation.act(_graph(calls, account, settings), on, action, hides="is_hidden", endpoint=ENDPOINT)

"""Comments below our Instagram posts: reply, hide, show, delete (meta.md 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.http import Calls
from include.platforms.instagram.client import Client
from include.platforms.meta_graph import moderation
from include.platforms.moderating import Action, Remark

ACTIONS: Mapping[Action, str] = {
    "reply": "a reply to the top-level comment", "hide": "hidden from others", "unhide": "shown again",
    "delete": "deleted",
}  # fmt: skip
MAX_CHARACTERS = 300
"""meta.md 4.1; four hashtags and one address at most."""
ENDPOINT = "comments"


def reply(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str) -> str:
    """Answer a comment; return the new one's id."""
    graph = Client.of(calls, account, settings).graph
    return moderation.reply(graph, to, text, edge="replies", endpoint=f"{ENDPOINT}.reply")


def find_reply(
    calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str
) -> str | None:
    """Return the id of our own answer with these words, or None."""
    client = Client.of(calls, account, settings)

    def is_own(each: Mapping[str, Any]) -> bool:
        author = each.get("from") or each.get("user") or {}
        return str(author.get("id")) == client.user or each.get("username") == account.get("username")

    return moderation.find_reply(
        client.graph, to, text, edge="replies", endpoint=f"{ENDPOINT}.replies", text_field="text", is_own=is_own,
        params={"fields": "id,text,username,from{id,username},user", "limit": 50},
    )  # fmt: skip


def act(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], on: Remark, action: Action) -> None:
    """Hide, show or delete a comment; doing it again is fine."""
    moderation.act(Client.of(calls, account, settings).graph, on, action, hides="hide", endpoint=ENDPOINT)

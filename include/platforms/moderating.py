"""What a platform lets us do to comments: the contract of each `platforms/<name>/moderation.py`.

`reply` cannot be taken back and is sent once: a lost answer is `OutcomeUnknown`, and `find_reply` looks for what it may
have left. All other acts may be repeated freely. Each raises the errors of `platforms/errors.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol, cast

from include.platforms.http import Calls

Action = Literal["reply", "hide", "unhide", "hold", "reject", "delete"]
NAMES = ("youtube", "instagram", "facebook")
"""Platforms whose comments can be moderated by API (youtube.md 9.4, meta.md 4; checked 2026-11-21)."""


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One comment: its id, and the id of the comment it answers, where it is an answer."""

    comment_id: str
    parent_id: str | None = None

    @property
    def thread(self) -> str:
        """Return the top-level comment: platforms take replies to that only."""
        return self.parent_id or self.comment_id


class Moderator(Protocol):
    """A platform's `moderation.py`."""

    ACTIONS: Mapping[Action, str]
    """What it takes, and what each comes to there."""
    MAX_CHARACTERS: int

    def reply(
        self, calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str
    ) -> str:
        """Answer a comment; return the new comment's id."""
        ...

    def find_reply(
        self, calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str
    ) -> str | None:
        """Return the id of an answer of our own with these words, or None."""
        ...

    def act(
        self, calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], on: Remark, action: Action
    ) -> None:
        """Do anything but replying; one that is done already is fine."""
        ...


def get(platform: str) -> Moderator | None:
    """Return a platform's moderation; None for one whose API has none."""
    if platform not in NAMES:
        return None
    return cast(Moderator, import_module(f"include.platforms.{platform}.moderation"))


def same_words(one: str, other: str) -> bool:
    """Say whether two texts are the same but for spaces and how their letters are composed."""
    plain = [" ".join(unicodedata.normalize("NFC", text).split()) for text in (one, other)]
    return plain[0] == plain[1]

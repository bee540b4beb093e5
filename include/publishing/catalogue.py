"""Every sentence a platform's error becomes, in one list: what a person reads when something does not go out.

The sentences stand beside the codes they explain, in each platform's `errors.py`; nobody else writes one for a code.
The texts that people ask for by their number are here by that number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from include.platforms import NAMES
from include.platforms.errors import AccountTrouble, QuotaExhausted, Rejected, TryAgain
from include.platforms.instagram.errors import PROFESSIONAL_ONLY

KNOWN_AS = {"EC-5": PROFESSIONAL_ONLY}
"""Texts with a number of their own; EC-3 is `AccountTrouble` as a class: it waits, and goes out after the reconnect."""
YOUTUBE_KINDS: dict[str, type[Exception]] = {
    "rejected": Rejected, "account": AccountTrouble, "day": QuotaExhausted, "channel_day": QuotaExhausted,
    "hours": QuotaExhausted, "again": TryAgain,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One code of a platform: the class that decides what follows, and the sentence."""

    platform: str
    code: str
    kind: str
    sentence: str


def entries() -> list[Entry]:
    """Return every code of every platform's tables, Meta's common ones included."""
    modules = {name: f"include.platforms.{name}.errors" for name in NAMES}
    modules["meta_graph"] = "include.platforms.meta_graph.codes"
    return [each for platform, module in modules.items() for each in _tables(platform, import_module(module))]


def _tables(platform: str, module: Any) -> Iterator[Entry]:
    for name, table in vars(module).items():
        if name.isupper() and isinstance(table, dict):
            for code, meaning in table.items():
                yield from _entry(platform, code, meaning)


def _entry(platform: str, code: Any, meaning: Any) -> Iterator[Entry]:
    if isinstance(meaning, tuple) and meaning[0] in YOUTUBE_KINDS:
        kind, sentence = YOUTUBE_KINDS[meaning[0]], meaning[1]
    elif hasattr(meaning, "kind") and hasattr(meaning, "message"):
        kind, sentence = meaning.kind, meaning.message
    else:
        return
    told = "/".join(str(part) for part in code if part is not None) if isinstance(code, tuple) else str(code)
    yield Entry(platform=platform, code=told, kind=kind.__name__, sentence=sentence)

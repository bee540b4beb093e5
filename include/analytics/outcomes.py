"""What a reading came to, and the sentence that tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["done", "partial", "failed", "idle", "busy"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a reading came to; `state` as in `desk.sync`, or ``idle`` (nothing due) or ``busy`` (another is at it)."""

    account_id: str
    dataset: str
    state: State
    rows_read: int = 0
    rows_changed: int = 0
    calls: int = 0
    resumes_at: datetime | None = None
    error: str | None = None
    error_kind: str | None = None
    refused: tuple[str, ...] = ()
    """Metrics the platform refused for the first time."""
    misfits: tuple[str, ...] = ()
    """Columns (``table.column``) whose values came as another kind; they stand in `extra`."""
    missing: int = 0
    """Videos the platform no longer shows."""

    @property
    def sentence(self) -> str:
        """Tell it in words."""
        name = f"{self.account_id}, {self.dataset}"
        if self.state == "idle":
            return f"{name}: nothing is due."
        if self.state == "busy":
            return f"{name}: another run is reading it."
        if self.state == "failed":
            return f"{name}: failed, nothing was kept. {self.error or ''}{self._resumes()}".strip()
        told = f"{name}: {self.rows_read} rows, {self.rows_changed} new or changed, {_counted(self.calls, 'call')}."
        if self.state == "partial":
            told += f" Not all of it: {self.error or ''}{self._resumes()}"
        if self.refused:
            told += f" No longer given: {', '.join(self.refused)}."
        if self.misfits:
            told += f" Of another kind than before: {', '.join(self.misfits)}."
        if self.missing:
            told += f" {_counted(self.missing, 'video')} no longer shown."
        return told

    def _resumes(self) -> str:
        return f" The rest follows from {self.resumes_at:%Y-%m-%d %H:%M} UTC on." if self.resumes_at else ""


def sentences(outcomes: Iterable[Outcome]) -> list[str]:
    """Return what there is to tell; datasets of which nothing was due are left out."""
    return [one.sentence for one in outcomes if one.state != "idle"]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

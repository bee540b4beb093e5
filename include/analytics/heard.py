"""What a reader has said so far, and how many calls it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.analytics.spool import Spool
from include.platforms.http import CallRecord, Calls
from include.platforms.reading import Done, Missing, Refused, Remember, Rows, Whole


@dataclass(kw_only=True)
class Count:
    """Calls and quota of a reading, as the call log tells them."""

    calls: int = 0
    quota: int = 0

    def watch(self, calls: Calls) -> None:
        """Count every call from now on."""
        before = calls.record

        def record(call: CallRecord) -> None:
            self.calls += 1
            self.quota += call.quota_cost
            before(call)

        calls.record = record


@dataclass(kw_only=True)
class Heard:
    """A reader's answers, sorted; rows wait in the spool, and only those up to the last `Done` are safe to keep."""

    spool: Spool = field(default_factory=Spool)
    done: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    remembered: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    is_whole: bool = False
    _coming: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, answer: object) -> None:
        """Sort one answer; raises `TypeError` for anything that is none."""
        match answer:
            case Rows() | Whole():
                self.spool.put(answer)
            case Missing(video_ids=ids):
                self.missing.update(ids)
            case Refused(field=name, why=why):
                self.refused[name] = why
            case Remember(state=state, video_id=video_id):
                self._coming[video_id or ""] = state
            case Done(video_ids=ids):
                self.done.update(ids)
                self._safe()
            case _:
                raise TypeError(f"a reader said {answer!r:.80}")

    def end(self) -> None:
        """Note that the reader came to its end: everything it said is whole."""
        self.is_whole = True
        self._safe()

    def _safe(self) -> None:
        self.spool.safe()
        self.remembered.update(self._coming)
        self._coming.clear()

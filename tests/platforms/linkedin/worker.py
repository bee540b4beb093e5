"""A worker as `include/publishing/steps.py` is one: it looks before it repeats, and it may be killed at any note."""

from __future__ import annotations

from dataclasses import dataclass, field

from include.platforms.contract import (
    Answer,
    CannotTell,
    Note,
    Pending,
    Posting,
    Published,
    Ready,
    Unfinished,
)
from include.platforms.errors import OutcomeUnknown, QuotaExhausted, TryAgain
from tests.platforms.linkedin.scene import Desk


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Ledger:
    """What survives a worker: its note, and which steps were begun and not ended."""

    note: Note | None = None
    uploaded: bool = False
    ready: bool = False
    begun: set[str] = field(default_factory=set)
    done: Published | None = None


@dataclass
class Worker:
    """Takes one publication to its end; `die_at` is the number of the save (from 1) at which it is killed."""

    desk: Desk
    wanted: Posting
    ledger: Ledger = field(default_factory=Ledger)
    die_at: int = 0
    die_before_storing: bool = False
    saves: int = 0

    def save(self, note: Note) -> None:
        """Store a note, unless the worker dies before; die after it when it is time."""
        self.saves += 1
        if self.saves == self.die_at and self.die_before_storing:
            raise Killed
        self.ledger.note = dict(note)
        if self.saves == self.die_at:
            raise Killed

    def to_the_end(self, tries: int = 40) -> Published | CannotTell:
        """Work until it is published or a person has to decide, as new workers would after faults."""
        for _ in range(tries):
            try:
                told = self._step()
            except (TryAgain, OutcomeUnknown, QuotaExhausted):
                continue
            if isinstance(told, CannotTell) and told.look_again_after is None:
                return told
            if self.ledger.done:
                return self.ledger.done
        raise AssertionError(f"not published after {tries} tries: {self.ledger}")

    def _step(self) -> Answer | CannotTell | None:
        if not self.ledger.uploaded:
            return self._take("upload")
        if not self.ledger.ready:
            assert self.ledger.note is not None
            return self._record(self.desk.publisher.check(self.wanted, self.ledger.note))
        return self._take("finish")

    def _take(self, step: str) -> Answer | CannotTell | None:
        ledger = self.ledger
        if step in ledger.begun or (step == "upload" and ledger.note is not None):
            found = self.desk.publisher.find(self.wanted, ledger.note)
            if isinstance(found, CannotTell):
                ledger.note = dict(found.note)
                return found
            ledger.begun.discard(step)
            if found is None:
                ledger.note, ledger.uploaded, ledger.ready = None, False, False
                return None
            if isinstance(found, Unfinished) or (isinstance(found, Ready) and step == "finish"):
                ledger.note = dict(found.note)
            else:
                return self._record(found)
        ledger.begun.add(step)
        publisher = self.desk.publisher
        try:
            if step == "upload":
                answer: Answer = publisher.upload(self.wanted, ledger.note, self.save, lambda count: None)
            else:
                assert ledger.note is not None
                answer = publisher.finish(self.wanted, ledger.note, self.save)
        except OutcomeUnknown:
            raise
        except Exception:
            ledger.begun.discard(step)
            raise
        ledger.begun.discard(step)
        return self._record(answer)

    def _record(self, answer: Answer) -> Answer:
        ledger = self.ledger
        ledger.note, ledger.uploaded = dict(answer.note), True
        ledger.ready = isinstance(answer, Ready)
        if isinstance(answer, Published):
            ledger.done = answer
        assert isinstance(answer, Pending | Ready | Published)
        return answer

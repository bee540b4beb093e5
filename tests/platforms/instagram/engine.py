"""The steps of `include/publishing`, without a database: what calls a Publisher, how often, and after what."""

from __future__ import annotations

import time
from dataclasses import dataclass

from include.platforms.contract import CannotTell, Found, Pending, Posting, Published, Ready
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, QuotaExhausted, TryAgain
from tests.platforms.instagram.scene import Desk

MAX_STEPS = 60


class NeedsAPerson(Exception):
    """The platform could not tell, and will not."""


@dataclass
class Engine:
    """One publication's ledger; survives its process, unlike everything in `Desk` but the notes."""

    desk: Desk
    wanted: Posting
    uploaded: bool = False
    ready: bool = False
    unsettled: str | None = None
    waits: bool = False
    done: Published | None = None
    errors: int = 0

    def run(self) -> Published:
        """Take steps until it is published."""
        for _ in range(MAX_STEPS):
            if self.done is not None:
                return self.done
            try:
                self._step()
            except OutcomeUnknown:
                self.errors += 1
            except (AccountTrouble, QuotaExhausted):
                self.errors, self.unsettled, self.waits = self.errors + 1, None, True
            except TryAgain:
                self.errors, self.unsettled = self.errors + 1, None
        raise AssertionError("it never ended")

    def _step(self) -> None:
        if not self.uploaded:
            self._upload()
        elif not self.ready:
            self._check()
        else:
            self._finish()

    def _upload(self) -> None:
        desk = self.desk
        if (desk.note is not None or self.unsettled) and self._settled(desk.publisher.find(self.wanted, desk.note)):
            return
        self.unsettled = "upload"
        self._take(desk.publisher.upload(self.wanted, desk.note, desk.save, desk.counts.append))

    def _check(self) -> None:
        desk = self.desk
        assert desk.note is not None
        try:
            answer = desk.publisher.check(self.wanted, desk.note)
            self._take(answer)
            time.sleep(0.05 if isinstance(answer, Pending) else 0)
        except (QuotaExhausted, TryAgain, AccountTrouble) as error:
            if desk.publisher.find(self.wanted, desk.note) is not None:
                raise
            self._forget(error)

    def _finish(self) -> None:
        desk = self.desk
        if (self.unsettled or self.waits) and self._settled(desk.publisher.find(self.wanted, desk.note)):
            return
        if desk.note is None:
            self.uploaded = self.ready = False
            return
        self.unsettled, self.waits = "finish", False
        self._take(desk.publisher.finish(self.wanted, desk.note, desk.save))

    def _settled(self, found: Found) -> bool:
        """Take what a look found; False: the step goes on from the note."""
        if found is None:
            self._forget(None)
            return False
        if isinstance(found, CannotTell):
            self.desk.notes.append(dict(found.note))
            if found.look_again_after is None:
                raise NeedsAPerson(found.why)
            time.sleep(min(found.look_again_after, 0.2))
            return True
        if isinstance(found, Pending | Published) or (isinstance(found, Ready) and self.unsettled != "finish"):
            self._take(found)
            return True
        self.desk.notes.append(dict(found.note))
        self.unsettled = None
        return False

    def _take(self, answer: Pending | Ready | Published) -> None:
        self.desk.notes.append(dict(answer.note))
        self.uploaded, self.unsettled, self.waits = True, None, False
        self.ready = isinstance(answer, Ready)
        if isinstance(answer, Published):
            self.done = answer

    def _forget(self, error: PlatformError | None) -> None:
        self.desk.notes.clear()
        self.uploaded = self.ready = False
        self.unsettled, self.errors = None, self.errors + (error is not None)

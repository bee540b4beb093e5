"""Worker processes that take publications as far as they go, each again when its own `Later` says so; no Airflow.

They stand for Airflow's workers: what is due goes first, and of that the most urgent. A publication that has to wait
longer than `taking.is_to_leave` allows is handed back.
"""

from __future__ import annotations

import heapq
import multiprocessing
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from benchmarks.figures import Say
from include import settings
from include.publishing import ledger, steps, taking
from include.publishing.progress import Later

PROCESSES = 8
AFTER_AN_ERROR = timedelta(seconds=5)
"""`retry_delay` of `publish_release`."""


@dataclass(frozen=True, kw_only=True, order=True)
class Turn:
    """A publication, when it is to be looked at, and how urgent it is (10 first, so it is counted down)."""

    due_at: datetime
    urgency: int
    owner: str = field(compare=False)
    publication: str = field(compare=False)
    run: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class Left:
    """A publication that is over (`until` None), or has to wait until then."""

    turn: Turn
    until: datetime | None


class Crew:
    """Eight processes; `raised` is how often a step raised what is no platform's error.

    `of_the_queue` says whose runs they work in: those of `publish_due`, or those that people start.
    """

    def __init__(self, environment: dict[str, str], say: Say, *, of_the_queue: bool) -> None:
        self._of_the_queue = of_the_queue
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(PROCESSES, context, settings.adopt, (environment,))
        self._say = say
        self._waiting: list[Turn] = []
        self._running: dict[Future[_Wait | None], Turn] = {}
        self.raised = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing left to do."""
        return not self._waiting and not self._running

    def add(self, turn: Turn) -> None:
        """Take on a publication."""
        heapq.heappush(self._waiting, turn)

    def work(self, seconds: float) -> list[Left]:
        """Go on for about so long, or until nothing is left; return what is over or went back to the queue."""
        left: list[Left] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.is_idle:
            self._begin()
            if not self._running:
                time.sleep(0.02)
                continue
            for done in wait(self._running, timeout=0.05, return_when=FIRST_COMPLETED).done:
                left += self._ended(self._running.pop(done), done)
        return left

    def standing(self) -> str:
        """Say how many are at work and how many wait for their next look."""
        return f"{len(self._running)} at work, {len(self._waiting)} wait"

    def _begin(self) -> None:
        while self._waiting and len(self._running) < PROCESSES and self._waiting[0].due_at <= datetime.now(UTC):
            turn = heapq.heappop(self._waiting)
            self._running[self._pool.submit(_advance, turn.owner, turn.publication, self._of_the_queue)] = turn

    def _ended(self, turn: Turn, done: Future[_Wait | None]) -> list[Left]:
        error, now = done.exception(), datetime.now(UTC)
        if error is not None:
            self.raised += 1
            self._say(f"{turn.publication}: {type(error).__name__}: {error}")
        later = done.result() if error is None else _Wait(at=now + AFTER_AN_ERROR, leaves=False)
        if later is None or later.leaves:
            return [Left(turn=turn, until=later and later.at)]
        self.add(replace(turn, due_at=later.at))
        return []


@dataclass(frozen=True, kw_only=True)
class _Wait:
    at: datetime
    leaves: bool


def _advance(owner: str, publication_id: str, of_the_queue: bool) -> _Wait | None:
    """Take a publication as far as it goes now; return when to go on, or None at its end."""
    try:
        progress = steps.advance(owner, publication_id)
    except DBAPIError as error:  # its parameters cannot travel between processes
        raise RuntimeError(type(error).__name__) from None
    if not isinstance(progress, Later):
        return None
    state = ledger.read(owner, publication_id).state
    return _Wait(at=progress.at, leaves=taking.is_to_leave(state, progress.at, of_the_queue=of_the_queue))

"""The steps of a publication: validate, upload, check, finish. Each: take the claim → ask the platform → record.

Every step may be called at any time, any number of times, by anybody: it looks at the ledger first and does only what
is left to do. That is what makes clearing a task, running a DAG again and a killed worker harmless.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from include import settings
from include.platforms.contract import Posting, Published, Publisher, ReportBytes, Unfinished
from include.platforms.errors import (
    AccountTrouble,
    OutcomeUnknown,
    PlatformError,
    QuotaExhausted,
    TryAgain,
)
from include.publishing import answers, points
from include.publishing.ledger import FINISH, UPLOAD, Busy, Claim, LostClaim, claim, woken_before
from include.publishing.postings import GoneVideo, waits_here_until
from include.publishing.progress import Done, Later, Over, Progress
from include.publishing.stage import Stage
from include.releases.export import FileChanged
from include.releases.publication import State

log = logging.getLogger("release_desk.publishing")

BUSY_SECONDS = 5
LONGEST_LOOK = timedelta(minutes=1)
"""A look that a limit holds up for longer is a wait for that limit, and no run stays open for it."""
BEFORE_UPLOAD = frozenset({State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL})
WAITS = frozenset({State.WAITING_QUOTA, State.WAITING_ACCOUNT})

Step = Callable[[Claim, Stage], Progress]


def validate(owner: str, publication_id: str) -> Progress:
    """Check the release against the platform's rules as the account stands now; wait for its time if it has one."""
    return _claimed(owner, publication_id, _validate)


def upload(owner: str, publication_id: str) -> Progress:
    """Send the video, or go on where an earlier try stopped; never sends again what the platform already has."""
    return _claimed(owner, publication_id, _upload)


def check(owner: str, publication_id: str) -> Progress:
    """Look once how far the platform is; `Later` says when to look again."""
    return _claimed(owner, publication_id, _check)


def finish(owner: str, publication_id: str) -> Progress:
    """Take the last step, once."""
    return _claimed(owner, publication_id, lambda held, stage: stage.ask(_finishing))


def look(owner: str, publication_id: str) -> Progress:
    """Ask the platform what became of an unconfirmed publication; changes nothing at the platform."""
    return _claimed(owner, publication_id, _look, also_over=True)


def complete(owner: str, publication_id: str) -> Progress:
    """Ask for the address of a publication that came out before its platform told one."""
    return _claimed(owner, publication_id, _complete, also_over=True)


def advance(owner: str, publication_id: str) -> Progress:
    """Take a publication as far as it goes now, from wherever it stands."""

    def steps(held: Claim, stage: Stage) -> Progress:
        for step in (_validate, _upload, _check):
            progress = step(held, stage)
            if not isinstance(progress, Done):
                return progress
        progress = stage.ask(_finishing)
        if isinstance(progress, Done) and held.publication.state == State.VALIDATED:
            return Later(at=held.publication.next_try_at or datetime.now(UTC), why="The upload starts again.")
        return progress

    return _claimed(owner, publication_id, steps)


def _claimed(owner: str, publication_id: str, step: Step, *, also_over: bool = False) -> Progress:
    try:
        with claim(owner, publication_id) as held:
            if held.publication.is_over and not also_over:
                if held.publication.state == State.PUBLISHED:
                    held.close_entries()  # the process died after recording the state
                return Over(publication=held.publication)
            with Stage(held) as stage:
                return _not_yet(held) or step(held, stage)
    except (Busy, LostClaim) as busy:
        return Later(at=datetime.now(UTC) + timedelta(seconds=BUSY_SECONDS), why=str(busy))


def _not_yet(held: Claim) -> Later | None:
    """Return until when a publication waits; one whose account is back waits for those before it only."""
    now, publication = datetime.now(UTC), held.publication
    waits = publication.state == State.WAITING_ACCOUNT
    woken = woken_before(held.owner, publication.publication_id) if waits else []
    if woken:
        if _they_went_first(held.owner, woken[:-1]):
            return None
        why = "Another publication that waited for this account goes first."
        return Later(at=now + timedelta(seconds=BUSY_SECONDS), why=why)
    if publication.next_try_at is not None and publication.next_try_at > now + timedelta(seconds=1):
        return Later(at=publication.next_try_at, why=(publication.error or {}).get("message", "It waits for its time."))
    return None


def _they_went_first(owner: str, earlier: list[str]) -> bool:
    """Take on what waited for the account before, in order; False when somebody else is at one of them right now.

    Whether one gets through does not matter: it has had its turn. What is wrong with it is for its own run to say.
    """
    for publication_id in earlier:
        try:
            advance(owner, publication_id)
        except Exception:
            log.exception("publication %s could not go on before another one of its account", publication_id)
        else:
            if woken_before(owner, publication_id):  # still as it was: busy
                return False
    return True


def _validate(held: Claim, stage: Stage) -> Progress:
    if held.publication.state not in BEFORE_UPLOAD | WAITS or held.uploaded or held.unsettled:
        return Done(publication=held.publication)
    until = waits_here_until(held.publication)
    if until is not None:
        held.move(State.SCHEDULED, next_try_at=until)
        return Later(at=until, why=f"It is scheduled for {until:%Y-%m-%d %H:%M} UTC.")
    return stage.ask(_validating)


def _validating(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    problems = [problem for problem in publisher.validate(posting) if problem.fix != "warning"]
    if problems:
        return answers.refuse(held, [problem.message for problem in problems])
    if held.publication.state != State.VALIDATED:
        held.move(State.VALIDATED, attempts=0)
    return Done(publication=held.publication)


def _upload(held: Claim, stage: Stage) -> Progress:
    if held.uploaded:
        return Done(publication=held.publication)
    if held.publication.state in {State.PLANNED, State.SCHEDULED, State.WAITING_APPROVAL}:
        which = held.publication.publication_id
        raise RuntimeError(f"publication {which} was not validated; `validate` comes before `upload`")
    return stage.ask(_uploading)


def _uploading(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    if held.note is not None or UPLOAD in held.unsettled:
        progress = answers.record_found(held, UPLOAD, publisher.find(posting, held.note))
        if progress is not None:
            return _uploaded(progress, held)
    if isinstance(posting.video, GoneVideo):
        raise posting.video.why
    entry = held.begin(UPLOAD)
    if held.publication.state != State.UPLOADING:
        held.move(State.UPLOADING)
    try:
        answer = publisher.upload(posting, held.note, held.save_note, _counter(held, posting.video.size))
    except FileChanged:  # nothing more can be sent; what the platform has of it decides
        progress = answers.record_found(held, UPLOAD, publisher.find(posting, held.note))
        if progress is None:
            raise
        return _uploaded(progress, held)
    except PlatformError as error:
        outcome = "unknown" if isinstance(error, OutcomeUnknown) else "nothing"
        held.end(entry, outcome, error=error.as_record())  # type: ignore[arg-type]
        raise
    return _uploaded(answers.record_done(held, entry, answer), held)


def _uploaded(progress: Progress, held: Claim) -> Progress:
    """An upload is done when the platform has all bytes, also while it is still processing them."""
    return Done(publication=held.publication) if held.publication.state == State.PROCESSING else progress


def _check(held: Claim, stage: Stage) -> Progress:
    if held.publication.state not in WAITS | {State.PROCESSING} or not held.uploaded:
        return Done(publication=held.publication)
    return stage.ask(_checking, reads=True)


def _checking(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    assert held.note is not None  # noqa: S101  an uploaded publication has a note
    try:
        answer = publisher.check(posting, held.note)
    except (QuotaExhausted, TryAgain, AccountTrouble) as error:
        return _look_failed(held, posting, publisher, error)
    points.reached("checked", held.publication.state)
    progress = answers.record(held, answer)
    patience = timedelta(hours=settings.distribution().publishing.give_up_processing_hours)
    since = held.uploaded_at or held.publication.created_at
    if isinstance(progress, Later) and datetime.now(UTC) - since > patience:
        held.move(
            State.UNCONFIRMED,
            error=TryAgain("The platform has been processing the video too long.").as_record(),
        )
        return Over(publication=held.publication)
    return progress


def _look_failed(held: Claim, posting: Posting, publisher: Publisher, error: PlatformError) -> Progress:
    """A look failed: either the platform is out of reach, or it dropped the video and wants it again."""
    try:
        found = publisher.find(posting, held.note)
    except (QuotaExhausted, TryAgain) as unreachable:  # only the look waits; the platform goes on working
        return _look_again(held, unreachable)
    if found is not None:
        if isinstance(error, AccountTrouble):
            raise error
        return _look_again(held, error)
    held.forget_note()
    held.move(State.VALIDATED)
    return answers.record_error(held, error)


def _look_again(held: Claim, error: PlatformError) -> Progress:
    if isinstance(error, QuotaExhausted):
        if error.resets_at - datetime.now(UTC) > LONGEST_LOOK:
            return answers.record_error(held, error)
        return Later(at=error.resets_at, why=error.message)
    seconds = error.after if isinstance(error, TryAgain) and error.after else answers.DEFAULT_LOOK_SECONDS
    return Later(at=datetime.now(UTC) + timedelta(seconds=seconds), why=error.message)


def _finishing(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    if held.publication.state not in WAITS | {State.FINISHING} or not held.uploaded:
        return Done(publication=held.publication)
    if FINISH in held.unsettled or held.publication.state in WAITS:
        progress = answers.record_found(held, FINISH, publisher.find(posting, held.note))
        if progress is not None:
            return progress
        if held.note is None:
            held.move(State.VALIDATED)
            return Done(publication=held.publication)
    assert held.note is not None  # noqa: S101  an uploaded publication has a note
    entry = held.begin(FINISH)
    if held.publication.state != State.FINISHING:
        held.move(State.FINISHING)
    try:
        answer = publisher.finish(posting, held.note, held.save_note)
    except PlatformError as error:
        outcome = "unknown" if isinstance(error, OutcomeUnknown) else "nothing"
        held.end(entry, outcome, error=error.as_record())  # type: ignore[arg-type]
        raise
    return answers.record_done(held, entry, answer)


def _look(held: Claim, stage: Stage) -> Progress:
    if held.publication.state != State.UNCONFIRMED:
        return Done(publication=held.publication)
    return stage.ask(_looking, reads=True)


def _looking(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    found = publisher.find(posting, held.note)
    if found is None or isinstance(found, Unfinished):
        held.settle(UPLOAD, "nothing")
        if found is None:
            held.forget_note()
        error = TryAgain("Nothing was posted: the platform has nothing of it. Retry it when you like.")
        held.move(State.FAILED, error=error.as_record())
        return Over(publication=held.publication)
    progress = answers.record_found(held, UPLOAD, found)
    return progress or Over(publication=held.publication)


def _complete(held: Claim, stage: Stage) -> Progress:
    if held.publication.state != State.PUBLISHED or held.publication.video_id or held.note is None:
        return Over(publication=held.publication)
    return stage.ask(_completing, reads=True)


def _completing(held: Claim, posting: Posting, publisher: Publisher) -> Progress:
    assert held.note is not None  # noqa: S101  `_complete` looked
    with contextlib.suppress(PlatformError):  # it is out; an address that cannot be asked for now changes nothing
        answer = publisher.check(posting, held.note)
        if isinstance(answer, Published) and answer.video_id is not None:
            return answers.record(held, answer)
    return Over(publication=held.publication)


def _counter(held: Claim, total: int) -> ReportBytes:
    """Return a reporter that writes at most once a second, and the last count always."""
    last = 0.0

    def count(sent: int) -> None:
        nonlocal last
        if sent >= total or time.monotonic() - last >= 1:
            last = time.monotonic()
            held.count_bytes(sent, total)

    return count

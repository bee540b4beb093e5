"""Writes what a platform said into the ledger: answers of a step, what a look found, and errors."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from include import settings
from include.platforms.contract import Answer, CannotTell, Found, Pending, Published, Ready, Unfinished
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected
from include.publishing import points, retries
from include.publishing.ledger import FINISH, Claim, Step
from include.publishing.progress import Done, Later, Over, Progress
from include.releases.publication import State

DRAW = random.SystemRandom()
DEFAULT_LOOK_SECONDS = 10.0


def record(held: Claim, answer: Answer) -> Progress:
    """Store the note and move to where the answer says the publication is."""
    if answer.note != held.note:
        held.save_note(dict(answer.note))
    match answer:
        case Pending():
            if held.publication.state != State.PROCESSING:
                held.move(State.PROCESSING, attempts=0)
            seconds = answer.look_again_after or DEFAULT_LOOK_SECONDS
            share = "" if answer.percent is None else f", {answer.percent:.0f} % done"
            return Later(
                at=datetime.now(UTC) + timedelta(seconds=seconds),
                why=f"{held.publication.platform} is processing the video{share}.",
            )
        case Ready():
            if held.publication.state != State.FINISHING:
                held.move(State.FINISHING, attempts=0)
            return Done(publication=held.publication)
        case Published():
            held.move(
                State.PUBLISHED,
                attempts=0,
                video_id=answer.video_id,
                url=answer.url,
                warnings=answer.warnings,
            )
            held.count_bytes(held.publication.bytes_total, held.publication.bytes_total)
            return Over(publication=held.publication)


def record_found(held: Claim, step: Step, found: Found) -> Progress | None:
    """Store what a look found of an earlier try; None: go on with the step, from `held.note`."""
    points.reached("found", step)
    match found:
        case None:
            held.settle(step, "nothing")
            if held.note is not None or held.uploaded:
                held.forget_note()
            return None
        case Unfinished():
            held.save_note(dict(found.note))
            held.settle(step, "nothing", answer={"left": "an unfinished upload"})
            return None
        case CannotTell():
            return _cannot_tell(held, found)
        case Ready() if step == FINISH:
            held.save_note(dict(found.note))
            held.settle(step, "nothing", answer={"left": "not finished"})
            return None
        case Pending() | Ready() | Published():
            progress = record(held, found)
            held.settle(step, "found", answer=_facts(found))
            held.uploaded = True
            return progress


def _cannot_tell(held: Claim, found: CannotTell) -> Progress:
    error = {"kind": "OutcomeUnknown", "message": found.why, "code": None, "status": None, "request_id": None}
    held.save_note(dict(found.note))
    if found.look_again_after is not None:
        at = datetime.now(UTC) + timedelta(seconds=found.look_again_after)
        held.move(held.publication.state, error=error, next_try_at=at)
        return Later(at=at, why=found.why)
    held.move(State.UNCONFIRMED, error=error)
    return Over(publication=held.publication)


def _facts(answer: Answer) -> dict[str, Any]:
    """Return what the ledger keeps of an answer: never the note, which may hold an address."""
    facts: dict[str, Any] = {"answer": type(answer).__name__}
    if isinstance(answer, Published):
        facts |= {"video_id": answer.video_id, "url": answer.url}
    return facts


def record_done(held: Claim, entry: int, answer: Answer) -> Progress:
    """Record the answer of a step that was begun as `entry`."""
    points.reached("answered", held.publication.state)
    progress = record(held, answer)
    held.end(entry, "done", answer=_facts(answer))
    held.uploaded = True
    points.reached("recorded", held.publication.state)
    return progress


def record_error(held: Claim, error: PlatformError) -> Progress:
    """Decide what follows an error and write it down.

    What is out, or unconfirmed, is only ever looked at: a look that failed is repeated and changes nothing, unless the
    platform says that it refused the video.
    """
    publication = held.publication
    refused = publication.state == State.UNCONFIRMED and isinstance(error, Rejected)
    if publication.state in {State.PUBLISHED, State.UNCONFIRMED} and not refused:
        return Later(at=datetime.now(UTC) + retries.ACCOUNT_LOOK, why=error.message)
    attempts = publication.attempts + 1
    decision = retries.decide(
        error,
        attempts=attempts,
        max_retries=publication.max_retries,
        policy=settings.distribution().publishing,
        now=datetime.now(UTC),
        draw=DRAW,
    )
    told = error.as_record()
    match decision:
        case retries.TryAt(at=at):
            held.move(_state_to_retry_from(held, error), error=told, attempts=attempts, next_try_at=at)
            return Later(at=at, why=error.message)
        case retries.WaitForQuota(until=until):
            told["message"] = f"{error.message} The video is scheduled for {until:%Y-%m-%d %H:%M} UTC."
            held.move(State.WAITING_QUOTA, error=told, next_try_at=until)
            return Later(at=until, why=str(told["message"]))
        case retries.WaitForAccount(look_at=look_at):
            held.move(State.WAITING_ACCOUNT, error=told, next_try_at=look_at)
            return Later(at=look_at, why=error.message)
        case retries.Refuse():
            held.move(State.REJECTED, error=told, attempts=attempts)
        case retries.GiveUp():
            held.move(_state_after_giving_up(held), error=told, attempts=attempts)
    return Over(publication=held.publication)


def _state_to_retry_from(held: Claim, error: PlatformError) -> State:
    nothing_left = not isinstance(error, OutcomeUnknown) and not held.unsettled and not held.uploaded
    if held.publication.state == State.UPLOADING and nothing_left:
        return State.VALIDATED
    return held.publication.state


def _state_after_giving_up(held: Claim) -> State:
    """Tell "it failed" from "nobody knows": as long as a step may have got through, it is not a failure."""
    return State.UNCONFIRMED if held.unsettled or held.uploaded else State.FAILED


def refuse(held: Claim, problems: list[str], told: Mapping[str, Any] | None = None) -> Over:
    """End a publication that breaks the platform's rules; every problem is told at once."""
    error = {
        "kind": "Rejected",
        "message": " ".join(problems),
        "code": None,
        "status": None,
        "request_id": None,
    }
    held.move(State.REJECTED, error=error | dict(told or {}))
    return Over(publication=held.publication)

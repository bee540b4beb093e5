"""The publication ledger: the only place that changes a publication's state.

Whoever works on a publication holds its claim: a Postgres advisory lock on a connection of its own, freed by the server
the moment the process dies, and a claim id in the row, so that a worker that only believes to hold it writes nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from include.accounts import master_key, vault
from include.database import engine, queries
from include.platforms.contract import Note
from include.publishing import points
from include.publishing.states import states_before
from include.releases.publication import Placement, Publication, State

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("ledger")

Step = Literal["upload", "finish"]
Outcome = Literal["done", "nothing", "unknown", "found"]
UPLOAD: Step = "upload"
FINISH: Step = "finish"


class Busy(RuntimeError):
    """Another worker is at this publication right now."""


class LostClaim(RuntimeError):
    """Another worker took over, or the publication may not move there; nothing was written."""


class UnknownPublication(LookupError):
    """This owner has no such publication."""


def publication_from(row: Mapping[str, Any]) -> Publication:
    """Build a `Publication` from its row."""
    names = Publication.__dataclass_fields__
    values = {name: row[name] for name in names}
    values |= {
        "publication_id": str(row["publication_id"]),
        "release_id": str(row["release_id"]),
        "placement": Placement(row["placement"]),
        "state": State(row["state"]),
    }
    return Publication(**values)


def read(owner: str, publication_id: str) -> Publication:
    """Return a publication as it stands; raise `UnknownPublication`."""
    with engine.transaction(owner) as connection:
        return publication_from(_row(connection, "read_publication", publication_id))


def _row(connection: Any, statement: str, publication_id: str) -> Mapping[str, Any]:
    if not _is_uuid(publication_id):
        raise UnknownPublication(f"'{publication_id}' is no publication's id; `desk publications list` shows them.")
    row = connection.exec_driver_sql(SQL[statement], {"publication_id": publication_id}).mappings().first()
    if row is None:
        raise UnknownPublication(f"There is no publication {publication_id} of yours.")
    return dict(row)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _belongs_to(publication_id: str) -> str:
    return f"publication/{publication_id}/note"


@dataclass(kw_only=True)
class Claim:
    """The right to work on one publication; every method is one statement, committed on its own.

    `publication` and `note` are as read when the claim was taken, then kept in step with what was written.
    """

    owner: str
    claim_id: str
    publication: Publication
    note: Note | None
    unsettled: frozenset[str]
    """Steps that were begun and whose outcome nobody knows (yet)."""
    uploaded: bool
    """Whether the platform is known to have all bytes."""
    uploaded_at: datetime | None
    """When that was recorded."""

    def begin(self, step: Step) -> int:
        """Write down that `step` is about to be taken; return the entry's number."""
        entry = int(self._write("begin_entry", step=step)[0])
        self.unsettled |= {step}
        points.reached("intent_written", step)
        return entry

    def end(self, entry: int, outcome: Outcome, *, answer: Any = None, error: Any = None) -> None:
        """Write down what came of a step."""
        row = self._write("end_entry", entry_id=entry, outcome=outcome, answer=Jsonb(answer), error=Jsonb(error))
        if outcome != "unknown":
            self.unsettled -= {row.step}

    def settle(self, step: Step, outcome: Outcome, *, answer: Any = None) -> None:
        """Write down, for every open entry of `step`, what a look at the platform found."""
        with engine.transaction(self.owner) as connection:
            connection.exec_driver_sql(
                SQL["settle_open_entries"], self._fields(step=step, outcome=outcome, answer=Jsonb(answer))
            )
        self.unsettled -= {step}

    def close_entries(self) -> None:
        """Write down, for every step still open, that the publication's own state tells how it ended."""
        for step in sorted(self.unsettled):
            self.settle(step, "found")  # type: ignore[arg-type]

    def save_note(self, note: Note) -> None:
        """Store the platform's note, encrypted, before the step it protects."""
        points.reached("note_before_save", self.publication.state)
        envelope = vault.seal(json.dumps(note), belongs_to=_belongs_to(self.publication.publication_id))
        self._write("save_note", note=envelope)
        self.note = note
        points.reached("note_saved", self.publication.state)

    def forget_note(self) -> None:
        """Drop the note and what was sent: the platform has nothing of it, so the next upload is a first one."""
        self._write("forget_upload")
        self.note = None
        self.uploaded = False

    def take_route(self, route: str, to: State, *, error: Mapping[str, Any]) -> None:
        """Let the publication go another way from `to` on; raise `LostClaim` when anything may be on the first one.

        Both are one transaction. What the first route handed out is forgotten.
        """
        move = {
            "to_state": to.value, "allowed_from": states_before(to), "error": Jsonb(dict(error)), "attempts": 0,
            "next_try_at": None, "video_id": None, "url": None, "warnings": None, "queued": False,
        }  # fmt: skip
        with engine.transaction(self.owner) as connection:
            for statement, fields in (("take_route", {"route": route}), ("move_publication", move)):
                if connection.exec_driver_sql(SQL[statement], self._fields(**fields)).first() is None:
                    raise LostClaim(
                        f"Publication {self.publication.publication_id} keeps its route: something may be on it."
                    )
        self.note = None
        self.publication = read(self.owner, self.publication.publication_id)

    def count_bytes(self, sent: int, total: int) -> None:
        """Store how many bytes the platform has confirmed."""
        self._write("count_bytes", durable=False, bytes_sent=sent, bytes_total=total)

    def move(
        self,
        to: State,
        *,
        error: Mapping[str, Any] | None = None,
        attempts: int | None = None,
        next_try_at: datetime | None = None,
        video_id: str | None = None,
        url: str | None = None,
        warnings: tuple[str, ...] = (),
        queued: bool = False,
    ) -> None:
        """Change the state; raise `LostClaim` when it may not be reached from where the publication stands.

        `queued`: no run looks after it, `publish_due` takes it on at `next_try_at`. What waits for longer than a run
        stays open is queued by itself.
        """
        before = self.publication.state
        self._write(
            "move_publication",
            to_state=to.value,
            allowed_from=states_before(to),
            error=Jsonb(dict(error)) if error else None,
            attempts=attempts,
            next_try_at=next_try_at,
            video_id=video_id,
            url=url,
            warnings=Jsonb(list(warnings)) if warnings else None,
            queued=queued,
        )
        log.info("publication %s: %s -> %s", self.publication.publication_id, before, to)
        self.publication = read(self.owner, self.publication.publication_id)

    def plan(
        self,
        *,
        scheduled_for: datetime | None = None,
        scheduled_local: datetime | None = None,
        timezone: str | None = None,
        priority: int | None = None,
        next_try_at: datetime | None = None,
    ) -> None:
        """Give it another time or priority, or (`next_try_at`) a place in the queue; its state stays."""
        self._write(
            "plan_publication",
            scheduled_for=scheduled_for,
            scheduled_local=scheduled_local,
            timezone=timezone,
            priority=priority,
            next_try_at=next_try_at,
        )
        self.publication = read(self.owner, self.publication.publication_id)

    def _fields(self, **fields: Any) -> dict[str, Any]:
        return fields | {"publication_id": self.publication.publication_id, "claim": self.claim_id}

    def _write(self, statement: str, *, durable: bool = True, **fields: Any) -> Any:
        with engine.transaction(self.owner, durable=durable) as connection:
            row = connection.exec_driver_sql(SQL[statement], self._fields(**fields)).first()
        if row is None:
            raise LostClaim(
                f"Publication {self.publication.publication_id} was not changed ({statement}): "
                "another worker holds it now, or its state does not allow it."
            )
        return row


@contextmanager
def claim(owner: str, publication_id: str) -> Iterator[Claim]:
    """Hold a publication; raise `Busy` when somebody else does, `UnknownPublication` when it is not this owner's."""
    master_key.check()
    read(owner, publication_id)
    with engine.session() as session:
        got = session.exec_driver_sql(SQL["try_lock"], {"publication_id": publication_id}).scalar()
        if not got:
            raise Busy(f"Another worker is at publication {publication_id}.")
        with engine.transaction(owner) as connection:
            row = _row(connection, "claim_publication", publication_id)
            outcomes = connection.exec_driver_sql(SQL["outcomes"], {"publication_id": publication_id}).all()
            uploads = [at for step, outcome, at in outcomes if step == UPLOAD and outcome in {"done", "found"}]
            held = Claim(
                owner=owner,
                claim_id=str(row["claim"]),
                publication=publication_from(row),
                note=_open_note(row),
                unsettled=frozenset(step for step, outcome, _ in outcomes if outcome in {"begun", "unknown"}),
                uploaded=bool(uploads),
                uploaded_at=max(uploads, default=None),
            )
        points.reached("claimed", held.publication.state)
        yield held


def _open_note(row: Mapping[str, Any]) -> Note | None:
    if row["note"] is None:
        return None
    note: Note = json.loads(vault.open_envelope(row["note"], belongs_to=_belongs_to(str(row["publication_id"]))))
    return note


def ask_first(connection: Any, publication_id: str) -> None:
    """Let a publication wait for a person's yes unless it was begun; in the caller's transaction."""
    connection.exec_driver_sql(SQL["ask_first"], {"publication_id": publication_id})


def woken_before(owner: str, publication_id: str) -> list[str]:
    """Return what goes on before a publication, and itself: those that waited for the same account.

    Empty unless the publication itself waits and its account was connected again since anybody last looked at it.
    """
    with engine.transaction(owner) as connection:
        found = connection.exec_driver_sql(SQL["woken_before"], {"publication_id": publication_id}).scalars()
        return [str(each) for each in found]


def history(owner: str, publication_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return a publication's ledger entries, moves and calls, oldest first."""
    with engine.transaction(owner) as connection:

        def rows(statement: str) -> list[dict[str, Any]]:
            found = connection.exec_driver_sql(SQL[statement], {"publication_id": publication_id})
            return [dict(row) for row in found.mappings()]

        return {"entries": rows("list_entries"), "moves": rows("list_moves"), "calls": rows("list_calls")}
